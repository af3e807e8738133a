#!/usr/bin/env bash
# Restore drill. Proves that the backups bring the data back and measures how long it takes and what would be lost.
#
# 1. With DRILL_INSTANCE: the database is restored by point-in-time recovery into that scratch instance (its RTO).
# 2. The newest dump with a manifest is fetched, its SHA-256 compared, and restored into an empty database on the
#    scratch server; rows a table and schema hash must equal the manifest's (the dump's RTO).
# 3. RPO: age of the latest restorable time of DB_INSTANCE; without one, age of the dump.
# 4. Everything made is dropped, whatever happened; the report goes to the bucket, the figures to the metrics.
#
# Environment beside that of lib.sh
#   BUCKET KEY_PREFIX            where the dumps are (prefix default dumps); REPORT_PREFIX (default drills)
#   PGDATABASE                   database whose newest dump is restored
#   PGHOST PGPORT PGUSER         scratch server; with DRILL_INSTANCE the host is the instance that is made
#   SCRATCH_DATABASE             database that is made and dropped (default golive_drill_<time>)
#   RPO_MINUTES RTO_MINUTES      targets; beyond them the drill fails
#   DUMP_MAX_AGE_HOURS           oldest acceptable dump (default 26)
#   DB_INSTANCE, DRILL_…         see scratch-instance.sh
#   RESTORE_JOBS                 parallel restore (default 2)
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"
# shellcheck source=components/backups/scripts/scratch-instance.sh
source "$(dirname "$0")/scratch-instance.sh"

need BUCKET PGDATABASE PGPORT PGUSER RPO_MINUTES RTO_MINUTES
FINGERPRINT=$(dirname "$0")/fingerprint.sql
SOURCE=$PGDATABASE
SCRATCH_DATABASE=${SCRATCH_DATABASE:-golive_drill_$(date -u +%Y%m%d%H%M%S)}
PITR_SECONDS=0
job_start
# Before anything is fetched or made: what has another name could be what people use.
[[ $SCRATCH_DATABASE == golive_drill* ]] || fail "SCRATCH_DATABASE is $SCRATCH_DATABASE; only a name that starts with golive_drill may be dropped afterwards"
[[ -z ${DRILL_INSTANCE:-} ]] || check_instance

find_newest() {
  local keys prefix="${KEY_PREFIX:-dumps}/$SOURCE/"
  keys=$(api s3api list-objects-v2 --bucket "$BUCKET" --prefix "$prefix" --query 'Contents[].Key' --output text) ||
    fail "bucket $BUCKET can not be listed; is it there, and may the job's role read it?"
  MANIFEST_KEY=$(tr '\t' '\n' <<<"$keys" | grep '\.dump\.manifest\.json$' | sort | tail -n 1) || fail "s3://$BUCKET/$prefix holds no dump with a manifest; look at the job database-dump"
  api s3 cp --only-show-errors "s3://$BUCKET/$MANIFEST_KEY" "$SCRATCH/manifest.json" || fail "s3://$BUCKET/$MANIFEST_KEY can not be read"
  jq -e '.version == 1 and (.sha256 | test("^[0-9a-f]{64}$")) and (.tables | type == "array")' "$SCRATCH/manifest.json" >/dev/null || fail "s3://$BUCKET/$MANIFEST_KEY is no manifest of version 1"
  DUMP_KEY=$(jq -r .key "$SCRATCH/manifest.json")
  DUMP_AGE=$(($(date +%s) - $(date -d "$(jq -r .startedAt "$SCRATCH/manifest.json")" +%s)))
  ((DUMP_AGE <= ${DUMP_MAX_AGE_HOURS:-26} * 3600)) || fail "the newest dump is $((DUMP_AGE / 3600)) hours old, ${DUMP_MAX_AGE_HOURS:-26} are allowed: $DUMP_KEY"
}

fetch() {
  local sum expected bytes
  bytes=$(jq -r .bytes "$SCRATCH/manifest.json")
  expected=$(jq -r .sha256 "$SCRATCH/manifest.json")
  room "$SCRATCH" "$bytes"
  api s3 cp --no-progress --only-show-errors "s3://$BUCKET/$DUMP_KEY" "$SCRATCH/dump" || fail "s3://$BUCKET/$DUMP_KEY can not be fetched"
  sum=$(sha256sum <"$SCRATCH/dump" | cut -d' ' -f1)
  [[ $sum == "$expected" ]] || fail "checksum of s3://$BUCKET/$DUMP_KEY is $sum, its manifest says $expected; the dump is damaged, keep it for the investigation"
  pg_restore --list "$SCRATCH/dump" >/dev/null || fail "s3://$BUCKET/$DUMP_KEY has the right checksum but is no readable dump"
}

drop_database() { dropdb --if-exists --force --maintenance-db="${MAINTENANCE_DATABASE:-postgres}" "$SCRATCH_DATABASE"; }

make_database() {
  local there
  there=$(sql -d "${MAINTENANCE_DATABASE:-postgres}" -c "select count(*) from pg_database where datname = '${SCRATCH_DATABASE//\'/}'") || fail "the scratch server $PGHOST:$PGPORT does not let $PGUSER in"
  [[ $there == 0 ]] || fail "database $SCRATCH_DATABASE exists on $PGHOST; the drill only restores into one that it made itself"
  at_exit drop_database
  createdb --maintenance-db="${MAINTENANCE_DATABASE:-postgres}" --template=template0 "$SCRATCH_DATABASE" || fail "database $SCRATCH_DATABASE can not be made on $PGHOST"
}

restore() {
  pg_restore --no-owner --no-acl --exit-on-error --jobs="${RESTORE_JOBS:-2}" --dbname="$SCRATCH_DATABASE" "$SCRATCH/dump" || fail "the dump does not restore: $DUMP_KEY"
}

compare() {
  sql -d "$SCRATCH_DATABASE" -f "$FINGERPRINT" >"$SCRATCH/restored" || fail "the restored database can not be counted"
  jq -r '(.tables[] | "table|\(.name)|\(.rows)"), "schema|\(.schemaSha256)"' "$SCRATCH/manifest.json" >"$SCRATCH/expected"
  diff "$SCRATCH/expected" "$SCRATCH/restored" >"$SCRATCH/difference" ||
    fail "the restored database differs from the manifest (< dumped, > restored): $(head -n 5 "$SCRATCH/difference" | tr '\n' ' ')"
}

# The point-in-time copy holds the same tables as the dump; its rows are newer and may differ.
compare_tables() {
  sql -d "$SOURCE" -f "$FINGERPRINT" >"$SCRATCH/recovered" || fail "the recovered instance can not be read"
  local expected found
  expected=$(jq '.tables | length' "$SCRATCH/manifest.json")
  found=$(grep -c '^table|' "$SCRATCH/recovered" || true)
  ((found >= expected)) || fail "the recovered instance has $found tables, the newest dump $expected"
}

report() {
  jq --argjson rpo "$RPO_SECONDS" --argjson pitr "$PITR_SECONDS" --argjson rto "$RESTORE_SECONDS" --argjson age "$DUMP_AGE" \
    --argjson rpoTarget $((RPO_MINUTES * 60)) --argjson rtoTarget $((RTO_MINUTES * 60)) --arg at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    '{at: $at, dump: .key, tables: (.tables | length), rows: ([.tables[].rows] | add // 0), dumpAgeSeconds: $age,
      rpoSeconds: $rpo, rpoTargetSeconds: $rpoTarget, pitrSeconds: $pitr, restoreSeconds: $rto, rtoTargetSeconds: $rtoTarget,
      passed: ($rpo <= $rpoTarget and $pitr <= $rtoTarget and $rto <= $rtoTarget)}' "$SCRATCH/manifest.json" >"$SCRATCH/report.json"
  put "$SCRATCH/report.json" "${REPORT_PREFIX:-drills}/$SOURCE/$(date -u +%Y/%m/%d)/drill-$(date -u +%Y%m%dT%H%M%SZ).json"
}

VERIFY_UPLOAD=no # the role of the drill writes reports and reads dumps, not the other way round
find_newest
if [[ -n ${DB_INSTANCE:-} ]]; then measure_rpo; else RPO_SECONDS=$DUMP_AGE; fi
if [[ -n ${DRILL_INSTANCE:-} ]]; then
  say "restoring $DB_INSTANCE by point-in-time recovery into $DRILL_INSTANCE"
  pitr_started=$(date +%s)
  make_instance
  run compare_tables
  PITR_SECONDS=$(($(date +%s) - pitr_started))
else
  pg_login
fi
restore_started=$(date +%s)
say "restoring s3://$BUCKET/$DUMP_KEY into $SCRATCH_DATABASE at $PGHOST"
run fetch
make_database
run restore
run compare
RESTORE_SECONDS=$(($(date +%s) - restore_started))
metric RecoveryPointSeconds "$RPO_SECONDS" Seconds
metric RecoverySeconds "$((PITR_SECONDS > RESTORE_SECONDS ? PITR_SECONDS : RESTORE_SECONDS))" Seconds
report
say "RPO $RPO_SECONDS s (target $((RPO_MINUTES * 60))), RTO by recovery $PITR_SECONDS s, by dump $RESTORE_SECONDS s (target $((RTO_MINUTES * 60)))"
((RPO_SECONDS <= RPO_MINUTES * 60)) || fail "RPO missed: $RPO_SECONDS s of data would be lost, the target is $((RPO_MINUTES * 60)) s"
((PITR_SECONDS <= RTO_MINUTES * 60 && RESTORE_SECONDS <= RTO_MINUTES * 60)) || fail "RTO missed: recovery took $PITR_SECONDS s, the dump $RESTORE_SECONDS s, the target is $((RTO_MINUTES * 60)) s"
