#!/usr/bin/env bash
# Repeats cluster tests on kind, with the official Kubernetes provider:
#   .ci/kind.sh test/cluster/release/release.test.ts …
# Needs root (to enter the node's network), Docker and kind; the provider comes from Pulumi's own server. The cluster is
# new for each file, and gone at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { echo "usage: .ci/kind.sh TEST-FILE…" >&2; exit 2; }
for program in docker kind; do
  command -v "$program" >/dev/null 2>&1 || { echo "kind.sh: $program is not on PATH" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "kind.sh: run it as root: the load is sent from the node's network" >&2; exit 1; }

name=golive-$$
folder=$(mktemp -d)
# Called by the trap.
# shellcheck disable=SC2317
clean() {
  kind delete cluster --name "$name" >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

./golive setup
export GOLIVE_CLUSTER=$folder/cluster.yaml GOLIVE_KUBERNETES_PROVIDER="${GOLIVE_KUBERNETES_PROVIDER:-official}" CI=true NO_COLOR=1
status=0
for file in "$@"; do
  kind create cluster --name "$name" --kubeconfig "$folder/kubeconfig.yaml" --wait 120s
  node=$name-control-plane
  cat >"$GOLIVE_CLUSTER" <<EOF
kubeconfig: kubeconfig.yaml
nodes: [[docker, exec, -i, $node]]
inside: [nsenter, --net=/proc/$(docker inspect --format '{{.State.Pid}}' "$node")/ns/net]
killApiServer: [docker, exec, $node, pkill, -KILL, kube-apiserver]
EOF
  node_modules/.bin/node node_modules/vitest/vitest.mjs run "$file" || status=1
  kind delete cluster --name "$name"
done
exit "$status"
