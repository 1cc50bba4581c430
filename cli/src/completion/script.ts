/** What may follow one command on the command line. */
export interface CompletionWords {
  /** Names from the program down, such as `runs list`; empty for the program itself. */
  readonly path: string;
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** Both shells look the words up by the commands written so far; files complete where there is nothing to offer. */
function lookup(all: readonly CompletionWords[]): string {
  const cases = all.map(
    ({ path, words, options }) => `    '${path}') offers='${words.join(' ')}'; flags='${options.join(' ')}' ;;`,
  );
  const paths = all.map(({ path }) => `'${path}'`).join('|');
  return `_skein_words() {
  case "$1" in
${cases.join('\n')}
  esac
}
_skein_is_command() {
  case "$1" in ${paths}) return 0 ;; esac
  return 1
}
_skein_path() {
  local found='' word
  for word in "$@"; do
    case "$word" in -*) continue ;; esac
    if _skein_is_command "\${found:+$found }$word"; then found="\${found:+$found }$word"; fi
  done
  printf '%s' "$found"
}
`;
}

/** A script for `eval "$(skein completion bash)"`. */
export function bashScript(all: readonly CompletionWords[]): string {
  return `# Completion of skein for bash.
${lookup(all)}_skein() {
  local current="\${COMP_WORDS[COMP_CWORD]}" offers flags
  _skein_words "$(_skein_path "\${COMP_WORDS[@]:1:COMP_CWORD-1}")"
  case "$current" in -*) offers="$flags" ;; esac
  COMPREPLY=($(compgen -W "$offers" -- "$current"))
}
complete -o default -F _skein skein ./bin/skein
`;
}

/** A script for `eval "$(skein completion zsh)"`. */
export function zshScript(all: readonly CompletionWords[]): string {
  return `# Completion of skein for zsh.
${lookup(all)}_skein() {
  local before=("\${(@)words[2,CURRENT-1]}") current="\${words[CURRENT]}" offers flags
  _skein_words "$(_skein_path "\${before[@]}")"
  case "$current" in -*) offers="$flags" ;; esac
  if [ -n "$offers" ]; then compadd -- \${=offers}; else _files; fi
}
compdef _skein skein
`;
}
