#!/usr/bin/env bash
# What every job script shares: messages, required variables, AWS calls, children that a stop signal reaches,
# clean-up, metrics. Sourced first; a script then calls job_start, does its work and ends.
#
# Environment of every job
#   JOB_NAME           name in messages and metrics
#   METRIC_NAMESPACE   CloudWatch namespace; without it nothing is published
#   AWS_REGION         region of every AWS call
#   AWS_ENDPOINT_URL   one endpoint for all services, AWS_ENDPOINT_URL_S3 … for one of them: servers that speak their API
#   TMPDIR             where the scratch folder is made (default /tmp)
# Exit codes: 0 done, 1 failed or refused, 2 a variable is missing, 130 stopped by a signal.
set -euo pipefail

: "${JOB_NAME:=$(basename "$0" .sh)}"
export AWS_PAGER="" AWS_MAX_ATTEMPTS="${AWS_MAX_ATTEMPTS:-5}" AWS_RETRY_MODE="${AWS_RETRY_MODE:-standard}"
export AWS_DEFAULT_REGION="${AWS_REGION:-${AWS_DEFAULT_REGION:-}}"
SCRATCH=""
CHILD=""
API_CALL=()
CLEANUPS=()
METRICS=()

say() { printf '%s %s: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$JOB_NAME" "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

# need NAME... ends the job when one of the variables is empty, naming all of them.
need() {
  local name missing=()
  for name in "$@"; do
    [[ -n "${!name:-}" ]] || missing+=("$name")
  done
  if ((${#missing[@]} > 0)); then
    say "error: set ${missing[*]} in the environment"
    exit 2
  fi
}

# api SERVICE OPERATION... is the AWS CLI with bounded waiting and the endpoint that the environment names.
# AWS CLI 2.13 and later read AWS_ENDPOINT_URL themselves; passing it on makes older ones do the same.
api() {
  api_call "$@"
  "${API_CALL[@]}"
}

# api_call puts the same command into API_CALL, for a caller that must know the process id of the CLI itself.
api_call() {
  local service=${1^^} name endpoint
  [[ $service == S3API ]] && service=S3
  name="AWS_ENDPOINT_URL_$service"
  endpoint="${!name:-${AWS_ENDPOINT_URL:-}}"
  API_CALL=(aws --cli-connect-timeout 10 --cli-read-timeout 120 --no-cli-pager ${endpoint:+--endpoint-url "$endpoint"} "$@")
}

# run COMMAND... in a process group of its own, so that a stop signal ends it at once and everything it started.
# (bash runs a trap only after the command in the foreground has ended: for a long dump that is too late.)
run() {
  local status=0
  set -m
  "$@" &
  CHILD=$!
  set +m
  wait "$CHILD" || status=$?
  CHILD=""
  return "$status"
}

# at_exit FUNCTION is called at the end, whatever the end is; the last one named runs first.
at_exit() { CLEANUPS=("$1" ${CLEANUPS[@]+"${CLEANUPS[@]}"}); }

# metric NAME VALUE [UNIT] is published together with the outcome.
metric() { METRICS+=("MetricName=$1,Value=$2,Unit=${3:-None},Dimensions=[{Name=Job,Value=$JOB_NAME}]"); }

job_start() {
  STARTED=$(date +%s)
  SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/${JOB_NAME}.XXXXXX") || fail "no scratch folder can be made in ${TMPDIR:-/tmp}"
  trap 'job_end $?' EXIT
  trap 'job_stopped TERM' TERM
  trap 'job_stopped INT' INT
}

job_stopped() {
  trap '' TERM INT
  say "error: stopped by SIG$1; cleaning up"
  exit 130
}

job_end() {
  local status=$1 cleanup
  trap - EXIT
  trap '' TERM INT
  set +e
  if [[ -n $CHILD ]]; then
    kill -TERM -- "-$CHILD" 2>/dev/null
    wait "$CHILD" 2>/dev/null
  fi
  for cleanup in ${CLEANUPS[@]+"${CLEANUPS[@]}"}; do
    if ! "$cleanup"; then
      say "error: clean-up $cleanup did not finish; look at what it should have removed"
      [[ $status -ne 0 ]] || status=1
    fi
  done
  [[ -z $SCRATCH ]] || rm -rf -- "$SCRATCH"
  publish "$status"
  if [[ $status -eq 0 ]]; then say "done in $(($(date +%s) - STARTED)) s"; fi
  exit "$status"
}

# A metric that can not be published does not undo the work; the watch over the jobs notices its absence.
publish() {
  [[ -n "${METRIC_NAMESPACE:-}" ]] || return 0
  if [[ $1 -eq 0 ]]; then metric JobSucceeded 1 Count; else metric JobFailed 1 Count; fi
  metric JobSeconds $(($(date +%s) - STARTED)) Seconds
  api cloudwatch put-metric-data --namespace "$METRIC_NAMESPACE" --metric-data "${METRICS[@]}" >/dev/null ||
    say "warning: CloudWatch took no metrics; the alarm for a missing success will follow"
}

# Logs in to PostgreSQL by IAM (a token of 15 minutes) unless PGPASSWORD is set.
pg_login() {
  need PGHOST PGPORT PGUSER PGDATABASE
  export PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-10}" PGAPPNAME="$JOB_NAME"
  if [[ -z "${PGPASSWORD:-}" ]]; then
    need AWS_REGION
    PGPASSWORD=$(api rds generate-db-auth-token --hostname "$PGHOST" --port "$PGPORT" --username "$PGUSER" --region "$AWS_REGION") ||
      fail "no IAM token for $PGUSER at $PGHOST; look at the job's role"
  fi
  export PGPASSWORD
}

# sql [ARGUMENTS] is psql that stops at the first error and reads no start-up file.
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

pg_reachable() {
  sql -c 'select 1' >/dev/null || fail "PostgreSQL at $PGHOST:$PGPORT, database $PGDATABASE, does not let $PGUSER in; is it up, and does the user exist?"
}

# sse prints the options that encrypt an upload with KMS_KEY_ID; without a key the bucket's default applies.
sse() { [[ -z "${KMS_KEY_ID:-}" ]] || printf '%s\n' --sse aws:kms --sse-kms-key-id "$KMS_KEY_ID"; }

# put FILE KEY [METADATA] stores a small file and reads it back to compare its SHA-256.
put() {
  local file=$1 key=$2 sum sums options=()
  sum=$(sha256sum <"$file" | cut -d' ' -f1)
  mapfile -t options < <(sse)
  api s3 cp --no-progress --only-show-errors ${options[@]+"${options[@]}"} --metadata "sha256=${3:-$sum}" "$file" "s3://$BUCKET/$key" ||
    fail "s3://$BUCKET/$key can not be written; does the bucket exist, and may the job's role write there?"
  if [[ ${VERIFY_UPLOAD:-yes} == yes ]]; then
    sums=$(api s3 cp --only-show-errors "s3://$BUCKET/$key" - | sha256sum | cut -d' ' -f1) || fail "s3://$BUCKET/$key can not be read back"
    [[ $sums == "$sum" ]] || fail "s3://$BUCKET/$key differs from what was sent: SHA-256 $sums, expected $sum"
  fi
}

# room FOLDER BYTES ends the job when the folder's disk has less free.
room() {
  local free
  free=$(($(df -Pk "$1" | awk 'NR == 2 { print $4 }') * 1024))
  ((free >= $2)) || fail "the scratch disk at $1 has $free bytes free, $2 are needed; give the job a larger scratch volume"
}
