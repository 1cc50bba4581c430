#!/bin/sh
# Starts the agent that build.sh prepared. PORT (default 0: a free one), HOST, CLASSIFIER_MODEL.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=$here/../../../.toolchain/python/classifier
export CLASSIFIER_MODEL="${CLASSIFIER_MODEL:-$here/../classifier-model/model.json}"
export PYTHONPATH="$out/gen" PYTHONDONTWRITEBYTECODE=1
exec "$out/venv/bin/python" "$here/agent.py"
