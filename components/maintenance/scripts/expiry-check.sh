#!/usr/bin/env bash
# Certificates near their end, keys that do not rotate, secrets that nobody has changed. Looks at everything, then
# fails with the whole list.
#
# Environment beside that of lib.sh
#   TLS_HOSTS           host or host:port, separated by spaces: the certificate that is really served
#   WARN_DAYS           least days that a certificate must still be valid (default 30)
#   ACM_REGIONS         regions whose ACM certificates are looked at (default AWS_REGION and us-east-1; empty: none)
#   KEY_IDS             KMS keys; MAX_ROTATION_DAYS, longest rotation period (default 90)
#   SECRETS             Secrets Manager names; MAX_SECRET_DAYS, oldest value (default 90)
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

job_start
: "${WARN_DAYS:=30}" "${MAX_ROTATION_DAYS:=90}" "${MAX_SECRET_DAYS:=90}"
problems=()
now=$(date +%s)
shortest=""

problem() {
  problems+=("$*")
  say "found: $*"
}

days_left() { echo $((($(date -d "$1" +%s) - now) / 86400)); }

remember() { [[ -n $shortest && $shortest -le $1 ]] || shortest=$1; }

served() {
  local host=${1%%:*} port=443 answer end left
  [[ $1 != *:* ]] || port=${1##*:}
  # The certificate counts, not how the connection ends: servers reset one that sends no request.
  answer=$(timeout 20 openssl s_client -connect "$host:$port" -servername "$host" </dev/null 2>/dev/null) || true
  end=$(openssl x509 -noout -enddate <<<"$answer" 2>/dev/null | cut -d= -f2) || end=""
  if [[ -z $end ]]; then
    problem "$1 serves no certificate; is it up?"
    return
  fi
  left=$(days_left "$end")
  remember "$left"
  ((left >= WARN_DAYS)) || problem "certificate of $1 ends in $left days ($end)"
}

acm() {
  local arn line end status domain left arns
  arns=$(api acm list-certificates --region "$1" --certificate-statuses ISSUED EXPIRED --query 'CertificateSummaryList[].CertificateArn' --output text) || fail "the certificates of ACM in $1 can not be listed"
  for arn in $arns; do
    [[ $arn != None ]] || continue
    line=$(api acm describe-certificate --region "$1" --certificate-arn "$arn" --output json) || fail "$arn can not be described"
    end=$(jq -r '.Certificate.NotAfter' <<<"$line")
    domain=$(jq -r '.Certificate.DomainName' <<<"$line")
    status=$(jq -r '.Certificate.RenewalEligibility // "INELIGIBLE"' <<<"$line")
    left=$(days_left "$end")
    remember "$left"
    ((left >= WARN_DAYS)) || problem "ACM certificate of $domain ends in $left days, renewal $status ($arn)"
  done
}

key() {
  local line period
  line=$(api kms get-key-rotation-status --key-id "$1" --output json) || fail "the rotation of key $1 can not be read"
  period=$(jq -r '.RotationPeriodInDays // 0' <<<"$line")
  if [[ $(jq -r .KeyRotationEnabled <<<"$line") != true ]]; then
    problem "key $1 does not rotate"
  elif ((period == 0)); then
    # KMS names the period of every key that rotates; an AWS CLI before 2.15.38 does not pass it on.
    problem "the rotation period of key $1 can not be told; the AWS CLI of this image is too old, 2.15.38 or newer is needed"
  elif ((period > MAX_ROTATION_DAYS)); then
    problem "key $1 rotates every $period days, $MAX_ROTATION_DAYS are allowed"
  fi
}

secret() {
  local changed age
  changed=$(api secretsmanager describe-secret --secret-id "$1" --query LastChangedDate --output text) || fail "secret $1 can not be described"
  if [[ $changed == None ]]; then
    problem "secret $1 has no value yet"
    return
  fi
  age=$(((now - $(date -d "$changed" +%s)) / 86400))
  ((age <= MAX_SECRET_DAYS)) || problem "secret $1 was changed $age days ago, $MAX_SECRET_DAYS are allowed"
}

for host in ${TLS_HOSTS:-}; do served "$host"; done
for region in $(tr ' ' '\n' <<<"${ACM_REGIONS-${AWS_REGION:-} us-east-1}" | sort -u); do acm "$region"; done
for id in ${KEY_IDS:-}; do key "$id"; done
for name in ${SECRETS:-}; do secret "$name"; done
[[ -z $shortest ]] || metric CertificateDaysLeft "$shortest" Count
metric ExpiryProblems "${#problems[@]}" Count
((${#problems[@]} == 0)) || fail "${#problems[@]} problems: $(printf '%s; ' "${problems[@]}")"
say "certificates, keys and secrets are fine; the first certificate ends in ${shortest:-no} days"
