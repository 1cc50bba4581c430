#!/bin/sh
# Generates the stubs in gen/ from proto/ with the plugins of go.mod, into the folder given (default: this one).
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
. "$here/environment.sh"
mkdir -p "${1:-$here}"
into=$(CDPATH='' cd -- "${1:-$here}" && pwd)

cd "$here"
go install google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
rm -rf "$into/gen"
cd "$root"
PATH="$GOBIN:$PATH" node node_modules/@bufbuild/buf/bin/buf generate --template "$here/buf.gen.yaml" --output "$into" \
  --path proto/skein/agent --path proto/skein/event --path proto/skein/eventlog --path proto/skein/llm \
  --path proto/skein/registry --path proto/skein/scheduler --path proto/skein/type --path proto/skein/worker --path proto/skein/workflow
