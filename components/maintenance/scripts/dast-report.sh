#!/usr/bin/env bash
# Judges and keeps what dast.sh left: both reports go to the bucket, findings of high risk fail the job.
#
# Environment beside that of lib.sh
#   TARGET REPORT_FOLDER   as in dast.sh
#   BUCKET KMS_KEY_ID      where the reports go
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need TARGET REPORT_FOLDER BUCKET
job_start

report="$REPORT_FOLDER/report.json"
outcome=$(cat "$REPORT_FOLDER/outcome" 2>/dev/null) || fail "the scanner has not run: $REPORT_FOLDER/outcome is missing"
((outcome <= 2)) || fail "the scanner broke off with code $outcome; is $TARGET reachable from the cluster?"
[[ -s $report ]] || fail "the scanner left no report in $REPORT_FOLDER"
jq -e '.site | type == "array"' "$report" >/dev/null || fail "$report is no report of the scanner"
# Risk codes of the scanner: 0 informational, 1 low, 2 medium, 3 high.
count() { jq --arg risk "$1" '[.site[].alerts[]? | select(.riskcode == $risk)] | length' "$report"; }
high=$(count 3) medium=$(count 2) low=$(count 1)
VERIFY_UPLOAD=no
folder="dast/$(date -u +%Y/%m/%d)/$(date -u +%Y%m%dT%H%M%SZ)"
put "$report" "$folder.json"
[[ ! -s $REPORT_FOLDER/report.html ]] || put "$REPORT_FOLDER/report.html" "$folder.html"
metric DastHigh "$high" Count
metric DastMedium "$medium" Count
say "$TARGET: $high high, $medium medium, $low low; report s3://$BUCKET/$folder.json"
((high == 0)) || fail "$high findings of high risk: $(jq -r '[.site[].alerts[]? | select(.riskcode == "3") | .alert] | unique | join("; ")' "$report")"
