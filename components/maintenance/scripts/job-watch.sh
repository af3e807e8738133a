#!/usr/bin/env bash
# Publishes for every watched job whether its last success is too old: JobOverdue 1 or 0 with the job's name.
# A job that has not been watched for as long as it may take is not overdue yet: a monthly job of a new environment.
#
# Environment beside that of lib.sh
#   WATCHED   name=hours, separated by spaces: most hours between two successes
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need WATCHED METRIC_NAMESPACE
job_start

# samples METRIC JOB FROM TO prints how many were recorded in between; periods so that CloudWatch's 1440 points suffice.
samples() {
  local period=3600
  (($(date -d "$4" +%s) - $(date -d "$3" +%s) < 1400 * 3600)) || period=86400
  api cloudwatch get-metric-statistics --namespace "$METRIC_NAMESPACE" --metric-name "$1" --dimensions "Name=Job,Value=$2" \
    --start-time "$3" --end-time "$4" --period "$period" --statistics Sum SampleCount --output json >"$SCRATCH/samples" || fail "the metrics of $2 can not be read"
  jq --arg metric "$1" '[.Datapoints[] | if $metric == "JobSucceeded" then .Sum else .SampleCount end] | add // 0 | floor' "$SCRATCH/samples"
}

hours_ago() { date -u -d "$1 hours ago" +%Y-%m-%dT%H:00:00Z; }

overdue=()
data=()
for entry in $WATCHED; do
  name=${entry%%=*} hours=${entry##*=}
  [[ $name =~ ^[a-z0-9-]+$ && $hours =~ ^[0-9]+$ ]] || fail "WATCHED has $entry; write name=hours"
  late=0
  # This run itself is the newest sign of life of the watch.
  if [[ $name != "$JOB_NAME" && $(samples JobSucceeded "$name" "$(hours_ago "$hours")" "$(date -u +%Y-%m-%dT%H:%M:%SZ)") == 0 ]]; then
    if [[ $(samples JobOverdue "$name" "$(hours_ago $((hours + 48)))" "$(hours_ago "$hours")") != 0 ]]; then
      late=1
      overdue+=("$name")
      say "overdue: $name has not succeeded for $hours hours"
    else
      say "$name has not succeeded yet; it is not watched for $hours hours so far"
    fi
  fi
  data+=("MetricName=JobOverdue,Value=$late,Unit=Count,Dimensions=[{Name=Job,Value=$name}]")
done
api cloudwatch put-metric-data --namespace "$METRIC_NAMESPACE" --metric-data "${data[@]}" >/dev/null || fail "CloudWatch takes no metrics in $METRIC_NAMESPACE"
say "${#data[@]} jobs watched, ${#overdue[@]} overdue"
