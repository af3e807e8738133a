#!/usr/bin/env bash
# A scratch RDS instance for the drill: restored from the database by point-in-time recovery, gone afterwards.
# Sourced by restore-drill.sh. Environment: DB_INSTANCE DRILL_INSTANCE DRILL_SUBNET_GROUP DRILL_SECURITY_GROUP
# DRILL_PARAMETER_GROUP, DRILL_POLL_SECONDS (default 15).
set -euo pipefail

instance_field() { api rds describe-db-instances --db-instance-identifier "$1" --query "DBInstances[0].$2" --output text; }

# The lost minutes if the database were lost now.
measure_rpo() {
  local restorable
  restorable=$(instance_field "$DB_INSTANCE" LatestRestorableTime) || fail "RDS does not tell the latest restorable time of $DB_INSTANCE"
  [[ $restorable != None ]] || fail "$DB_INSTANCE has no latest restorable time; are automated backups on?"
  RPO_SECONDS=$(($(date +%s) - $(date -d "$restorable" +%s)))
  ((RPO_SECONDS >= 0)) || RPO_SECONDS=0
}

await_instance() {
  local status
  until status=$(instance_field "$DRILL_INSTANCE" DBInstanceStatus) && [[ $status == available ]]; do
    [[ $status != failed && $status != incompatible-* ]] || fail "scratch instance $DRILL_INSTANCE is $status"
    sleep "${DRILL_POLL_SECONDS:-15}"
  done
}

drop_instance() {
  local answer
  answer=$(api rds delete-db-instance --db-instance-identifier "$DRILL_INSTANCE" --skip-final-snapshot --delete-automated-backups 2>&1) && return 0
  [[ $answer == *DBInstanceNotFound* ]] || { say "error: scratch instance $DRILL_INSTANCE is left and billed: $answer"; return 1; }
}

check_instance() {
  need DB_INSTANCE DRILL_SUBNET_GROUP DRILL_SECURITY_GROUP DRILL_PARAMETER_GROUP
  [[ $DRILL_INSTANCE == *-drill && $DRILL_INSTANCE != "$DB_INSTANCE" ]] || fail "DRILL_INSTANCE is $DRILL_INSTANCE; only a name that ends in -drill may be dropped afterwards"
}

# Restores the database into DRILL_INSTANCE, sets a password that only this run knows, leaves PGHOST and PGPASSWORD there.
make_instance() {
  ! instance_field "$DRILL_INSTANCE" DBInstanceStatus >/dev/null 2>&1 || fail "scratch instance $DRILL_INSTANCE exists already; another drill runs, or one was left behind: delete it"
  at_exit drop_instance
  api rds restore-db-instance-to-point-in-time --source-db-instance-identifier "$DB_INSTANCE" --target-db-instance-identifier "$DRILL_INSTANCE" \
    --use-latest-restorable-time --no-multi-az --no-publicly-accessible --no-deletion-protection --db-subnet-group-name "$DRILL_SUBNET_GROUP" \
    --db-parameter-group-name "$DRILL_PARAMETER_GROUP" --vpc-security-group-ids "$DRILL_SECURITY_GROUP" --tags Key=purpose,Value=restore-drill >/dev/null ||
    fail "RDS refuses to restore $DB_INSTANCE into $DRILL_INSTANCE"
  run await_instance
  PGPASSWORD=$(openssl rand -hex 24)
  export PGPASSWORD
  api rds modify-db-instance --db-instance-identifier "$DRILL_INSTANCE" --master-user-password "$PGPASSWORD" --backup-retention-period 0 --apply-immediately >/dev/null ||
    fail "the scratch instance takes no password"
  PGHOST=$(instance_field "$DRILL_INSTANCE" Endpoint.Address)
  export PGHOST
  run await_login
}

# The new password works a while after RDS has accepted it.
await_login() {
  local try
  for try in $(seq 1 40); do
    ! sql -d "$PGDATABASE" -c 'select 1' >/dev/null 2>&1 || return 0
    sleep "${DRILL_POLL_SECONDS:-15}"
  done
  fail "scratch instance $DRILL_INSTANCE lets nobody in after $try tries"
}
