#!/bin/sh
# Installs gRPC for Python and generates the agent contract, into .toolchain/python.
# Quiet, and done at once where nothing changed. Exit code 77: there is no toolchain, and why, on one line.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../../.." && pwd)
out=$root/.toolchain/python/classifier
work=$out.$$

absent() {
  echo "$1"
  exit 77
}

command -v python3 >/dev/null 2>&1 || absent 'python3 not found'
version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2], sys.version_info >= (3, 10))') ||
  absent 'python3 does not run'
case $version in *False) absent "python3 is ${version%% *}, 3.10 or newer is needed" ;; esac

stamp=$(echo "$version" | cat - "$here/requirements.txt" "$here/build.sh" "$root"/proto/skein/agent/v1/*.proto | cksum)
if [ -f "$out/stamp" ] && [ "$(cat "$out/stamp")" = "$stamp" ]; then exit 0; fi

trap 'rm -rf "$work"' EXIT
mkdir -p "$work/gen"
python3 -m venv "$work/venv" >"$work/log" 2>&1 || absent 'python3 cannot make virtual environments'
python=$work/venv/bin/python
"$python" -m pip install --quiet --no-input --disable-pip-version-check --only-binary=:all: \
  -r "$here/requirements.txt" >"$work/log" 2>&1 ||
  absent "pip cannot install gRPC for Python: $(tail -n 1 "$work/log")"
cd "$root/proto"
"$python" -m grpc_tools.protoc -I . --python_out="$work/gen" --grpc_python_out="$work/gen" skein/agent/v1/*.proto
echo "$stamp" >"$work/stamp"
rm -rf "$out"
mv "$work" "$out"
