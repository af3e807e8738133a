#!/usr/bin/env bash
# Logical dump of one database, streamed to the backups bucket. Nothing of it touches a disk.
#
# The dump counts only with its manifest, which is written last: rows a table and schema hash, both taken in the
# dump's own snapshot, size and SHA-256. A dump that fails or is stopped never becomes an object: the upload is held
# open until pg_dump has succeeded, and aborted otherwise.
#
# Environment beside that of lib.sh
#   PGHOST PGPORT PGUSER PGDATABASE   database; PGPASSWORD only where IAM login is not to be had
#   BUCKET                            bucket that takes the dump
#   KEY_PREFIX                        folder in it (default dumps)
#   KMS_KEY_ID                        key that encrypts it; empty leaves it to the bucket's default
#   VERIFY_ENCRYPTION                 yes: the stored object must name KMS encryption (default: yes with KMS_KEY_ID)
#   COMPRESSION                       0 to 9 (default 6)
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need BUCKET PGHOST PGPORT PGUSER PGDATABASE
FINGERPRINT=$(dirname "$0")/fingerprint.sql
job_start
pg_login
pg_reachable

stamp=$(date -u +%Y%m%dT%H%M%SZ)
KEY="${KEY_PREFIX:-dumps}/$PGDATABASE/$(date -u +%Y/%m/%d)/$PGDATABASE-$stamp.dump"
WRITTEN=""
FINISHED=""

# An upload that was cut off leaves invisible parts; an object without manifest would look like a backup.
remove_unfinished() {
  [[ -z $FINISHED ]] || return 0
  local upload ids
  ids=$(api s3api list-multipart-uploads --bucket "$BUCKET" --prefix "$KEY" --query 'Uploads[].UploadId' --output text 2>/dev/null) || ids=""
  for upload in $ids; do
    [[ $upload == None ]] || api s3api abort-multipart-upload --bucket "$BUCKET" --key "$KEY" --upload-id "$upload" >/dev/null || return 1
  done
  [[ -n $WRITTEN ]] && api s3api head-object --bucket "$BUCKET" --key "$KEY" >/dev/null 2>&1 || return 0
  api s3api delete-object --bucket "$BUCKET" --key "$KEY" >/dev/null
}

close_snapshot() {
  [[ -z ${SNAPSHOT_PID:-} ]] || { kill "$SNAPSHOT_PID" 2>/dev/null; wait "$SNAPSHOT_PID" 2>/dev/null; }
  return 0
}

# One session holds a snapshot open; counts and dump both look through it, whatever is written meanwhile.
open_snapshot() {
  mkfifo "$SCRATCH/ask"
  sql <"$SCRATCH/ask" >"$SCRATCH/facts" 2>"$SCRATCH/snapshot.log" &
  SNAPSHOT_PID=$!
  exec 8>"$SCRATCH/ask"
  {
    # A table that somebody locks must not hold the job up for hours; a session whose job is gone must end by itself.
    echo "set lock_timeout = '60s'; set client_connection_check_interval = '10s';"
    echo "begin isolation level repeatable read read only;"
    echo "select 'snapshot|' || pg_export_snapshot();"
    echo "select 'server|' || current_setting('server_version');"
    echo "select 'size|' || pg_database_size(current_database());"
    cat "$FINGERPRINT"
    echo "select 'end|';"
  } >&8
  until grep -q '^end|' "$SCRATCH/facts"; do
    kill -0 "$SNAPSHOT_PID" 2>/dev/null || fail "the tables of $PGDATABASE can not be counted: $(tail -n 1 "$SCRATCH/snapshot.log")"
    sleep 0.2 &
    wait $!
  done
}

fact() { grep "^$1|" "$SCRATCH/facts" | cut -d'|' -f2-; }

# pg_dump → tee → upload, with SHA-256 and size taken on the way. File descriptor 9 keeps the upload waiting for
# more until pg_dump has said that it succeeded.
stream() {
  local upload digest size status=0
  mkfifo "$SCRATCH/upload" "$SCRATCH/digest" "$SCRATCH/size"
  local options=()
  mapfile -t options < <(sse)
  sha256sum <"$SCRATCH/digest" >"$SCRATCH/sha256" &
  digest=$!
  wc -c <"$SCRATCH/size" >"$SCRATCH/bytes" &
  size=$!
  api_call s3 cp --no-progress --only-show-errors --expected-size "$(fact size)" ${options[@]+"${options[@]}"} - "s3://$BUCKET/$KEY"
  "${API_CALL[@]}" <"$SCRATCH/upload" 2>"$SCRATCH/upload.log" &
  upload=$!
  exec 9>"$SCRATCH/upload"
  pg_dump --format=custom --compress="${COMPRESSION:-6}" --snapshot="$(fact snapshot)" --lock-wait-timeout=60000 2>"$SCRATCH/dump.log" |
    tee "$SCRATCH/digest" "$SCRATCH/size" >&9 || status=$?
  if ((status != 0)); then
    kill -KILL "$upload" 2>/dev/null || true
    exec 9>&-
    wait "$upload" 2>/dev/null || true
    fail "the dump of $PGDATABASE broke off: $(grep -h -m 1 -i error "$SCRATCH/dump.log" "$SCRATCH/upload.log" | head -n 1)"
  fi
  exec 9>&-
  wait "$digest" "$size"
  wait "$upload" || fail "s3://$BUCKET/$KEY can not be written: $(tail -n 1 "$SCRATCH/upload.log")"
}

# The object is read back and hashed: what the bucket holds is what the database said.
verify() {
  local stored encryption sum
  stored=$(api s3api head-object --bucket "$BUCKET" --key "$KEY" --query ContentLength --output text) || fail "s3://$BUCKET/$KEY is not there after the upload"
  [[ $stored == "$BYTES" ]] || fail "s3://$BUCKET/$KEY has $stored bytes, $BYTES were sent"
  if [[ ${VERIFY_ENCRYPTION:-${KMS_KEY_ID:+yes}} == yes ]]; then
    encryption=$(api s3api head-object --bucket "$BUCKET" --key "$KEY" --query ServerSideEncryption --output text)
    [[ $encryption == aws:kms ]] || fail "s3://$BUCKET/$KEY is stored with encryption $encryption, aws:kms was asked for"
  fi
  sum=$(api s3 cp --only-show-errors "s3://$BUCKET/$KEY" - | sha256sum | cut -d' ' -f1)
  [[ $sum == "$SHA256" ]] || fail "s3://$BUCKET/$KEY differs from what was sent: SHA-256 $sum, expected $SHA256"
}

write_manifest() {
  grep '^table|' "$SCRATCH/facts" | jq -R -s --arg key "$KEY" --arg database "$PGDATABASE" --arg server "$(fact server)" \
    --arg schema "$(fact schema)" --arg sha256 "$SHA256" --argjson bytes "$BYTES" --arg started "$STARTED_AT" --arg finished "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    '{version: 1, key: $key, database: $database, serverVersion: $server, startedAt: $started, finishedAt: $finished,
      bytes: $bytes, sha256: $sha256, schemaSha256: $schema,
      tables: (split("\n") | map(select(. != "") | split("|") | {name: .[1], rows: (.[2] | tonumber)}))}' >"$SCRATCH/manifest.json"
  put "$SCRATCH/manifest.json" "$KEY.manifest.json" "$SHA256"
}

at_exit remove_unfinished
at_exit close_snapshot
STARTED_AT=$(date -u +%Y-%m-%dT%H:%M:%SZ)
api s3api head-bucket --bucket "$BUCKET" >/dev/null 2>&1 || fail "bucket $BUCKET is not there or refuses the job's role; nothing was dumped"
open_snapshot
say "dumping $PGDATABASE at $PGHOST to s3://$BUCKET/$KEY"
WRITTEN=yes
run stream
SHA256=$(cut -d' ' -f1 "$SCRATCH/sha256")
BYTES=$(tr -d ' ' <"$SCRATCH/bytes")
run verify
api s3api put-object-tagging --bucket "$BUCKET" --key "$KEY" --tagging "TagSet=[{Key=sha256,Value=$SHA256}]" >/dev/null || fail "s3://$BUCKET/$KEY can not be tagged with its checksum"
run write_manifest
FINISHED=yes
metric DumpBytes "$BYTES" Bytes
metric DumpTables "$(grep -c '^table|' "$SCRATCH/facts" || true)" Count
say "stored $BYTES bytes, SHA-256 $SHA256"
