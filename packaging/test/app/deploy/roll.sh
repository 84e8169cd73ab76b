#!/bin/sh
set -e
rancher up --stack shop --force-upgrade --batch-size 1 -d --file docker-compose.yml
echo "after the rollout"
