#!/bin/sh
# Says what is not formatted, vets, and runs the unit tests; `sh test.sh -race` with the race detector.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
. "$here/environment.sh"
cd "$here"
unformatted=$(gofmt -l examples internal skein)
[ -z "$unformatted" ] || { echo "not formatted: $unformatted"; exit 1; }
go vet ./examples/... ./internal/... ./skein/...
exec go test "$@" ./skein/...
