#!/bin/sh
# Makes this commit run, some containers at a time.
set -eu
rancher --environment "$ENVIRONMENT" up web --stack bench --force-upgrade --batch-size "$BATCH" -d
