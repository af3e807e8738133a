#!/usr/bin/env bash
# Vulnerability findings of every deployed image, by digest. Where Inspector scans the registry its findings are read;
# else ECR's own scan is started when it has never run. Fails on critical findings.
#
# Environment beside that of lib.sh
#   IMAGES             references account.dkr.ecr.region.amazonaws.com/name@sha256:…, separated by spaces
#   MAX_CRITICAL       critical findings that are let pass (default 0)
#   POLL_SECONDS TRIES waiting for a scan (default 20 and 60)
#   BUCKET KMS_KEY_ID  where the report goes
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need IMAGES BUCKET
job_start

started=""
# Leaves the findings of one image in $SCRATCH/findings.
findings() {
  local call=(--region "$region" --registry-id "$account" --repository-name "$repository" --image-id "imageDigest=$digest") try status
  for ((try = 1; try <= ${TRIES:-60}; try++)); do
    if api ecr describe-image-scan-findings "${call[@]}" --output json >"$SCRATCH/findings" 2>"$SCRATCH/error"; then
      status=$(jq -r '.imageScanStatus.status // "COMPLETE"' "$SCRATCH/findings")
      case $status in
        COMPLETE | ACTIVE) return 0 ;;
        FAILED | UNSUPPORTED_IMAGE | SCAN_ELIGIBILITY_EXPIRED | FINDINGS_UNAVAILABLE)
          fail "$repository@$digest can not be scanned: $status $(jq -r '.imageScanStatus.description // ""' "$SCRATCH/findings")" ;;
      esac
    elif grep -q ScanNotFoundException "$SCRATCH/error"; then
      if [[ $started != *" $digest "* ]]; then
        started+=" $digest "
        api ecr start-image-scan "${call[@]}" >/dev/null 2>"$SCRATCH/error" || fail "no scan of $repository@$digest can be started: $(tail -n 1 "$SCRATCH/error")"
      fi
    else
      fail "the findings of $repository@$digest can not be read: $(tail -n 1 "$SCRATCH/error")"
    fi
    sleep "${POLL_SECONDS:-20}"
  done
  fail "the scan of $repository@$digest has not ended after ${TRIES:-60} looks"
}

pattern='^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^@]+)@(sha256:[0-9a-f]{64})$'
: >"$SCRATCH/lines"
foreign=()
for image in $IMAGES; do
  if [[ ! $image =~ $pattern ]]; then
    foreign+=("$image")
    continue
  fi
  account=${BASH_REMATCH[1]} region=${BASH_REMATCH[2]} repository=${BASH_REMATCH[3]} digest=${BASH_REMATCH[4]}
  findings
  jq -c --arg image "$image" '(.imageScanFindings.findingSeverityCounts // {}) as $n
    | {image: $image, critical: ($n.CRITICAL // 0), high: ($n.HIGH // 0), medium: ($n.MEDIUM // 0),
       worst: [(.imageScanFindings.findings[]?, .imageScanFindings.enhancedFindings[]?) | select(.severity == "CRITICAL") | (.name // .packageVulnerabilityDetails.vulnerabilityId // .title)]}' \
    "$SCRATCH/findings" >>"$SCRATCH/lines"
done
jq -s --arg at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '{at: $at, images: .}' "$SCRATCH/lines" >"$SCRATCH/report.json"
VERIFY_UPLOAD=no put "$SCRATCH/report.json" "scans/$(date -u +%Y/%m/%d)/images-$(date -u +%Y%m%dT%H%M%SZ).json"
critical=$(jq '[.images[].critical] | add // 0' "$SCRATCH/report.json")
high=$(jq '[.images[].high] | add // 0' "$SCRATCH/report.json")
metric CriticalFindings "$critical" Count
metric HighFindings "$high" Count
jq -r '.images[] | "\(.image): \(.critical) critical, \(.high) high, \(.medium) medium \(.worst | join(" "))"' "$SCRATCH/report.json" | while read -r line; do say "$line"; done
((${#foreign[@]} == 0)) || fail "not scanned, because they are not in ECR: ${foreign[*]}; mirror them there"
((critical <= ${MAX_CRITICAL:-0})) || fail "$critical critical findings, ${MAX_CRITICAL:-0} are allowed; rebuild the images named above"
