import type { Graph } from '../graph.ts';
import { asking } from './asking.ts';
import { bulky } from './bulky.ts';
import { calling, callingEndless } from './calling.ts';
import { careful } from './careful.ts';
import { crowded } from './crowded.ts';
import { decision } from './decision.ts';
import { endless } from './endless.ts';
import { crowd, each, eachCollected } from './each.ts';
import { direct, failing, recovering } from './failing.ts';
import { fanOut } from './fan-out.ts';
import { gated } from './gated.ts';
import { longWork } from './long-work.ts';
import { model } from './model.ts';
import { nested } from './nested.ts';
import { outside } from './outside.ts';
import { patient } from './patient.ts';
import { queued } from './queued.ts';
import { race } from './race.ts';
import { refine } from './refine.ts';
import { retrying } from './retrying.ts';
import { saga, sagaCancelled } from './saga.ts';
import { sequence } from './sequence.ts';
import { slow } from './slow.ts';
import { streaming } from './streaming.ts';
import { trip } from './trip.ts';

/** Every kind of run there is. */
export const GRAPHS: readonly Graph[] = [
  sequence,
  fanOut,
  decision,
  retrying,
  slow,
  streaming,
  endless,
  careful,
  bulky,
  failing,
  recovering,
  direct,
  model,
  each,
  eachCollected,
  crowd,
  refine,
  nested,
  saga,
  sagaCancelled,
  race,
  patient,
  gated,
  outside,
  longWork,
  queued,
  trip,
  asking,
  crowded,
  calling,
  callingEndless,
];

/** The kind with a workflow's id. */
export function graphOf(id: string): Graph {
  const graph = GRAPHS.find((candidate) => candidate.id === id);
  if (graph === undefined) throw new Error(`there is no graph ${id}`);
  return graph;
}
