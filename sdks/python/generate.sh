#!/bin/sh
# Generates skein.contracts from proto/ with the stock plugins of grpcio-tools, into the folder given (default: src).
# PYTHON names an interpreter that has requirements.txt; default: the one that build.sh made.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
python=${PYTHON:-$root/.toolchain/python/sdk/bin/python}
mkdir -p "${1:-$here/src}"
out=$(CDPATH='' cd -- "${1:-$here/src}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root/proto"
"$python" -m grpc_tools.protoc -I . --python_out="$work" --pyi_out="$work" --grpc_python_out="$work" \
  skein/agent/v1/*.proto skein/event/v1/*.proto skein/eventlog/v1/*.proto skein/llm/v1/*.proto \
  skein/registry/v1/*.proto skein/scheduler/v1/*.proto skein/type/v1/*.proto skein/worker/v1/*.proto \
  skein/workflow/v1/*.proto
# The plugins name packages as the .proto files do. Here they live below skein.contracts, beside what is written by hand.
find "$work" -name '*.py*' -exec sed -i.bak 's/^from skein\./from skein.contracts./' {} +
find "$work" -name '*.bak' -delete
# A file without services has no stubs.
grep -L '^class ' $(find "$work" -name '*_pb2_grpc.py') | xargs rm -f
printf '%s\n' '"""The contracts themselves, for whoever wants more than the SDK says: generated messages and stubs."""' \
  >"$work/skein/__init__.py"
rm -rf "$out/skein/contracts"
mkdir -p "$out/skein"
mv "$work/skein" "$out/skein/contracts"
