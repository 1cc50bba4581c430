/** What people do who are asked by agents: each answers what he sees, and asks again until he knows whether it counts. */
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeRun } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import { reasonOf } from '@skein/rpc';
import { questionNumber } from '../agents/script.ts';
import type { Surroundings } from './client.ts';
import type { Answers } from './graph.ts';
import { persist } from './patience.ts';
import type { GivenAnswer, OrderRecord } from './record.ts';
import { patienceOf } from './steer.ts';

/** Time after which somebody looks again whether there is a question. */
const LOOK_AGAIN_MS = 500;
/** Answers that say that somebody else was first, or that nobody wants to know any more. */
const TOO_LATE: ReadonlySet<string> = new Set(['INPUT_NOT_REQUIRED', 'RUN_ENDED']);

/** Answers each question of a run, of every attempt, until it has ended. */
export async function answerQuestions(
  around: Surroundings,
  record: OrderRecord,
  runId: string,
  { values, waitsForFault }: Answers,
): Promise<void> {
  const { clients, namespace, signal } = around;
  if (waitsForFault) await around.hurt;
  const answered = new Set<bigint>();
  for (;;) {
    const { run } = await persist(
      (options) => clients.runs.getRun({ namespace, runId }, options),
      patienceOf(around, record),
    );
    if (run?.endedAt !== undefined) return;
    for (const node of run?.nodes ?? []) {
      if (node.question === undefined || answered.has(node.questionSeq)) continue;
      answered.add(node.questionSeq);
      const possible = values[questionNumber(node.question.message)] ?? [];
      await Promise.all(possible.map((value) => answer(around, record, runId, node, value)));
    }
    await delay(LOOK_AGAIN_MS, undefined, { signal });
  }
}

/** Notes what was told to be taken. */
async function answer(
  around: Surroundings,
  record: OrderRecord,
  runId: string,
  { nodeId, questionSeq }: Pick<NodeRun, 'nodeId' | 'questionSeq'>,
  value: number,
): Promise<void> {
  const { clients, namespace } = around;
  const request = { namespace, runId, nodeId, questionSeq, value: valueOfJson(value), providedBy: `says-${value}` };
  try {
    await persist((options) => clients.runs.provideInput(request, options), patienceOf(around, record));
    const given: GivenAnswer = { questionSeq: Number(questionSeq), value, atMs: Date.now() };
    record.answers.push(given);
  } catch (error) {
    if (!TOO_LATE.has(reasonOf(error))) throw error;
  }
}
