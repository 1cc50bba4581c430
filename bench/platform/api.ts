/** What the benchmark asks of the API besides what it measures. */
export interface Api {
  /** Registers an agent under its name. */
  registerAgent(agentId: string, protocol: string, endpoint: string): Promise<void>;
  /** Stores a workflow. */
  applyWorkflow(definition: { readonly id: string }): Promise<void>;
  /** Starts a run; it need not have ended. */
  startRun(workflowId: string, input: unknown): Promise<RunView>;
  /** A run once it has ended, or after so long. */
  awaitRun(runId: string, wait: string): Promise<RunView>;
  /** The run's events of one type. */
  eventsOf(runId: string, type: string): Promise<readonly EventView[]>;
  /** A page of the run's events after a seq; answers how many there are in it. */
  eventPage(runId: string, afterSeq: number, size: number): Promise<number>;
  /** The run, known up to a seq. */
  runKnown(runId: string, seq: number): Promise<{ readonly last_seq: number }>;
  /** The last seq of the run's events, known up to a seq. */
  eventsKnown(runId: string, seq: number): Promise<number>;
  /** Ids of the newest runs, where one is known up to a seq. */
  listKnown(runId: string, seq: number): Promise<readonly string[]>;
  /** All of the run's events as they are streamed. */
  replay(runId: string): Promise<Replay>;
  /** Makes a schedule. */
  createSchedule(scheduleId: string, spec: object): Promise<void>;
  /** Forgets a schedule. */
  deleteSchedule(scheduleId: string): Promise<void>;
  /** Every run of a workflow, as lists show it. */
  runsOf(workflowId: string): Promise<readonly ListedRun[]>;
  /** Runs of a workflow that are in a state. */
  countRuns(workflowId: string, state: string): Promise<number>;
}

/** What is read of a run. */
export interface RunView {
  readonly run_id: string;
  readonly state: string;
  readonly output?: unknown;
  /** Left out of lists. */
  readonly last_seq?: number;
}

/** How a stream of events came. */
export interface Replay {
  readonly events: number;
  readonly firstEventMs: number;
  readonly totalMs: number;
}

/** What is read of a run in a list. */
export interface ListedRun {
  readonly state: string;
  /** RFC 3339. */
  readonly created_at: string;
  readonly ended_at?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is read of an event. */
export interface EventView {
  readonly seq?: number;
  /** RFC 3339. */
  readonly occurred_at: string;
  readonly payload: { readonly node_id?: string };
}

const PAGE = 1000;

/** A client for the API at a URL. Whatever is refused is an error here. */
export function createApi(apiUrl: string): Api {
  const call = async <Answer>(path: string, body?: object): Promise<Answer> => {
    const sent = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    return answer(path, sent);
  };
  const answer = async <Answer>(path: string, sent?: RequestInit): Promise<Answer> => {
    const response = await fetch(`${apiUrl}${path}`, sent);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
  /** Pages of a list of runs, one after the other. */
  async function* pagesOf(filter: string): AsyncGenerator<readonly ListedRun[], void> {
    let token = '';
    do {
      const path = `/api/v1/runs?${filter}&page_size=${PAGE}&page_token=${token}`;
      const page = await call<{ runs: ListedRun[]; next_page_token?: string }>(path);
      yield page.runs;
      token = encodeURIComponent(page.next_page_token ?? '');
    } while (token !== '');
  }
  return {
    async registerAgent(agentId, protocol, endpoint) {
      await call('/api/v1/agents', { agent_id: agentId, protocol, endpoints: [endpoint] });
    },
    async applyWorkflow(definition) {
      await call('/api/v1/workflows', definition);
    },
    startRun: (workflowId, input) => call(`/api/v1/workflows/${workflowId}/run`, { input }),
    async eventPage(runId, afterSeq, size) {
      const query = `after_seq=${afterSeq}&include_task_events=false&page_size=${size}`;
      return (await call<{ events: EventView[] }>(`/api/v1/runs/${runId}/events?${query}`)).events.length;
    },
    runKnown: (runId, seq) => call(`/api/v1/runs/${runId}?min_seq=${seq}`),
    async eventsKnown(runId, seq) {
      const query = `min_seq=${seq}&include_task_events=false`;
      const { events } = await call<{ events: EventView[] }>(`/api/v1/runs/${runId}/events?${query}`);
      return events.at(-1)?.seq ?? 0;
    },
    async listKnown(runId, seq) {
      const { runs } = await call<{ runs: RunView[] }>(`/api/v1/runs?known=${runId}:${seq}&page_size=20`);
      return runs.map(({ run_id: id }) => id);
    },
    replay: (runId) => replayOf(`${apiUrl}/api/v1/runs/${runId}/events?include_task_events=false`),
    awaitRun: (runId, wait) => call(`/api/v1/runs/${runId}?wait=${wait}`),
    async eventsOf(runId, type) {
      const query = `type=${type}&include_task_events=false&page_size=${PAGE}`;
      return (await call<{ events: EventView[] }>(`/api/v1/runs/${runId}/events?${query}`)).events;
    },
    async createSchedule(scheduleId, spec) {
      await call('/api/v1/schedules', { schedule_id: scheduleId, spec });
    },
    deleteSchedule: (scheduleId) => answer(`/api/v1/schedules/${scheduleId}`, { method: 'DELETE' }),
    async runsOf(workflowId) {
      return (await Array.fromAsync(pagesOf(`workflow_id=${workflowId}`))).flat();
    },
    async countRuns(workflowId, state) {
      let count = 0;
      for await (const runs of pagesOf(`workflow_id=${workflowId}&state=${state}`)) count += runs.length;
      return count;
    },
  };
}

async function replayOf(url: string): Promise<Replay> {
  const startedMs = performance.now();
  const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  let events = 0;
  let firstEventMs = 0;
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data:')) events += 1;
    if (firstEventMs === 0 && events > 0) firstEventMs = performance.now() - startedMs;
  }
  return { events, firstEventMs, totalMs: performance.now() - startedMs };
}
