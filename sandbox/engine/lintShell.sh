#!/bin/sh
# Checks every shell script of the repository with shellcheck; without shellcheck, at least their syntax.
set -eu
cd "$(dirname "$0")/../.."

scripts=$(mktemp)
trap 'rm -f "$scripts"' EXIT
{
  printf '%s\n' ./golive ./.ci/run
  find . \( -path ./node_modules -o -path ./.golive -o -path ./.git \) -prune -o -type f \( -name '*.sh' -o -name '*.bash' \) -print
} >"$scripts"

if command -v shellcheck >/dev/null 2>&1; then
  xargs shellcheck --severity=style <"$scripts"
else
  echo "lint: shellcheck is not installed (Debian: apt-get install shellcheck), only syntax is checked" >&2
  while read -r script; do
    case $(head -n 1 "$script") in *bash*) bash -n "$script" ;; *) sh -n "$script" ;; esac
  done <"$scripts"
fi
