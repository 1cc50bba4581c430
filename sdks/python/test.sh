#!/bin/sh
# Runs the unit tests with what build.sh installed.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
export PYTHONPATH="$here/src" PYTHONDONTWRITEBYTECODE=1
exec "$here/../../.toolchain/python/sdk/bin/python" -X dev -W error -m unittest discover -s "$here/tests" -t "$here/tests"
