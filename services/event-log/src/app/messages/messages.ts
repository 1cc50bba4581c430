/**
 * Sending messages and receiving them.
 *
 * Owns: what it takes to send one. Does not own: rows and their order (MessageStore), waiting (mailbox-watch).
 *
 * M1. A message is stored before anybody is told that it was sent; the notice on the bus follows and may be lost.
 * M2. The same id with the same content is one message; with other content an error that changes nothing.
 * M3. A message of a run is stored only while the run is known and not deleted.
 */
import { randomUUID } from 'node:crypto';
import { copyIdOf, mailboxOf, type MailboxKey, type NewMessage } from '../../domain/message.ts';
import type { StoredMessage } from '../../domain/message.ts';
import type { RunKey } from '../../domain/run-key.ts';
import { eventsOf } from '../../domain/transition-events.ts';
import { lastSeqOf } from '../../domain/transition-record.ts';
import { HistoryUnavailableError, RunNotFoundError } from '../event-log-errors.ts';
import type { RunHistory } from '../run-history.ts';
import { lookUntil, type WatchParts } from './mailbox-watch.ts';
import { MessageIdReusedError, MessageNotFoundError } from './message-errors.ts';
import type { Delivery, MessageStore } from './message-store.ts';

/** What sending and receiving need. */
export interface MessageParts extends WatchParts {
  readonly messages: MessageStore;
  readonly history: Pick<RunHistory, 'head' | 'catchUp' | 'read'>;
}

/** A message that is stored, and whether it is new. */
export interface Sent {
  readonly message: StoredMessage;
  readonly created: boolean;
}

/** How long to wait, and until when at most. */
export interface Waiting {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Stores a message and tells whoever waits for it. @throws MessageIdReusedError @throws RunNotFoundError */
export async function sendMessage(parts: MessageParts, message: NewMessage): Promise<Sent> {
  const { namespace, runId, replyTo } = message;
  if (runId !== undefined) await knownRun(parts, { namespace, runId });
  const outcome = await parts.messages.send(message);
  if (outcome.kind === 'id_reused') throw new MessageIdReusedError(message.messageId);
  if (outcome.kind === 'run_deleted') throw new RunNotFoundError({ namespace, runId: runId ?? '' });
  // Also for one that was known: who sends again may have been cut off before the notice.
  parts.bus.publishMailboxNotice(message);
  if (replyTo !== undefined) parts.bus.publishMailboxNotice(answersTo(namespace, replyTo));
  return { message: outcome.message, created: outcome.kind === 'stored' };
}

/** The mailbox that an answer to this message goes to. @throws MessageNotFoundError where nobody can be answered. */
export async function returnMailbox(parts: MessageParts, namespace: string, replyTo: string): Promise<string> {
  const asked = await parts.messages.get(namespace, replyTo);
  if (asked === undefined || asked.fromAgent === '') throw new MessageNotFoundError(namespace, replyTo);
  return mailboxOf({ kind: 'agent', id: asked.fromAgent });
}

/** The first answer to a message, as soon as there is one. */
export function awaitAnswer(
  parts: MessageParts,
  { namespace, messageId }: StoredMessage,
  waiting: Waiting,
): Promise<StoredMessage | undefined> {
  const look = () => parts.messages.takeAnswer(namespace, messageId);
  return lookUntil(parts, answersTo(namespace, messageId), look, waiting);
}

/** Messages of a mailbox, as soon as there are some; none after the time. */
export async function receiveMessages(
  parts: MessageParts,
  asked: Omit<Delivery, 'deliveryId'>,
  waiting: Waiting,
): Promise<{ readonly deliveryId: string; readonly messages: readonly StoredMessage[] }> {
  const deliveryId = randomUUID();
  const look = async () => {
    const received = await parts.messages.receive({ ...asked, deliveryId });
    return received.length === 0 ? undefined : received;
  };
  return { deliveryId, messages: (await lookUntil(parts, asked, look, waiting)) ?? [] };
}

/** What became of one copy of a broadcast. */
export interface CopyOutcome {
  readonly toAgent: string;
  readonly messageId: string;
  /** Undefined: it is stored. */
  readonly error: unknown;
}

/** Sends a copy to every one of these agents, one after the other, so that a retry finds them in the same order. */
export async function broadcastMessage(
  parts: MessageParts,
  original: Omit<NewMessage, 'mailbox'>,
  toAgents: readonly string[],
): Promise<CopyOutcome[]> {
  const correlationId = original.correlationId === '' ? original.messageId : original.correlationId;
  const outcomes: CopyOutcome[] = [];
  for (const toAgent of [...new Set(toAgents)].toSorted()) {
    const messageId = copyIdOf(original.messageId, toAgent);
    const mailbox = mailboxOf({ kind: 'agent', id: toAgent });
    let error: unknown;
    try {
      await sendMessage(parts, { ...original, correlationId, messageId, mailbox });
    } catch (thrown) {
      error = thrown;
    }
    outcomes.push({ toAgent, messageId, error });
  }
  return outcomes;
}

/** Agents that were called in a run, or sent or were sent a message in it. @throws RunNotFoundError */
export async function participantsOf(parts: MessageParts, run: RunKey): Promise<Set<string>> {
  await knownRun(parts, run);
  const agents = new Set(await parts.messages.correspondents(run));
  for (let seq = 0; ;) {
    const records = await parts.history.read(run, seq);
    if (records.length === 0) return agents;
    for (const record of records) {
      for (const { event } of eventsOf(record)) {
        if (event.case === 'agentInvokeStarted') agents.add(event.value.agentId);
        if (event.case === 'agentInvokeDone' && event.value.target) agents.add(event.value.target.agentId);
      }
      seq = lastSeqOf(record);
    }
  }
}

/** Nobody's mailbox: its notices say that a message was answered. */
function answersTo(namespace: string, messageId: string): MailboxKey {
  return { namespace, mailbox: `answers/${messageId}` };
}

async function knownRun({ history }: MessageParts, run: RunKey): Promise<void> {
  if ((await history.head(run)) !== undefined) return;
  const outcome = await history.catchUp(run, 0);
  if (outcome === 'unknown_run') throw new RunNotFoundError(run);
  if (outcome === 'unavailable') throw new HistoryUnavailableError(`nobody says whether there is a run ${run.runId}`);
}
