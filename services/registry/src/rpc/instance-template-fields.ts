/** Checks what instances are made of, so that an executor that is given it can start it. */
import { AgentProtocol, type InstanceTemplate, type ProcessRuntime } from '@skein/contracts/registry';
import { msOfDuration } from '@skein/events';
import { isVersion } from '../domain/agent-facts.ts';
import { durationIn } from './duration-field.ts';
import { idOf, structOf, textOf } from './request-fields.ts';
import type { Violations } from './violations.ts';

const MAX_CONFIG_BYTES = 64 * 1024;
const MAX_ENV = 256;
const MAX_SECRETS = 64;
const MAX_ENV_LENGTH = 64 * 1024;
const MAX_ARGS = 256;
const MAX_PATH_LENGTH = 4096;
const HOUR_MS = 3_600_000;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,255}$/;
/** Protocols that a server at a port can speak. */
const PROTOCOLS: ReadonlySet<AgentProtocol> = new Set<AgentProtocol>([
  AgentProtocol.GRPC,
  AgentProtocol.HTTP_PROCESS,
  AgentProtocol.HTTP_INVOKE_SSE,
  AgentProtocol.HTTP_EXECUTE,
  AgentProtocol.A2A,
]);

export function checkTemplate(at: string, template: InstanceTemplate, violations: Violations): void {
  idOf(`${at}.agent_id`, template.agentId, violations);
  if (template.version === '') violations.add(`${at}.version`, 'is required', 'REQUIRED');
  else if (!isVersion(template.version)) {
    violations.add(`${at}.version`, 'give a semantic version such as 1.4.0, without a leading v');
  }
  if (!PROTOCOLS.has(template.protocol)) {
    violations.add(`${at}.protocol`, 'give GRPC, HTTP_PROCESS, HTTP_INVOKE_SSE, HTTP_EXECUTE or A2A');
  }
  if (template.runtime.case === undefined) violations.add(`${at}.process`, 'is required', 'REQUIRED');
  else checkProcess(`${at}.process`, template.runtime.value, violations);
  checkEnv(at, template, violations);
  if (template.config !== undefined) structOf(`${at}.config`, template.config, MAX_CONFIG_BYTES, violations);
  checkTimes(at, template, violations);
}

function checkProcess(at: string, { command, args, workingDirectory }: ProcessRuntime, violations: Violations): void {
  if (command === '') violations.add(`${at}.command`, 'is required', 'REQUIRED');
  textOf(`${at}.command`, command, MAX_PATH_LENGTH, violations);
  if (args.length > MAX_ARGS) violations.add(`${at}.args`, `give at most ${MAX_ARGS}`);
  textOf(`${at}.args`, args.join(' '), MAX_ENV_LENGTH, violations);
  textOf(`${at}.working_directory`, workingDirectory, MAX_PATH_LENGTH, violations);
  if (workingDirectory !== '' && !workingDirectory.startsWith('/')) {
    violations.add(`${at}.working_directory`, 'give an absolute path, or leave it out');
  }
}

function checkEnv(at: string, { env, secretEnv }: InstanceTemplate, violations: Violations): void {
  const names = Object.keys(env);
  if (names.length > MAX_ENV) violations.add(`${at}.env`, `give at most ${MAX_ENV} variables`);
  if (Object.keys(secretEnv).length > MAX_SECRETS) violations.add(`${at}.secret_env`, `give at most ${MAX_SECRETS}`);
  textOf(`${at}.env`, Object.values(env).join(' '), MAX_ENV_LENGTH, violations);
  for (const [field, all] of [
    ['env', names],
    ['secret_env', Object.keys(secretEnv)],
  ] as const) {
    for (const name of all) {
      const where = `${at}.${field}.${name.slice(0, 64)}`;
      if (!VARIABLE.test(name)) violations.add(where, 'give names of letters, digits and "_"');
      if (name === 'PORT') violations.add(where, 'leave it out: it is the port that the instance is given');
    }
  }
  for (const [name, secret] of Object.entries(secretEnv)) {
    idOf(`${at}.secret_env.${name.slice(0, 64)}`, secret, violations);
    if (name in env) violations.add(`${at}.secret_env.${name.slice(0, 64)}`, 'give it here or in env');
  }
}

function checkTimes(at: string, { health, restart, stopTimeout }: InstanceTemplate, violations: Violations): void {
  durationIn(`${at}.stop_timeout`, stopTimeout, 0, HOUR_MS, violations);
  if (health !== undefined) {
    textOf(`${at}.health.path`, health.path, MAX_PATH_LENGTH, violations);
    if (health.path !== '' && !health.path.startsWith('/')) violations.add(`${at}.health.path`, 'begin it with "/"');
    durationIn(`${at}.health.interval`, health.interval, 100, HOUR_MS, violations);
    durationIn(`${at}.health.timeout`, health.timeout, 1, 60_000, violations);
    durationIn(`${at}.health.start_timeout`, health.startTimeout, 100, HOUR_MS, violations);
    if (health.unhealthyThreshold < 0 || health.unhealthyThreshold > 100) {
      violations.add(`${at}.health.unhealthy_threshold`, 'give 1 to 100, or leave it out');
    }
  }
  if (restart === undefined) return;
  durationIn(`${at}.restart.initial_backoff`, restart.initialBackoff, 10, HOUR_MS, violations);
  durationIn(`${at}.restart.max_backoff`, restart.maxBackoff, 10, HOUR_MS, violations);
  durationIn(`${at}.restart.reset_after`, restart.resetAfter, 0, HOUR_MS, violations);
  const initialMs = msOfDuration(restart.initialBackoff) ?? 500;
  const maxMs = msOfDuration(restart.maxBackoff) ?? 30_000;
  if (initialMs > maxMs) violations.add(`${at}.restart.max_backoff`, 'give at least initial_backoff');
}
