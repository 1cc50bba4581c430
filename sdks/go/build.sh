#!/bin/sh
# Builds the examples and the agent of the tests into .toolchain/go/sdk.
# Quiet, and done at once where nothing changed. Exit code 77: there is no toolchain, and why, on one line.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)

absent() {
  echo "$1"
  exit 77
}

command -v go >/dev/null 2>&1 || absent 'go not found'
command -v node >/dev/null 2>&1 || absent 'node not found'
[ -f "$root/node_modules/@bufbuild/buf/bin/buf" ] || absent 'buf not found: run npm install first'
. "$here/environment.sh"
version=$(go env GOVERSION)
minor=$(echo "$version" | sed -n 's/.*go1\.\([0-9]*\).*/\1/p')
[ "${minor:-0}" -ge 25 ] || absent "go is $version, 1.25 or newer is needed"

cd "$here"
mkdir -p "$GOBIN"
log=$(go mod download 2>&1) || absent "go cannot fetch the modules: $(echo "$log" | tail -n 1)"
go install ./examples/... ./internal/sample
