#!/bin/bash
# Says who it is and what it can get at.
try() { # NAME COMMAND...
    local name=$1
    shift
    if "$@" > /dev/null 2>&1; then echo "OPEN $name"; else echo "closed $name"; fi
}
echo "user $(id -u), groups $(id -G)"
grep -E '^(CapPrm|CapEff|NoNewPrivs|Seccomp):' /proc/self/status | tr -s '\t' ' '
try own touch here "$HOME/there" "$TMPDIR/everywhere"
try database cat /var/lib/slipway/slipway.sqlite
try keys ls /var/lib/slipway/keys
try credentials cat /run/credentials/slipway.service/slipway-key
try credstore ls /etc/credstore
try socket curl -sf --unix-socket /var/lib/slipway/run/slipway.sock http://x/api/v1/apps
try engine curl -sf --unix-socket /run/docker.sock http://x/_ping
try supervisor cat "/proc/$PPID/environ"
try system touch /usr/mine /etc/mine
try register touch /run/slipway-step-users/mine
try namespace unshare --user true
[ "$DB_PASSWORD" = hush-hush-hush ] && echo "the variable is right"
[ "$(cat "$TLS_KEY")" = quiet-quiet-quiet ] && echo "the file is right"
echo "masked: $DB_PASSWORD"
