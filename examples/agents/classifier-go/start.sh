#!/bin/sh
# Starts the agent that build.sh prepared. PORT (default 0: a free one), HOST, CLASSIFIER_MODEL.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
export CLASSIFIER_MODEL="${CLASSIFIER_MODEL:-$here/../classifier-model/model.json}"
exec "$here/../../../.toolchain/go/bin/classifier-agent"
