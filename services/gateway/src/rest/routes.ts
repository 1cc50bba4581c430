import type { OpenStreams } from '../edge/open-streams.ts';
import type { Clients } from '../upstream/clients.ts';
import type { RestApp } from './rest-app.ts';
import { agentInstanceRoutes } from './routes/agent-instances.ts';
import { agentRoutes } from './routes/agents.ts';
import { applyWorkflowRoutes } from './routes/apply-workflow.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { controlRunRoutes } from './routes/control-run.ts';
import { forkRunRoutes } from './routes/fork-run.ts';
import { findRunRoutes } from './routes/find-runs.ts';
import { healthRoute } from './routes/health.ts';
import { invokeAgentRoute } from './routes/invoke-agent.ts';
import { deleteRunRoute } from './routes/delete-run.ts';
import { limitRoutes } from './routes/limits.ts';
import { llmStreamRoute } from './routes/llm-stream.ts';
import { llmRoutes } from './routes/llm.ts';
import { messageRoutes } from './routes/messages.ts';
import { metricRoutes } from './routes/metrics.ts';
import { namespaceRoutes } from './routes/namespaces.ts';
import { nodeInputRoute } from './routes/node-input.ts';
import { orchestratorAgentRoutes } from './routes/orchestrator-agents.ts';
import { orchestratorEventsRoute } from './routes/orchestrator-events.ts';
import { registerAgentRoute } from './routes/register-agent.ts';
import { runHistoryRoutes } from './routes/run-history.ts';
import { runEventRoutes } from './routes/run-events.ts';
import { runWorkflowRoutes } from './routes/run-workflow.ts';
import { runRoutes } from './routes/runs.ts';
import { serviceRoutes } from './routes/services.ts';
import { deploymentLogRoutes } from './routes/deployment-logs.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { packageRoutes } from './routes/packages.ts';
import { installPackageRoutes } from './routes/install-package.ts';
import { installPolicyRoutes } from './routes/install-policy.ts';
import { trustedKeyRoutes } from './routes/trusted-keys.ts';
import { toolRoutes } from './routes/tools.ts';
import { topicRoutes } from './routes/topics.ts';
import { scheduleActionRoutes } from './routes/schedule-actions.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { workflowVersionRoutes } from './routes/workflow-versions.ts';
import { provideInputRoute } from './routes/provide-input.ts';
import { signalRunRoutes } from './routes/signal-run.ts';
import { workflowRoutes } from './routes/workflows.ts';

/** What routes need. */
export interface RouteParts {
  readonly clients: Clients;
  readonly streams: OpenStreams;
  /** Longest wait for the answer of a directly invoked agent, in milliseconds. */
  readonly agentTimeoutMs: number;
}

/** Adds every route of the REST interface. */
export function addRoutes(app: RestApp, { clients, streams, agentTimeoutMs }: RouteParts): void {
  applyWorkflowRoutes(app, clients);
  workflowRoutes(app, clients);
  workflowVersionRoutes(app, clients);
  runWorkflowRoutes(app, clients);
  runRoutes(app, clients);
  nodeInputRoute(app, clients);
  controlRunRoutes(app, clients);
  deleteRunRoute(app, clients);
  signalRunRoutes(app, clients);
  provideInputRoute(app, clients);
  forkRunRoutes(app, clients);
  findRunRoutes(app, clients);
  runEventRoutes(app, clients, streams);
  messageRoutes(app, clients);
  metricRoutes(app, clients);
  topicRoutes(app, clients, streams);
  scheduleRoutes(app, clients);
  scheduleActionRoutes(app, clients);
  limitRoutes(app, clients);
  namespaceRoutes(app, clients);
  runHistoryRoutes(app, clients);
  approvalRoutes(app, clients);
  registerAgentRoute(app, clients);
  agentRoutes(app, clients);
  agentInstanceRoutes(app, clients);
  invokeAgentRoute(app, clients, agentTimeoutMs);
  serviceRoutes(app, clients);
  toolRoutes(app, clients);
  deploymentRoutes(app, clients);
  deploymentLogRoutes(app, clients, streams);
  packageRoutes(app, clients);
  installPackageRoutes(app, clients);
  trustedKeyRoutes(app, clients);
  installPolicyRoutes(app, clients);
  llmRoutes(app, clients);
  llmStreamRoute(app, clients, streams);
  orchestratorAgentRoutes(app, clients);
  orchestratorEventsRoute(app, clients);
  healthRoute(app);
}
