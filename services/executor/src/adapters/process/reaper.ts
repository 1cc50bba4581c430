/**
 * Ends the process groups of this executor when it dies, however it dies: a small shell in a session of its own that reads
 * from a pipe, and learns of the executor's death by the pipe's end.
 *
 * R1. A process names itself to the reaper before it becomes the program that was asked for (`GUARDED`): there is no moment in
 *     which it runs and is not known.
 * R2. A reaper that dies is replaced, and told of the groups that live.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/** Reads `+ GROUP` and `- GROUP`; at the end SIGTERM to every group that is left, SIGKILL two seconds later. */
const REAPER = `
trap '' HUP INT TERM
groups=
while read -r sign group; do
  case $sign in
    +) groups="$groups $group" ;;
    -) rest=
       for each in $groups; do [ "$each" = "$group" ] || rest="$rest $each"; done
       groups=$rest ;;
  esac
done
for each in $groups; do kill -s TERM -- "-$each" 2>/dev/null; done
tries=0
while [ "$tries" -lt 20 ]; do
  left=
  for each in $groups; do kill -s 0 -- "-$each" 2>/dev/null && left=1; done
  [ -n "$left" ] || exit 0
  tries=$((tries + 1))
  sleep 0.1
done
for each in $groups; do kill -s KILL -- "-$each" 2>/dev/null; done
`;

/**
 * Script of a process that names itself (its descriptor 3 is the reaper's), joins the group of cgroup v2 that its first argument
 * names, unless that is empty, and becomes the rest of its arguments.
 */
export const GUARDED = `printf '+ %s\\n' "$$" >&3 || { echo 'the reaper of the executor is gone' >&2; exit 125; }
exec 3>&-
if [ -n "$1" ]; then
  echo "$$" >"$1/cgroup.procs" || { echo 'the group of its limits is gone' >&2; exit 125; }
fi
shift
exec "$@"`;

export class Reaper implements AsyncDisposable {
  readonly #groups = new Set<number>();
  #shell: ChildProcess | undefined;
  #isClosed = false;

  /** What a guarded process gets as its descriptor 3. */
  get pipe(): Socket {
    this.#shell ??= this.#open();
    // The pipe of a child process is a socket pair.
    return this.#shell.stdin as Socket;
  }

  /** The group lives; it has named itself, or will. */
  add(group: number): void {
    this.#groups.add(group);
  }

  /** Nothing of the group is left. */
  remove(group: number): void {
    if (this.#groups.delete(group)) this.#shell?.stdin?.write(`- ${group}\n`);
  }

  /** Ends what is left, and the reaper. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const shell = this.#shell;
    if (shell === undefined || shell.exitCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    shell.once('exit', () => resolve());
    shell.stdin?.end();
    await promise;
  }

  #open(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', REAPER], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
    const onGone = () => {
      if (this.#shell === shell) this.#shell = undefined;
      // R2.
      if (!this.#isClosed && this.#groups.size > 0) {
        const { pipe } = this;
        for (const group of this.#groups) pipe.write(`+ ${group}\n`);
      }
    };
    shell.once('exit', onGone);
    shell.once('error', onGone);
    shell.stdin.on('error', () => {});
    shell.unref();
    return shell;
  }
}
