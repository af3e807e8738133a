#!/usr/bin/env bash
# Configuration backup: copies the stack's state object to the backups bucket. No Pulumi login is needed: the state is
# one JSON object whose secrets are encrypted, and it is copied as it is.
#
# Environment beside that of lib.sh
#   STATE_BUCKET STATE_OBJECT   where the state is, such as .pulumi/stacks/golive/production.json
#   STACK                       name of the stack, in the key of the copy
#   BUCKET KMS_KEY_ID           where the copy goes, encrypted with that key
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need STATE_BUCKET STATE_OBJECT STACK BUCKET
job_start

state="$SCRATCH/state.json"
run api s3 cp --only-show-errors "s3://$STATE_BUCKET/$STATE_OBJECT" "$state" || fail "s3://$STATE_BUCKET/$STATE_OBJECT can not be read; is that the stack's state, and may the job's role read it?"
# A state that is half written or empty must not pass for a backup.
resources=$(jq -e '.checkpoint.latest.resources | length' "$state") || fail "s3://$STATE_BUCKET/$STATE_OBJECT is no complete state of a stack: checkpoint.latest.resources is missing"
((resources > 0)) || fail "s3://$STATE_BUCKET/$STATE_OBJECT lists no resource; nothing worth keeping was copied"
pending=$(jq '.checkpoint.latest.pending_operations // [] | length' "$state")
((pending == 0)) || say "warning: the state has $pending pending operations; an update runs or was cut off"
key="state/$STACK/$(date -u +%Y/%m/%d)/$STACK-$(date -u +%Y%m%dT%H%M%SZ).json"
put "$state" "$key"
metric StateResources "$resources" Count
metric StateBytes "$(wc -c <"$state")" Bytes
say "copied $resources resources to s3://$BUCKET/$key"
