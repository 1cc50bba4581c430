#!/bin/sh
# Installs what the SDK needs for tests and generation, into .toolchain/python/sdk.
# Quiet, and done at once where nothing changed. Exit code 77: there is no toolchain, and why, on one line.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
out=$root/.toolchain/python/sdk
work=$out.$$

absent() {
  echo "$1"
  exit 77
}

command -v python3 >/dev/null 2>&1 || absent 'python3 not found'
version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2], sys.version_info >= (3, 10))') ||
  absent 'python3 does not run'
case $version in *False) absent "python3 is ${version%% *}, 3.10 or newer is needed" ;; esac

stamp=$(echo "$version" | cat - "$here/requirements.txt" "$here/build.sh" | cksum)
if [ -f "$out/stamp" ] && [ "$(cat "$out/stamp")" = "$stamp" ]; then exit 0; fi

trap 'rm -rf "$work"' EXIT
mkdir -p "$(dirname "$out")"
python3 -m venv "$work" >/dev/null 2>&1 || absent 'python3 cannot make virtual environments'
log=$("$work/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --only-binary=:all: \
  -r "$here/requirements.txt" 2>&1) || absent "pip cannot install gRPC for Python: $(echo "$log" | tail -n 1)"
echo "$stamp" >"$work/stamp"
rm -rf "$out"
mv "$work" "$out"
