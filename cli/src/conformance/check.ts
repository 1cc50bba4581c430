/** What the conformance kit looks at: an agent that is called, or a worker that dials in. */
import { spawn } from 'node:child_process';
import type { JsonValue } from '@bufbuild/protobuf';
import {
  A2A_RULES,
  A2aSubject,
  checkRules,
  EXECUTE_RULES,
  ExecuteSubject,
  FakeExecutor,
  GRPC_RULES,
  GrpcSubject,
  INVOKE_RULES,
  InvokeSubject,
  POLLER_RULES,
  PollerSubject,
  PollingExecutor,
  PROCESS_RULES,
  ProcessSubject,
  WORKER_RULES,
  WorkerSubject,
  type ExecuteSubjectOptions,
  type GrpcSubjectOptions,
  type RuleReport,
} from '@skein/conformance';
import type { Host } from '../host.ts';

type Reports = AsyncGenerator<RuleReport, void, undefined>;

/** Calls an agent. */
export async function* checkAgent(options: GrpcSubjectOptions): Reports {
  using subject = new GrpcSubject(options);
  yield* checkRules(GRPC_RULES, subject);
}

/** Calls an agent over HTTP, by one of its protocols. */
export const HTTP_CHECKS = {
  'http-process': (options) => checkRules(PROCESS_RULES, new ProcessSubject(options)),
  'http-invoke-sse': (options) => checkRules(INVOKE_RULES, new InvokeSubject(options)),
  'http-execute': (options) => checkRules(EXECUTE_RULES, new ExecuteSubject(options)),
  a2a: (options) => checkRules(A2A_RULES, new A2aSubject(options)),
} satisfies Readonly<Record<string, (options: ExecuteSubjectOptions) => Reports>>;

/** How a worker is looked at. */
export interface WorkerCheck {
  readonly port: number;
  /** Starts it, by a shell. Undefined: somebody else does. */
  readonly command: string | undefined;
  readonly input?: JsonValue;
  readonly slowInput?: JsonValue;
  /** Whether it polls, instead of holding a stream. */
  readonly polls: boolean;
  readonly host: Host;
  /** Told what a person should know. */
  readonly note: (line: string) => void;
}

/** Waits for a worker to dial in, starting it where a command is given. */
export async function* checkWorker({ port, command, input, slowInput, polls, host, note }: WorkerCheck): Reports {
  await using executor = polls ? new PollingExecutor() : new FakeExecutor();
  const api = `http://${await executor.listen('127.0.0.1', port)}`;
  note(`waiting for a worker at ${api}`);
  const started = command === undefined ? undefined : startWorker(command, api, host);
  const options = { ...(input === undefined ? {} : { input }), ...(slowInput === undefined ? {} : { slowInput }) };
  try {
    if (executor instanceof PollingExecutor)
      return yield* checkRules(POLLER_RULES, new PollerSubject(executor, options));
    const stop = started === undefined ? {} : { stop: () => started.end('SIGTERM') };
    yield* checkRules(WORKER_RULES, new WorkerSubject(executor, { ...stop, ...options }));
  } finally {
    started?.end('SIGKILL');
  }
}

/** A group of its own, so that the shell's children end with it. */
function startWorker(command: string, api: string, host: Host) {
  const env = { ...host.env, SKEIN_API_URL: api };
  const child = spawn('/bin/sh', ['-c', command], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => host.stderr.write(chunk.toString()));
  return {
    end(signal: NodeJS.Signals): void {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It has ended by itself.
      }
    },
  };
}
