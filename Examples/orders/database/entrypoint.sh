#!/bin/sh
# Makes the database in the volume when there is none, then becomes PostgreSQL.
# POSTGRES_PASSWORD must be set; POSTGRES_USER and POSTGRES_DB default to "postgres" and the user's name.
set -eu

data=/var/lib/postgresql/data/15
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

# A fresh volume may belong to root; PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
    chown postgres:postgres /var/lib/postgresql/data
    chmod 0700 /var/lib/postgresql/data
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

case $user$database in
*[!A-Za-z0-9_]*)
    echo "entrypoint: POSTGRES_USER and POSTGRES_DB may have letters, digits and _ only" >&2
    exit 1
    ;;
esac

# Complete or absent: the cluster is made beside its place and renamed, so that a container that is killed meanwhile
# starts anew the next time.
if [ ! -d "$data" ]; then
    : "${POSTGRES_PASSWORD:?must be set to make the database}"
    rm -rf "$data.new"
    umask 077
    printf '%s\n' "$POSTGRES_PASSWORD" > "$data.password"
    initdb --pgdata="$data.new" --username="$user" --pwfile="$data.password" \
        --encoding=UTF8 --locale=C.UTF-8 --auth-local=peer --auth-host=scram-sha-256
    rm -f "$data.password"
    echo 'host all all all scram-sha-256' >> "$data.new/pg_hba.conf"
    if [ "$database" != postgres ]; then
        echo "CREATE DATABASE \"$database\"" | postgres --single -D "$data.new" postgres > /dev/null
    fi
    mv "$data.new" "$data"
fi

exec postgres -D "$data" -c listen_addresses='*' "$@"
