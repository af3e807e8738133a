#!/usr/bin/env bash
# Creates the monthly partitions of this month and the coming ones. Idempotent: what covers a month already is left.
#
# Environment beside that of lib.sh
#   PGHOST PGPORT PGUSER PGDATABASE   database; PGPASSWORD only where IAM login is not to be had
#   TABLES                            schema.table, separated by spaces; partitioned by range on one date or time column
#   MONTHS_AHEAD                      months after this one (default 3)
#   LOCK_TIMEOUT_MS LOCK_TRIES        wait for the table's lock and how often (default 5000 and 5)
#   MONTH                             first month as YYYY-MM (default the current one, UTC)
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need PGHOST PGPORT PGUSER PGDATABASE TABLES
job_start
pg_login
pg_reachable

first=${MONTH:-$(date -u +%Y-%m)}
[[ $first =~ ^[0-9]{4}-(0[1-9]|1[0-2])$ ]] || fail "MONTH is $first; write YYYY-MM"
[[ ${MONTHS_AHEAD:=3} =~ ^[0-9]+$ ]] || fail "MONTHS_AHEAD is $MONTHS_AHEAD; write a number"
created=0

check_table() {
  local kind
  kind=$(sql -v table="$1" <<<"select p.partstrat::text || format_type(a.atttypid, null) from pg_partitioned_table p
    join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
    where p.partrelid = to_regclass(:'table') and p.partnatts = 1") || fail "the catalog can not be read"
  [[ $kind =~ ^r(date|timestamp) ]] || fail "$1 is not partitioned by range on one date or time column; name only tables that a migration made so"
}

# Prints "created" or "present". A partition under another name that covers the month counts as present: PostgreSQL
# reports the overlap as invalid_object_definition.
create_partition() {
  PGOPTIONS="-c lock_timeout=${LOCK_TIMEOUT_MS:-5000} -c client_min_messages=warning -c timezone=UTC" \
    sql -v table="$1" -v month="$2-01" <<'SQL'
select set_config('golive.table', :'table', false), set_config('golive.month', :'month', false) \g /dev/null
do $$
declare
  parent regclass := to_regclass(current_setting('golive.table'));
  month date := current_setting('golive.month')::date;
  space name; base name; owner name; part text; result text := 'created';
begin
  select n.nspname, c.relname, pg_get_userbyid(c.relowner) into space, base, owner from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = parent;
  part := format('%s_%s', base, to_char(month, 'YYYY_MM'));
  if length(part) > 63 then
    raise exception 'partition name % is longer than 63 characters; shorten the table''s', part;
  end if;
  if to_regclass(format('%I.%I', space, part)) is not null then
    result := 'present';
  else
    begin
      -- As the table's owner: a migration changes a table with all its partitions, so it must own them all, and the
      -- owner's default privileges hold for this one, too.
      execute format('set local role %I', owner);
      execute format('create table %I.%I partition of %s for values from (%L) to (%L)', space, part, parent, month, (month + interval '1 month')::date);
    exception
      when invalid_object_definition then result := 'present';
      when check_violation then
        raise exception 'the default partition of % holds rows of %; move them before the month gets its own', parent, to_char(month, 'YYYY-MM');
    end;
  end if;
  perform set_config('golive.result', result, false);
end $$;
select current_setting('golive.result');
SQL
}

for table in $TABLES; do
  [[ $table =~ ^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$ ]] || fail "TABLES names $table; write schema.table"
  check_table "$table"
  for ((ahead = 0; ahead <= MONTHS_AHEAD; ahead++)); do
    month=$(date -u -d "$first-01 +$ahead months" +%Y-%m)
    for ((try = 1; ; try++)); do
      if result=$(create_partition "$table" "$month" 2>"$SCRATCH/error"); then break; fi
      grep -q 'lock timeout' "$SCRATCH/error" || fail "$table, $month: $(grep -m 1 ERROR "$SCRATCH/error" || tail -n 1 "$SCRATCH/error")"
      ((try < ${LOCK_TRIES:-5})) || fail "$table, $month: somebody holds the table for longer than $try × ${LOCK_TIMEOUT_MS:-5000} ms; find the long transaction and run the job again"
      sleep 1
    done
    if [[ $result == created ]]; then
      created=$((created + 1))
      say "$table: partition of $month created"
    fi
  done
done
metric PartitionsCreated "$created" Count
say "$created partitions created"
