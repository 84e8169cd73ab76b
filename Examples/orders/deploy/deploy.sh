#!/bin/sh
# Makes this commit run: the database first (made once, an unchanged one is left alone), then the service, one by one.
set -eu
rancher --environment "$ENVIRONMENT" up orders-db --stack shop -d
rancher --environment production up orders --stack shop --force-upgrade --batch-size 1 -d
