#!/usr/bin/env bash
# Runs in the scanner's image (OWASP ZAP): the baseline attack, passive rules and spider, no destructive request.
# Leaves report and outcome for dast-report.sh in the shared scratch folder. A scanner that breaks off ends this script
# with 0 all the same: only dast-report.sh can publish the failure, and it does not run after a first container that failed.
#
# Environment
#   TARGET           https address that may be attacked
#   SPIDER_MINUTES   how long pages are looked for (default 5)
#   REPORT_FOLDER    where report.json, report.html and outcome go
#   ZAP_WORK         folder that the scanner writes to (default /zap/wrk)
set -euo pipefail

say() { printf '%s dast: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >&2; }

for name in TARGET REPORT_FOLDER; do
  if [[ -z ${!name:-} ]]; then
    say "error: set $name in the environment"
    exit 2
  fi
done
if [[ $TARGET != https://* ]]; then
  say "error: TARGET is $TARGET; only an https address is attacked"
  exit 2
fi
work=${ZAP_WORK:-/zap/wrk}
mkdir -p "$REPORT_FOLDER"
rm -f "$REPORT_FOLDER"/report.* "$REPORT_FOLDER/outcome"
scanner=""
trap '[[ -z $scanner ]] || kill -TERM "$scanner" 2>/dev/null; say "error: stopped by a signal"; exit 130' TERM INT

# 0 clean, 1 failures, 2 warnings: all three are findings for the report; anything else means that it did not run.
outcome=0
zap-baseline.py -t "$TARGET" -m "${SPIDER_MINUTES:-5}" -J report.json -r report.html &
scanner=$!
wait "$scanner" || outcome=$?
scanner=""
echo "$outcome" >"$REPORT_FOLDER/outcome"
if ((outcome > 2)); then
  say "error: the scanner broke off with code $outcome"
  exit 0
fi
cp "$work/report.json" "$work/report.html" "$REPORT_FOLDER/" || say "error: the scanner left no report in $work"
say "scanned $TARGET, code $outcome"
