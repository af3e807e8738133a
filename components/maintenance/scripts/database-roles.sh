#!/usr/bin/env bash
# The database users that log in with IAM, and what each may do. Idempotent; for PostgreSQL 15 and later.
#   owner         nobody logs in as this role; it owns schemas and tables, and the master user is a member
#   migration     acts as the owner from its login on, so what it makes belongs to the owner
#   application   reads and writes rows of what the migrations make; owns nothing, makes no tables
#   backup        reads everything (pg_read_all_data), changes nothing
#   maintenance   member of the owner, so that it may vacuum and partition its tables
#   monitoring    sees the server's figures (pg_monitor), and no row
#
# Environment beside that of lib.sh
#   PGHOST PGPORT PGDATABASE                             database
#   MASTER_SECRET_ARN                                    secret with username and password of the master user;
#                                                        PGUSER and PGPASSWORD instead of it where there is none
#   APPLICATION_USER MIGRATION_USER BACKUP_USER          names of the users
#   MAINTENANCE_USER MONITORING_USER
#   OWNER_ROLE                                           name of the owner (default golive_owner)
#   IAM_ROLE                                             role that allows IAM login (default rds_iam)
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need PGHOST PGPORT PGDATABASE APPLICATION_USER MIGRATION_USER BACKUP_USER MAINTENANCE_USER MONITORING_USER
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

# RDS refuses the password of whoever is in the IAM role, by way of another role, too. So the master user must be a member
# of none of these users, and from PostgreSQL 16 on who creates a role is a member of it and can not leave it: a role that
# lives for this transaction only creates them, and takes its memberships along. What is to be changed later hangs on the
# owner, who is not in the IAM role. The rest needs no right over the users themselves.
# One advisory lock, so that two runs do not create the same user; one transaction, so that none is left half made.
users=(-v application="$APPLICATION_USER" -v migration="$MIGRATION_USER" -v backup="$BACKUP_USER" -v maintenance="$MAINTENANCE_USER" -v monitoring="$MONITORING_USER")
sql -1 "${users[@]}" -v owner="${OWNER_ROLE:-golive_owner}" -v iam="${IAM_ROLE:-rds_iam}" >/dev/null <<'SQL' || fail "the users could not be made; nothing was changed"
set local client_min_messages = warning;
select pg_advisory_xact_lock(hashtext('golive database roles'));
select count(*) filter (where rolname is null) > 0 as some_are_new,
    count(*) filter (where wanted = :'application' and rolname is null) > 0 as application_is_new,
    count(*) filter (where wanted = :'migration' and rolname is null) > 0 as migration_is_new,
    -- As it was before there was an owner: the migration user owns what it made.
    count(*) filter (where wanted = :'migration' and rolname is not null and 'role=' || :'owner' <> all (coalesce(rolconfig, '{}'))) > 0 as migration_owns,
    current_setting('server_version_num')::int < 160000 as creator_may_all
  from unnest(array[:'application', :'migration', :'backup', :'maintenance', :'monitoring']) as wanted left join pg_roles on rolname = wanted \gset

select format('create role %I nologin', :'owner') where not exists (select from pg_roles where rolname = :'owner') \gexec
-- With the admin option from 15 on, for the day of the upgrade; 16 gives it to the creator and to nobody twice.
select format('grant %I to %I %s', :'owner', current_user, case when not pg_has_role(:'owner', 'member with admin option') then 'with admin option' end)
  where not (pg_has_role(:'owner', 'usage') and pg_has_role(:'owner', 'member with admin option')) \gexec

\if :some_are_new
create role golive_creator nologin createrole;
grant golive_creator to current_user;
set local role golive_creator;
select format('create role %I login', wanted) from unnest(array[:'application', :'migration', :'backup', :'maintenance', :'monitoring']) as wanted
  where not exists (select from pg_roles where rolname = wanted) \gexec
\if :migration_is_new
alter role :"migration" set role to :"owner";
\endif
reset role;
drop role golive_creator;
\endif

\if :migration_owns
\if :creator_may_all
set local lock_timeout = '60s';
grant :"migration" to current_user;
reassign owned by :"migration" to :"owner";
alter role :"migration" set role to :"owner";
revoke :"migration" from current_user;
\elif :application_is_new
do 'begin raise exception $$the migration user owns the tables, as an earlier version of this job left it, and PostgreSQL 16 lets nobody change that user now; keep the name of the application user, or move the tables to the owner as a member of rds_superuser$$; end';
\else
do 'begin raise warning $$the migration user owns the tables, as an earlier version of this job left it; that stays, but no other application user can be made$$; end';
\endif
\endif

select format('grant %I to %I', granted, wanted) from (values
    (:'iam', :'application'), (:'iam', :'migration'), (:'iam', :'backup'), (:'iam', :'maintenance'), (:'iam', :'monitoring'),
    (:'owner', :'migration'), (:'owner', :'maintenance'), ('pg_read_all_data', :'backup'), ('pg_monitor', :'monitoring')) as wish (granted, wanted)
  where not pg_has_role(wanted, granted, 'usage') \gexec
select format('grant connect, create, temporary on database %I to %I', current_database(), :'owner') \gexec
select format('grant connect, temporary on database %I to %I, %I', current_database(), :'migration', :'application') \gexec
select format('revoke create on database %I from %I', current_database(), :'application') \gexec
select format('grant connect on database %I to %I, %I, %I', current_database(), :'backup', :'maintenance', :'monitoring') \gexec
select format('revoke all on database %I from public', current_database()) \gexec
revoke create on schema public from public;
alter default privileges for role :"owner" grant usage on schemas to :"application";
alter default privileges for role :"owner" grant select, insert, update, delete on tables to :"application";
alter default privileges for role :"owner" grant usage, select on sequences to :"application";

-- A new name of the application user finds tables. Only then: what a migration takes from the user later stays taken.
\if :application_is_new
select format('grant usage on schema %I to %I', nspname, :'application') from pg_namespace where pg_get_userbyid(nspowner) = :'owner'
union all
select format('grant %s %I.%I to %I', case relkind when 'S' then 'usage, select on sequence' else 'select, insert, update, delete on' end, nspname, relname, :'application')
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace where pg_get_userbyid(relowner) = :'owner' and relkind in ('r', 'p', 'v', 'm', 'f', 'S') \gexec
\endif

-- A direct membership is not looked at: it was there when the master user came in, so it does not keep it out.
select set_config('golive.iam', :'iam', true);
do $$
declare
  way text;
begin
  with recursive reached as (
    select roleid from pg_auth_members where member = current_user::regrole
    union
    select grants.roleid from pg_auth_members grants join reached on grants.member = reached.roleid)
  select string_agg(distinct member::regrole::text, ', ') into way from pg_auth_members
    where roleid = current_setting('golive.iam')::regrole and member in (select roleid from reached);
  if way is not null then
    raise exception '% would be in the role % by way of %, and its password would be refused', current_user, current_setting('golive.iam'), way
      using hint = 'Take it out of them; PostgreSQL 16 needs them dropped for that, after "reassign owned", and the next run makes them again.';
  end if;
end $$;
SQL
say "users $APPLICATION_USER, $MIGRATION_USER, $BACKUP_USER, $MAINTENANCE_USER and $MONITORING_USER are as they should be"
