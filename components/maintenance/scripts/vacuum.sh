#!/usr/bin/env bash
# VACUUM and ANALYZE of one database. Tables that somebody has locked are left for the next run: maintenance never
# stands in the way of the application.
#
# Environment beside that of lib.sh
#   PGHOST PGPORT PGUSER PGDATABASE   database; PGPASSWORD only where IAM login is not to be had
#   VACUUM_JOBS                       tables at a time (default 2)
#   MAX_TRANSACTION_AGE               fails when the oldest transaction id stays above this (default 1500000000)
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need PGHOST PGPORT PGUSER PGDATABASE
job_start
pg_login
pg_reachable

dead_rows() { sql -c 'select coalesce(sum(n_dead_tup), 0) from pg_stat_user_tables'; }

before=$(dead_rows)
export PGOPTIONS="-c lock_timeout=5s -c vacuum_cost_delay=2ms"
run vacuumdb --analyze --skip-locked --jobs="${VACUUM_JOBS:-2}" --dbname="$PGDATABASE" --quiet || fail "vacuum of $PGDATABASE did not finish"
sql -c 'select pg_stat_force_next_flush()' >/dev/null 2>&1 || true
after=$(dead_rows)
age=$(sql -c 'select max(age(datfrozenxid)) from pg_database where datallowconn')
never=$(sql -c 'select count(*) from pg_stat_user_tables where last_vacuum is null and last_autovacuum is null')
metric DeadRows "$after" Count
metric TransactionAge "$age" Count
say "dead rows $before before, $after after; transaction age $age; $never tables never vacuumed"
((age <= ${MAX_TRANSACTION_AGE:-1500000000})) || fail "the oldest transaction id is $age old; the server stops at 2100000000: find long transactions and replication slots, then vacuum with freeze"
