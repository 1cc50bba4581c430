/** Checks what instances are made of, so that an executor that is given it can start it. */
import {
  AgentProtocol,
  ImagePullPolicy,
  type ContainerRuntime,
  type ExternalRuntime,
  type KubernetesRuntime,
  type InstanceTemplate,
  type PackageReference,
  type ProcessRuntime,
  type Resources,
} from '@skein/contracts/registry';
import { msOfDuration } from '@skein/events';
import { isPackageName } from '@skein/packages';
import { isVersion } from '../domain/agent-facts.ts';
import type { Protocol } from '../domain/agent-record.ts';
import { formOf, formsForProtocol } from '../domain/endpoint.ts';
import { durationIn } from './duration-field.ts';
import { idOf, structOf, textOf } from './request-fields.ts';
import type { Violations } from './violations.ts';

const MAX_CONFIG_BYTES = 64 * 1024;
const MAX_ENV = 256;
const MAX_SECRETS = 64;
const MAX_ENV_LENGTH = 64 * 1024;
const MAX_ARGS = 256;
const MAX_ENDPOINTS = 1000;
const MAX_COMMAND_PARTS = 64;
const KUBERNETES_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const SECRET_KEY = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/[A-Za-z0-9_.-]{1,253}$/;
const FUNCTION = /^[A-Za-z0-9_.-]{1,100}$/;
const MAX_PATH_LENGTH = 4096;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** What the folder of a package's files is written as. */
const PACKAGE_FOLDER = '${PACKAGE}';
const HOUR_MS = 3_600_000;
const MAX_IMAGE_LENGTH = 512;
const IMAGE = /^[a-z0-9][A-Za-z0-9_.:/@-]*$/;
const PULL_POLICIES: ReadonlySet<ImagePullPolicy> = new Set(Object.values(ImagePullPolicy));
const USER = /^[A-Za-z0-9_.-]{1,64}(?::[A-Za-z0-9_.-]{1,64})?$/;
const NETWORK = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const MIN_MEMORY_BYTES = 6n * 1024n ** 2n;
const MAX_MEMORY_BYTES = 16n * 1024n ** 4n;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,255}$/;
/** Protocols that a server at a port can speak. */
const PROTOCOL_NAMES: Readonly<Partial<Record<AgentProtocol, Protocol>>> = {
  [AgentProtocol.GRPC]: 'GRPC',
  [AgentProtocol.HTTP_PROCESS]: 'HTTP_PROCESS',
  [AgentProtocol.HTTP_INVOKE_SSE]: 'HTTP_INVOKE_SSE',
  [AgentProtocol.HTTP_EXECUTE]: 'HTTP_EXECUTE',
  [AgentProtocol.A2A]: 'A2A',
};

export function checkTemplate(at: string, template: InstanceTemplate, violations: Violations): void {
  idOf(`${at}.agent_id`, template.agentId, violations);
  if (template.version === '') violations.add(`${at}.version`, 'is required', 'REQUIRED');
  else if (!isVersion(template.version)) {
    violations.add(`${at}.version`, 'give a semantic version such as 1.4.0, without a leading v');
  }
  if (template.runtime.case === 'inProcess') {
    if (template.protocol !== AgentProtocol.IN_PROCESS) violations.add(`${at}.protocol`, 'give IN_PROCESS');
  } else if (PROTOCOL_NAMES[template.protocol] === undefined) {
    violations.add(`${at}.protocol`, 'give GRPC, HTTP_PROCESS, HTTP_INVOKE_SSE, HTTP_EXECUTE or A2A');
  }
  checkRuntime(at, template, violations);
  if (template.package !== undefined) checkPackage(`${at}.package`, template.package, violations);
  if (template.resources !== undefined) checkResources(`${at}.resources`, template.resources, violations);
  checkEnv(at, template, violations);
  if (template.config !== undefined) structOf(`${at}.config`, template.config, MAX_CONFIG_BYTES, violations);
  checkTimes(at, template, violations);
}

function checkRuntime(at: string, template: InstanceTemplate, violations: Violations): void {
  const { runtime, protocol } = template;
  switch (runtime.case) {
    case 'process':
      if (runtime.value.command === '') violations.add(`${at}.process.command`, 'is required', 'REQUIRED');
      checkProgram(`${at}.process`, runtime.value, violations, template.package);
      break;
    case 'container':
      checkContainer(`${at}.container`, runtime.value, violations);
      break;
    case 'kubernetes':
      checkKubernetes(`${at}.kubernetes`, runtime.value, template, violations);
      break;
    case 'external':
      checkExternal(`${at}.external`, runtime.value, PROTOCOL_NAMES[protocol], violations);
      break;
    case 'inProcess':
      if (!FUNCTION.test(runtime.value.function)) {
        violations.add(`${at}.in_process.function`, 'give 1 to 100 letters, digits, "_", "." and "-"');
      }
      break;
    default:
      violations.add(`${at}.process`, 'is required, or container, kubernetes, external or in_process', 'REQUIRED');
  }
}

function checkKubernetes(
  at: string,
  kubernetes: KubernetesRuntime,
  { resources, env, secretEnv }: InstanceTemplate,
  violations: Violations,
): void {
  const { image, command, args, port, secretKeyEnv, imagePullSecrets, serviceAccount } = kubernetes;
  if (image === '') violations.add(`${at}.image`, 'is required', 'REQUIRED');
  else if (image.length > MAX_IMAGE_LENGTH || !IMAGE.test(image)) {
    violations.add(`${at}.image`, 'give a reference such as registry.example/agents/greeter:1.4.0');
  }
  if (command.length > MAX_COMMAND_PARTS) violations.add(`${at}.command`, `give at most ${MAX_COMMAND_PARTS}`);
  if (args.length > MAX_ARGS) violations.add(`${at}.args`, `give at most ${MAX_ARGS}`);
  textOf(`${at}.args`, [...command, ...args].join(' '), MAX_ENV_LENGTH, violations);
  if (port < 0 || port > 65_535) violations.add(`${at}.port`, 'give 1 to 65535, or leave it out');
  if (Object.keys(secretKeyEnv).length > MAX_SECRETS)
    violations.add(`${at}.secret_key_env`, `give at most ${MAX_SECRETS}`);
  for (const [name, reference] of Object.entries(secretKeyEnv)) {
    const where = `${at}.secret_key_env.${name.slice(0, 64)}`;
    if (!VARIABLE.test(name) || name === 'PORT')
      violations.add(where, 'give names of letters, digits and "_", but PORT');
    if (!SECRET_KEY.test(reference)) violations.add(where, 'give SECRET/KEY of the Kubernetes namespace');
    if (name in env || name in secretEnv) violations.add(where, 'give it here, in env or in secret_env');
  }
  if (imagePullSecrets.length > 8) violations.add(`${at}.image_pull_secrets`, 'give at most 8');
  for (const [index, name] of [...imagePullSecrets, serviceAccount].entries()) {
    const where = index < imagePullSecrets.length ? `${at}.image_pull_secrets[${index}]` : `${at}.service_account`;
    const isLeftOut = name === '' && index === imagePullSecrets.length;
    if (!isLeftOut && !KUBERNETES_NAME.test(name)) violations.add(where, 'give a name of the Kubernetes namespace');
  }
  if (kubernetes.podAutoscaler && (resources?.cpuMillis ?? 0) === 0) {
    violations.add(`${at}.pod_autoscaler`, 'give resources.cpu_millis too: it is what the load is a share of');
  }
}

function checkExternal(
  at: string,
  { endpoints }: ExternalRuntime,
  protocol: Protocol | undefined,
  violations: Violations,
): void {
  if (endpoints.length < 1 || endpoints.length > MAX_ENDPOINTS) {
    violations.add(`${at}.endpoints`, `give 1 to ${MAX_ENDPOINTS}`);
  }
  for (const [index, endpoint] of endpoints.entries()) {
    const form = formOf(endpoint);
    const where = `${at}.endpoints[${index}]`;
    if (typeof form === 'object') violations.add(where, form.fault);
    else if (protocol !== undefined && !formsForProtocol(protocol).includes(form)) {
      violations.add(where, `give an address that ${protocol} is spoken at`);
    } else if (endpoints.indexOf(endpoint) < index) violations.add(where, 'give each once');
  }
}

function checkContainer(at: string, container: ContainerRuntime, violations: Violations): void {
  const { image, port, pull, user, network } = container;
  if (image === '') violations.add(`${at}.image`, 'is required', 'REQUIRED');
  else if (image.length > MAX_IMAGE_LENGTH || !IMAGE.test(image)) {
    violations.add(`${at}.image`, 'give a reference such as registry.example/agents/greeter:1.4.0');
  }
  checkProgram(at, container, violations);
  if (port < 0 || port > 65_535) violations.add(`${at}.port`, 'give 1 to 65535, or leave it out');
  if (!PULL_POLICIES.has(pull)) violations.add(`${at}.pull`, 'give IF_ABSENT, ALWAYS or NEVER');
  if (user !== '' && !USER.test(user))
    violations.add(`${at}.user`, 'give a name or number, with `:group` where wanted');
  // What shares the machine's network, or another container's, publishes no port.
  if (network !== '' && (!NETWORK.test(network) || network === 'host' || network === 'none')) {
    violations.add(`${at}.network`, 'give the name of a network that publishes ports, or leave it out');
  }
}

function checkResources(at: string, { cpuMillis, memoryBytes }: Resources, violations: Violations): void {
  if (cpuMillis !== 0 && (cpuMillis < 10 || cpuMillis > 1_024_000)) {
    violations.add(`${at}.cpu_millis`, 'give 10 to 1024000 thousandths of a processor, or leave it out');
  }
  if (memoryBytes !== 0n && (memoryBytes < MIN_MEMORY_BYTES || memoryBytes > MAX_MEMORY_BYTES)) {
    violations.add(`${at}.memory_bytes`, 'give 6 MiB to 16 TiB, or leave it out');
  }
}

/** What processes and containers have in common. */
function checkProgram(
  at: string,
  { command, args, workingDirectory }: Pick<ProcessRuntime, 'command' | 'args' | 'workingDirectory'>,
  violations: Violations,
  source?: PackageReference,
): void {
  textOf(`${at}.command`, command, MAX_PATH_LENGTH, violations);
  if (args.length > MAX_ARGS) violations.add(`${at}.args`, `give at most ${MAX_ARGS}`);
  textOf(`${at}.args`, args.join(' '), MAX_ENV_LENGTH, violations);
  textOf(`${at}.working_directory`, workingDirectory, MAX_PATH_LENGTH, violations);
  const isInPackage = source !== undefined && workingDirectory.split('/')[0] === PACKAGE_FOLDER;
  if (workingDirectory !== '' && !workingDirectory.startsWith('/') && !isInPackage) {
    violations.add(`${at}.working_directory`, 'give an absolute path, or leave it out');
  }
}

/** Executors fetch by it. */
function checkPackage(at: string, { name, version, digest }: PackageReference, violations: Violations): void {
  if (!isPackageName(name)) violations.add(`${at}.name`, 'give PUBLISHER/NAME');
  if (!isVersion(version)) violations.add(`${at}.version`, 'give the version that was published');
  if (!DIGEST.test(digest)) violations.add(`${at}.digest`, 'give sha256: and 64 hexadecimal digits');
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
