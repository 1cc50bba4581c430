/** What the conformance kit looks at: an agent that is called, or a worker that dials in. */
import { spawn } from 'node:child_process';
import type { JsonValue } from '@bufbuild/protobuf';
import {
  checkRules,
  FakeExecutor,
  GRPC_RULES,
  GrpcSubject,
  PROCESS_RULES,
  ProcessSubject,
  WORKER_RULES,
  WorkerSubject,
  type GrpcSubjectOptions,
  type ProcessSubjectOptions,
  type RuleReport,
} from '@skein/conformance';
import type { Host } from '../host.ts';

type Reports = AsyncGenerator<RuleReport, void, undefined>;

/** Calls an agent. */
export async function* checkAgent(options: GrpcSubjectOptions): Reports {
  using subject = new GrpcSubject(options);
  yield* checkRules(GRPC_RULES, subject);
}

/** Calls an agent over `POST /process`. */
export function checkProcess(options: ProcessSubjectOptions): Reports {
  return checkRules(PROCESS_RULES, new ProcessSubject(options));
}

/** How a worker is looked at. */
export interface WorkerCheck {
  readonly port: number;
  /** Starts it, by a shell. Undefined: somebody else does. */
  readonly command: string | undefined;
  readonly input?: JsonValue;
  readonly host: Host;
  /** Told what a person should know. */
  readonly note: (line: string) => void;
}

/** Waits for a worker to dial in, starting it where a command is given. */
export async function* checkWorker({ port, command, input, host, note }: WorkerCheck): Reports {
  await using executor = new FakeExecutor();
  const api = `http://${await executor.listen('127.0.0.1', port)}`;
  note(`waiting for a worker at ${api}`);
  const started = command === undefined ? undefined : startWorker(command, api, host);
  try {
    const stop = started === undefined ? {} : { stop: () => started.end('SIGTERM') };
    const subject = new WorkerSubject(executor, { ...stop, ...(input === undefined ? {} : { input }) });
    yield* checkRules(WORKER_RULES, subject);
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
