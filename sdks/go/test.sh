#!/bin/sh
# Formats nothing, but says what is not formatted; then vet and the unit tests.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
. "$here/environment.sh"
cd "$here"
unformatted=$(gofmt -l examples internal skein)
[ -z "$unformatted" ] || { echo "not formatted: $unformatted"; exit 1; }
go vet ./examples/... ./internal/... ./skein/...
go test ./skein/...
