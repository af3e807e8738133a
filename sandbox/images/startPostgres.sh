#!/bin/sh
# Starts PostgreSQL in a container, on a new database cluster when the volume holds none.
set -eu

if [ ! -e "$PGDATA" ]; then
  # Made beside its place and moved when it is whole: a container killed on the way starts anew.
  draft="$PGDATA.new"
  rm -rf "$draft"
  initdb --pgdata "$draft" --username postgres --encoding UTF8 --locale C.UTF-8 \
    --auth-local trust --auth-host scram-sha-256 --pwfile "${POSTGRES_PASSWORD_FILE:?is the file with the password of the superuser}"
  if [ -n "${POSTGRES_HBA:-}" ]; then
    cat "$POSTGRES_HBA" > "$draft/pg_hba.conf"
  else
    printf 'host all all all scram-sha-256\n' >> "$draft/pg_hba.conf"
  fi
  if [ -n "${POSTGRES_DB:-}" ] && [ "$POSTGRES_DB" != postgres ]; then
    printf 'CREATE DATABASE "%s"\n' "$POSTGRES_DB" | postgres --single -D "$draft" postgres > /dev/null
  fi
  if [ -n "${POSTGRES_INIT:-}" ]; then
    postgres --single -j -D "$draft" "${POSTGRES_DB:-postgres}" < "$POSTGRES_INIT" > /dev/null
  fi
  mv "$draft" "$PGDATA"
fi

exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
