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
# The race detector needs a C compiler.
if command -v cc >/dev/null 2>&1; then race=-race; else race=; fi
CGO_ENABLED=$([ -n "$race" ] && echo 1 || echo 0) go test ${race:+"$race"} ./skein/...
