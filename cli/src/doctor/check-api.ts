import { InstanceHealth, type Agent } from '@skein/contracts/registry';
import { RunState, type Run } from '@skein/contracts/scheduler';
import { apiAddress } from '../api/address.ts';
import { createApi, type Api } from '../api/api.ts';
import { pagesOf } from '../api/pages.ts';
import type { Session } from '../session.ts';
import { troubleOf } from '../trouble.ts';
import { runStateWord } from '../watch/run-view.ts';
import { runSpanText } from '../watch/show-run.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

const MAX_AGENTS = 1000;
const MAX_RUNS = 1000;
const SHOWN_RUNS = 10;
const OPEN_STATES = [RunState.CREATED, RunState.RUNNING, RunState.WAITING, RunState.PAUSED];

/** What the platform says over its API: whether it answers, how its agents are, what its open runs wait for. */
export async function checkApi({ settings, host }: Session): Promise<Finding[]> {
  try {
    const api = createApi(await apiAddress(settings), settings.namespace, host.interrupted);
    await api.workflows.listWorkflows({ namespace: api.namespace, pageSize: 1 }, { timeoutMs: 5_000 });
    const [agents, runs] = await Promise.all([checkAgents(api), checkRuns(api)]);
    return [ok('api', `${api.address} answers`), ...agents, ...runs];
  } catch (error) {
    const { message, remedy } = troubleOf(error);
    return [problem('api', message, remedy.replace('; see `skein doctor`', ''))];
  }
}

async function checkAgents({ agents, namespace }: Api): Promise<Finding[]> {
  const all = await pagesOf(MAX_AGENTS, async (page) => {
    const answer = await agents.listAgents({ namespace, ...page });
    return { items: answer.agents, nextPageToken: answer.nextPageToken };
  });
  if (all.length === 0) return [ok('agents', `none is registered in namespace ${namespace}`)];
  return all.map(checkAgent);
}

function checkAgent({ agentId, instances }: Agent): Finding {
  const check = `agent ${agentId}`;
  const sick = instances.filter(({ health }) => health === InstanceHealth.UNHEALTHY);
  if (sick.length === 0) return ok(check, `${instances.length} instance(s)`);
  const detail = sick.map(({ endpoint, healthDetail }) => `${endpoint}: ${healthDetail}`).join('; ');
  const remedy = `start it again, correct its address with \`skein agents register ${agentId} --endpoint ADDRESS\`, or remove it with \`skein agents remove ${agentId}\``;
  // As long as one instance answers, runs go on.
  return sick.length < instances.length ? warning(check, detail, remedy) : problem(check, detail, remedy);
}

async function checkRuns({ runs, namespace }: Api): Promise<Finding[]> {
  const open = await pagesOf(MAX_RUNS, async (page) => {
    const answer = await runs.listRuns({ namespace, states: OPEN_STATES, ...page });
    return { items: answer.runs, nextPageToken: answer.nextPageToken };
  });
  const waiting = open.filter(({ waitingFor }) => waitingFor !== '');
  const count = `${open.length}${open.length === MAX_RUNS ? ' or more' : ''} open, ${waiting.length} of them waiting`;
  return [ok('runs', count), ...waiting.slice(0, SHOWN_RUNS).map(waitingRun)];
}

function waitingRun(run: Run): Finding {
  const remedy = `\`skein runs get ${run.runId}\` shows it, \`skein runs cancel ${run.runId}\` ends it`;
  return warning(
    `run ${run.runId}`,
    `${runStateWord(run.state)} for ${runSpanText(run, Date.now())}: ${run.waitingFor}`,
    remedy,
  );
}
