#!/usr/bin/env bash
# The database users that log in with IAM, and what each may do. Idempotent.
#   application   reads and writes rows of what the migrations make; owns nothing, makes no tables
#   migration     makes schemas and tables, and owns them
#   backup        reads everything (pg_read_all_data), changes nothing
#   maintenance   member of the migrations' role, so that it may vacuum and partition their tables
#
# Environment beside that of lib.sh
#   PGHOST PGPORT PGDATABASE                             database
#   MASTER_SECRET_ARN                                    secret with username and password of the master user;
#                                                        PGUSER and PGPASSWORD instead of it where there is none
#   APPLICATION_USER MIGRATION_USER BACKUP_USER          names of the users
#   MAINTENANCE_USER
#   IAM_ROLE                                             role that allows IAM login (default rds_iam)
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need PGHOST PGPORT PGDATABASE APPLICATION_USER MIGRATION_USER BACKUP_USER MAINTENANCE_USER
job_start
if [[ -z ${PGPASSWORD:-} ]]; then
  need MASTER_SECRET_ARN
  secret=$(api secretsmanager get-secret-value --secret-id "$MASTER_SECRET_ARN" --query SecretString --output text) || fail "the master secret can not be read"
  PGUSER=$(jq -er .username <<<"$secret") || fail "the master secret has no username"
  PGPASSWORD=$(jq -er .password <<<"$secret") || fail "the master secret has no password"
  export PGUSER PGPASSWORD
fi
pg_login
pg_reachable

# One advisory lock, so that two runs do not create the same user; one transaction, so that none is left half made.
# Default privileges of a role are set by its members. The master user is one for that moment only: RDS refuses the
# password of whoever is in the IAM role, by way of another role, too.
sql -1 -v application="$APPLICATION_USER" -v migration="$MIGRATION_USER" -v backup="$BACKUP_USER" -v maintenance="$MAINTENANCE_USER" -v iam="${IAM_ROLE:-rds_iam}" >/dev/null <<'SQL' || fail "the users could not be made; nothing was changed"
set local client_min_messages = warning;
select pg_advisory_xact_lock(hashtext('golive database roles'));
select format('create role %I login', wanted) from unnest(array[:'application', :'migration', :'backup', :'maintenance']) as wanted
  where not exists (select from pg_roles where rolname = wanted) \gexec
select format('grant %I to %I', :'iam', wanted) from unnest(array[:'application', :'migration', :'backup', :'maintenance']) as wanted \gexec
grant pg_read_all_data to :"backup";
grant :"migration" to :"maintenance";
select format('grant connect, create, temporary on database %I to %I', current_database(), :'migration') \gexec
select format('grant connect, temporary on database %I to %I', current_database(), :'application') \gexec
select format('revoke create on database %I from %I', current_database(), :'application') \gexec
select format('grant connect on database %I to %I, %I', current_database(), :'backup', :'maintenance') \gexec
select format('revoke all on database %I from public', current_database()) \gexec
revoke create on schema public from public;
grant :"migration" to current_user;
alter default privileges for role :"migration" grant usage on schemas to :"application";
alter default privileges for role :"migration" grant select, insert, update, delete on tables to :"application";
alter default privileges for role :"migration" grant usage, select on sequences to :"application";
revoke :"migration" from current_user;
SQL
say "users $APPLICATION_USER, $MIGRATION_USER, $BACKUP_USER and $MAINTENANCE_USER are as they should be"
