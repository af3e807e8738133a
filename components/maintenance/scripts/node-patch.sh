#!/usr/bin/env bash
# Patch window: every managed node group is moved to the newest image of its release, one group after the other.
# The update is not forced: pods that a disruption budget protects are waited for, and a group that can not be
# drained is reported, not broken.
#
# Environment beside that of lib.sh
#   CLUSTER NODE_GROUPS   cluster and its groups, separated by spaces
#   POLL_SECONDS TRIES    waiting for one update (default 30 and 240)
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need CLUSTER NODE_GROUPS AWS_REGION
job_start
patched=0

newest() {
  local arch=x86_64
  [[ $2 != *ARM* ]] || arch=arm64
  api ssm get-parameter --name "/aws/service/eks/optimized-ami/$1/amazon-linux-2023/$arch/standard/recommended/release_version" --query Parameter.Value --output text ||
    fail "the newest image of Kubernetes $1 can not be looked up"
}

patch() {
  local group=$1 facts version release type wanted update status try
  facts=$(api eks describe-nodegroup --cluster-name "$CLUSTER" --nodegroup-name "$group" --output json) || fail "node group $group of $CLUSTER can not be described"
  version=$(jq -r .nodegroup.version <<<"$facts") release=$(jq -r .nodegroup.releaseVersion <<<"$facts") type=$(jq -r .nodegroup.amiType <<<"$facts")
  status=$(jq -r .nodegroup.status <<<"$facts")
  [[ $status == ACTIVE ]] || fail "node group $group is $status; it is patched when it is ACTIVE"
  wanted=$(newest "$version" "$type")
  if [[ $release == "$wanted" ]]; then
    say "$group runs the newest image, $release"
    return 0
  fi
  say "$group: $release → $wanted"
  update=$(api eks update-nodegroup-version --cluster-name "$CLUSTER" --nodegroup-name "$group" --release-version "$wanted" --query update.id --output text) || fail "EKS refuses to update $group"
  for ((try = 1; try <= ${TRIES:-240}; try++)); do
    facts=$(api eks describe-update --name "$CLUSTER" --nodegroup-name "$group" --update-id "$update" --output json) || fail "update $update can not be described"
    case $(jq -r .update.status <<<"$facts") in
      Successful) patched=$((patched + 1)) && return 0 ;;
      Failed | Cancelled) fail "update of $group: $(jq -r '[.update.status, (.update.errors[]? | .errorCode + " " + .errorMessage)] | join("; ")' <<<"$facts")" ;;
    esac
    sleep "${POLL_SECONDS:-30}"
  done
  fail "update of $group has not ended after ${TRIES:-240} looks; it goes on in EKS"
}

for group in $NODE_GROUPS; do patch "$group"; done
metric NodeGroupsPatched "$patched" Count
say "$patched node groups patched"
