#!/bin/sh
# The Debian packages that tests and linter use (packages.txt): as root, installs those that are missing; otherwise names
# them and the command that installs them. Goes on in any case: a test that needs a program says so itself, and a mirror
# that is down must not hide the results of the others.
set -eu
list=$(dirname "$0")/packages.txt

say() { printf 'packages: %s\n' "$*" >&2; }

# elsewhere PACKAGE: what the tests want of it is there without it. Ubuntu 24.04 has no awscli; the server of any major
# version does; Chrome is a Chromium, of which Ubuntu has no package; a machine with Docker has a containerd of its own,
# which Debian's would replace.
elsewhere() {
  case $1 in
    chromium) command -v google-chrome >/dev/null 2>&1 ;;
    awscli) aws --version 2>/dev/null </dev/null | grep -q '^aws-cli/2' ;;
    containerd | runc) command -v "$1" >/dev/null 2>&1 ;;
    postgresql) set -- /usr/lib/postgresql/*/bin/postgres && [ -x "$1" ] ;;
    *) return 1 ;;
  esac
}

# missing prints what of the list is not installed. One call for all of them: this runs before every test run.
missing() {
  # The fields are dpkg's.
  # shellcheck disable=SC2016
  installed=$(sed '/^#/d' "$list" | xargs dpkg-query -W -f '${Package} ${Status}\n' 2>/dev/null | sed -n 's/ .* ok installed$//p') || true
  sed '/^#/d; /^$/d' "$list" | while read -r package; do
    printf '%s\n' "$installed" | grep -qx "$package" || elsewhere "$package" || printf '%s\n' "$package"
  done
}

command -v go >/dev/null 2>&1 ||
  say "Go 1.25 or newer is not on PATH (https://go.dev/doc/install): the tests build their API server, etcd and S3 server with it"

if ! command -v dpkg-query >/dev/null 2>&1; then
  say "this is neither Debian nor Ubuntu: of the tests, those of the job scripts and of the ingress fail without the programs of $(sed '/^#/d' "$list" | xargs)"
  exit 0
fi

lacking=$(missing | xargs)
[ -n "$lacking" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  say "not installed: $lacking. The tests that need them will fail. To install them:"
  say "  sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends $lacking'"
  exit 0
fi

say "installing $lacking"
export DEBIAN_FRONTEND=noninteractive
timeout 300 apt-get update -qq >/dev/null || say "the package lists could not be fetched; trying with those that are here"
install() { timeout 900 apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@" >/dev/null; }
# Together first; one by one when the distribution does not know one of them.
# The list is one of words.
# shellcheck disable=SC2086
install $lacking || for package in $lacking; do install "$package" || true; done
lacking=$(missing | xargs)
[ -z "$lacking" ] || say "could not be installed: $lacking. The tests that need them will fail."
