#!/usr/bin/env bash
# Keeps a login for the exporter of PostgreSQL beside which it runs: for each server a token of IAM, in the form of libpq's
# password file, and the authorities that sign the servers' certificates. A token opens connections for a quarter of an hour.
#
# Environment
#   SERVERS        host:port of each server, separated by blanks
#   DB_USER        user that logs in with IAM
#   CERTIFICATES   file with the authorities
#   FOLDER         where the files are put
#   EVERY          seconds between two tokens (default 300)
#   AWS_REGION     region of the servers
set -euo pipefail
umask 077

: "${SERVERS:?}" "${DB_USER:?}" "${CERTIFICATES:?}" "${FOLDER:?}"
# bash runs a trap between two commands only, and wait is one that a signal ends.
trap 'exit 0' TERM INT

say() { printf '%s database-login: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >&2; }

# The whole file or none: the exporter reads it at each login.
renew() {
  local server token file="$FOLDER/.next"
  : >"$file"
  for server in $SERVERS; do
    token=$(aws rds generate-db-auth-token --hostname "${server%:*}" --port "${server##*:}" --username "$DB_USER") || return 1
    [[ -n $token ]] || return 1
    token=${token//\\/\\\\}
    printf '%s:%s:*:%s:%s\n' "${server%:*}" "${server##*:}" "$DB_USER" "${token//:/\\:}" >>"$file"
  done
  mv "$file" "$FOLDER/pgpass"
}

cat "$CERTIFICATES" >"$FOLDER/authorities.pem"
while :; do
  pause=${EVERY:-300}
  if ! renew; then
    say "error: no token; the last one is kept, and the next is asked for in 10 s"
    pause=10
  fi
  sleep "$pause" &
  wait $!
done
