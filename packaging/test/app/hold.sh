#!/bin/sh
# Numbered lines until somebody makes the file `go` beside this one, or until there are twenty where nobody holds it.
n=0
while [ $n -lt 20 ] || { [ -e hold ] && [ ! -e go ]; }; do
    n=$((n + 1))
    echo "$1 line $n"
    sleep 0.1
done
echo "$1 lines: $n"
