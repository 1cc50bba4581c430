import type { MethodImpl } from '@connectrpc/connect';
import type { ExchangeRequest, TaskReport, TaskService } from '@skein/contracts/scheduler';
import { ExecutorStream, type Report } from '../app/executor-stream.ts';
import type { Ownership } from '../app/ownership.ts';
import { ForwardingError, ReportForwarder } from '../app/report-forwarder.ts';
import { RunElsewhereError } from '../app/run-errors.ts';
import { pause } from './pause.ts';
import { addressFromMessage, outgoingToMessages, reportFromMessage } from './task-message.ts';
import type { TaskRpcParts } from './task-service.ts';

/** TaskService.Exchange: one executor's stream, for as long as both sides last. */
export function exchangeRpc(parts: TaskRpcParts): MethodImpl<typeof TaskService.method.exchange> {
  return async function* (requests, { signal }) {
    const { dispatcher, onReportFailed, ownership, tokens } = parts;
    const home = new ReportsHome(parts);
    using stream = new ExecutorStream({ dispatcher, submit: (report) => home.submit(report), onReportFailed });
    signal.addEventListener('abort', () => stream[Symbol.dispose]());
    void receive(requests, stream, home, signal);
    const { schedulerId, members } = ownership;
    yield { message: { case: 'welcome', value: { schedulerId, members: members.map((it) => ({ ...it })) } } };
    sendChanges(ownership, stream, signal);
    for await (const outgoing of stream.outgoing()) yield* outgoingToMessages(outgoing, tokens);
  };
}

/** Longer than it takes to notice that an owner is gone. */
const OWNER_PATIENCE_MS = 8000;
const OWNER_RETRY_MS = 100;
const MAX_WAITING_CHARS = 256;

/** Where one executor's reports go: to the run they are for, here or at another scheduler. */
class ReportsHome {
  readonly #parts: TaskRpcParts;
  readonly #forwarder: ReportForwarder;
  readonly #messages = new WeakMap<Report, TaskReport>();
  executorId = '';

  constructor(parts: TaskRpcParts) {
    this.#parts = parts;
    this.#forwarder = new ReportForwarder(parts.peers);
  }

  /** Undefined: it says nothing. */
  read(message: TaskReport): Report | undefined {
    const report = reportFromMessage(message, this.executorId);
    if (report !== undefined) this.#messages.set(report, message);
    return report;
  }

  /** While runs move the owner is looked for again and again; an executor asks again only after a long while. */
  async submit(report: Report): Promise<void> {
    const deadlineMs = performance.now() + OWNER_PATIENCE_MS;
    for (;;) {
      try {
        return await this.#submitOnce(report);
      } catch (error) {
        const isPassing = error instanceof RunElsewhereError || error instanceof ForwardingError;
        if (!isPassing || performance.now() > deadlineMs) throw error;
      }
      await pause(OWNER_RETRY_MS, this.#parts.ownership.changeSignal);
    }
  }

  async #submitOnce(report: Report): Promise<void> {
    const { engine, ownership } = this.#parts;
    const owner = ownership.ownerOf(report.runId);
    const message = this.#messages.get(report);
    if (owner === undefined || owner.schedulerId === ownership.schedulerId || message === undefined) {
      return engine.submit(report.runId, report.command);
    }
    await this.#forwarder.forward(owner, this.executorId, message);
  }
}

/** Tells the executor of every change of the live schedulers. */
function sendChanges(ownership: Ownership, stream: ExecutorStream, signal: AbortSignal): void {
  const watch = () => {
    ownership.changeSignal.addEventListener(
      'abort',
      () => {
        stream.sendMembers(ownership.members);
        watch();
      },
      { signal, once: true },
    );
  };
  watch();
}

async function receive(
  requests: AsyncIterable<ExchangeRequest>,
  stream: ExecutorStream,
  home: ReportsHome,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const request of requests) {
      if (signal.aborted) return;
      take(request, stream, home);
    }
  } catch {
    // A broken stream ends like a closed one: what it held goes back.
  } finally {
    stream[Symbol.dispose]();
  }
}

function take({ message }: ExchangeRequest, stream: ExecutorStream, home: ReportsHome): void {
  switch (message.case) {
    case 'hello':
      home.executorId = message.value.executorId;
      return stream.open(home.executorId, message.value.running.map(addressFromMessage));
    case 'credits':
      return stream.grant(message.value.count);
    case 'drain':
      return stream.drain();
    case 'reports':
      for (const reported of message.value.reports) {
        if (reported.report.case === 'waiting') {
          const waitsFor = reported.report.value.waitingFor.slice(0, MAX_WAITING_CHARS);
          stream.noteWaiting(addressFromMessage(reported.ref), waitsFor);
          continue;
        }
        const report = home.read(reported);
        if (report !== undefined) stream.report(report);
      }
      return;
    case 'announcement':
      return stream.announce(message.value.inHand.map(addressFromMessage));
    case 'refusals':
      for (const ref of message.value.refs) stream.refuse(addressFromMessage(ref));
      return;
    case undefined:
  }
}
