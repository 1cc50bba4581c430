# Sourced by the scripts beside it: where Go keeps what it fetches and builds. Nothing is kept outside of .toolchain.
out=$root/.toolchain/go
export GOTOOLCHAIN=local GOMODCACHE="$out/mod" GOCACHE="$out/cache" GOFLAGS='-modcacherw -buildvcs=false'
export GOBIN="$out/sdk" BUF_CACHE_DIR="$out/buf"
