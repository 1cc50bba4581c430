#!/bin/sh
# Generates the agent contract for Go and builds the agent into .toolchain/go.
# Quiet, and done at once where nothing changed. Exit code 77: there is no toolchain, and why, on one line.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../../.." && pwd)
out=$root/.toolchain/go
log=$out/build.log

absent() {
  echo "$1"
  exit 77
}

command -v go >/dev/null 2>&1 || absent 'go not found'
command -v node >/dev/null 2>&1 || absent 'node not found'
buf=$root/node_modules/@bufbuild/buf/bin/buf
[ -f "$buf" ] || absent 'buf not found: run npm install first'

# Nothing is fetched but the modules of go.mod, and nothing is kept outside of .toolchain.
export GOTOOLCHAIN=local GOMODCACHE="$out/mod" GOCACHE="$out/cache" GOFLAGS='-modcacherw -buildvcs=false'
export GOBIN="$out/bin" BUF_CACHE_DIR="$out/buf"
version=$(go env GOVERSION)
minor=$(echo "$version" | sed -n 's/.*go1\.\([0-9]*\).*/\1/p')
[ "${minor:-0}" -ge 25 ] || absent "go is $version, 1.25 or newer is needed"

cd "$here"
stamp=$(echo "$version" | cat - ./*.go go.mod go.sum buf.gen.yaml build.sh "$root"/proto/skein/agent/v1/*.proto | cksum)
if [ -x "$GOBIN/classifier-agent" ] && [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

mkdir -p "$GOBIN"
go mod download >"$log" 2>&1 || absent "go cannot fetch the modules: $(tail -n 1 "$log")"
go install google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
(cd "$root" && PATH="$GOBIN:$PATH" node "$buf" generate --template "$here/buf.gen.yaml" --path proto/skein/agent)
go build -o "$GOBIN/classifier-agent" .
echo "$stamp" >"$out/stamp"
