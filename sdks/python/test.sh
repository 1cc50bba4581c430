#!/bin/sh
# Runs the unit tests with what build.sh installed; `sh test.sh -X dev` with the checks of asyncio.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
export PYTHONPATH="$here/src" PYTHONDONTWRITEBYTECODE=1
exec "$here/../../.toolchain/python/sdk/bin/python" "$@" "$here/tests"
