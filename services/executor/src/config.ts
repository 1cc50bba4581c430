import { defineConfig, durationMs, enumOf, integer, list, optional, string, type ConfigIn } from '@skein/config';
import { addressesVariable, addressVariable, busVariables, hostVariables } from '@skein/host';
import { RUNTIME_NAMES, type RuntimeName } from './domain/runtime-names.ts';

/** Everything an executor is configured with. */
export const executorConfig = defineConfig({
  // It serves WorkerService, for agents that dial in.
  ...hostVariables({ prefix: 'EXECUTOR', port: 7403, adminPort: 7503 }),
  bus: busVariables(),
  schedulerAddresses: addressesVariable('SCHEDULER', '127.0.0.1:7402'),
  registryAddress: addressVariable('REGISTRY', '127.0.0.1:7401'),
  llmProxyAddress: addressVariable('LLM_PROXY', '127.0.0.1:7404'),
  eventLogAddress: addressVariable('EVENT_LOG', '127.0.0.1:7405'),
  advertisedAddress: optional(
    string({
      env: 'SKEIN_EXECUTOR_ADVERTISED_ADDRESS',
      pattern: /^[^\s/]+:\d+$/,
      doc: 'host:port at which other executors reach this one, for workers that have dialled in here. Unset: where it listens, by the name of the host when that is 0.0.0.0.',
    }),
  ),
  agents: {
    secretsDirectory: optional(
      string({
        env: 'SKEIN_EXECUTOR_AGENT_SECRETS_DIR',
        pattern: /^\//,
        doc: 'Folder with a folder for each namespace, with one file for each secret that calls of its agents may carry, by the name of the file. Whoever may register agents may have these sent to them. Unset: there are none.',
      }),
    ),
    caFile: optional(
      string({
        env: 'SKEIN_EXECUTOR_AGENT_CA_FILE',
        pattern: /^\//,
        doc: 'File with certificates, in PEM, of authorities that calls of agents over TLS trust, beside those of the machine. Unset: no others.',
      }),
    ),
  },
  hosting: {
    runtimes: list<RuntimeName>((options) => enumOf(RUNTIME_NAMES, options), {
      env: 'SKEIN_EXECUTOR_RUNTIMES',
      default: [],
      doc: 'Where this executor has instances of deployments: `process` starts programs on its machine, for whoever may apply deployments; `container` starts containers of its Docker Engine; `kubernetes` has a cluster run them; `external` looks after servers that somebody else runs, `in_process` after the functions that it was given. Empty: nowhere.',
    }),
    capacity: integer({
      env: 'SKEIN_EXECUTOR_CAPACITY',
      default: 100,
      min: 1,
      max: 100_000,
      doc: 'Most instances of deployments at a time.',
    }),
    kubernetes: {
      kubeconfig: optional(
        string({
          env: 'SKEIN_EXECUTOR_KUBECONFIG',
          pattern: /^\//,
          doc: 'kubeconfig file of the cluster for the runtime `kubernetes`. Unset: the cluster that the executor runs in, with the service account of its pod.',
        }),
      ),
      namespacePattern: string({
        env: 'SKEIN_EXECUTOR_KUBERNETES_NAMESPACE',
        default: 'skein-{namespace}',
        pattern: /^(?=.{1,50}$)[a-z0-9{][a-z0-9{}-]*$/,
        doc: 'Kubernetes namespace of the objects of a namespace; `{namespace}` is its name, and then it is created where it is missing.',
      }),
      clientNamespace: string({
        env: 'SKEIN_EXECUTOR_KUBERNETES_CLIENT_NAMESPACE',
        default: 'skein',
        pattern: /^[a-z0-9][a-z0-9-]{0,62}$/,
        doc: 'Kubernetes namespace that the executors run in: no other may connect to the pods.',
      }),
    },
    secretsDirectory: optional(
      string({
        env: 'SKEIN_EXECUTOR_SECRETS_DIR',
        pattern: /^\//,
        doc: 'Folder with one file for each secret that instances of deployments may ask for by the name of the file. Unset: there are none.',
      }),
    ),
    packagesDirectory: optional(
      string({
        env: 'SKEIN_EXECUTOR_PACKAGES_DIR',
        pattern: /^\//,
        doc: 'Folder for the files of packages whose processes run here. Executors of a machine may share it; what nobody has used for an hour is removed. Unset: `skein-packages-UID` among the temporary files of the machine.',
      }),
    ),
    cgroupDirectory: optional(
      string({
        env: 'SKEIN_EXECUTOR_CGROUP_DIR',
        pattern: /^\//,
        doc: 'Folder of cgroup v2, without processes of its own, in which this executor may make groups: processes of deployments are held to their limits there. Unset: they are not, and their status says so.',
      }),
    ),
    dockerSocket: string({
      env: 'SKEIN_EXECUTOR_DOCKER_SOCKET',
      default: '/var/run/docker.sock',
      pattern: /^\//,
      doc: 'Socket of the Docker Engine, or of what speaks its API, that runs containers of deployments.',
    }),
    publishAddress: optional(
      string({
        env: 'SKEIN_EXECUTOR_PUBLISH_ADDRESS',
        pattern: /^[0-9a-fA-F.:]+$/,
        doc: 'IP address of this machine at which ports of containers are published, and at which the other executors reach them; 0.0.0.0: at all of them. Unset: 127.0.0.1, where this executor itself is reached there.',
      }),
    ),
  },
  tasks: {
    concurrency: integer({
      env: 'SKEIN_EXECUTOR_CONCURRENCY',
      doc: 'Most tasks at a time, shared evenly between the schedulers.',
      default: 512,
      min: 1,
      max: 100_000,
    }),
    agentTimeoutMs: durationMs({
      env: 'AGENT_TIMEOUT_MS',
      doc: 'Longest call of an agent that was registered without a timeout.',
      default: 300_000,
      min: 1,
    }),
    agentWaitMs: durationMs({
      env: 'SKEIN_EXECUTOR_AGENT_WAIT',
      doc: 'Longest wait for an agent that is not known yet; its registration may be on its way.',
      default: 2000,
      max: 60_000,
    }),
    wakeTimeoutMs: durationMs({
      env: 'SKEIN_EXECUTOR_WAKE_TIMEOUT',
      doc: 'Longest wait of a call for an instance of a deployment that has none: none ran while nobody called, or it is being started again.',
      default: 60_000,
      min: 1,
      max: 3_600_000,
    }),
    drainTimeoutMs: durationMs({
      env: 'SKEIN_EXECUTOR_DRAIN_TIMEOUT',
      doc: 'Time for running tasks to end when the executor stops; what is left is given back. At least 4 s below SKEIN_SHUTDOWN_GRACE.',
      default: 5000,
      max: 3_600_000,
    }),
    eventBufferBytes: integer({
      env: 'SKEIN_EXECUTOR_EVENT_BUFFER_BYTES',
      doc: 'Most bytes of streamed text that wait for event-log; what comes beyond that is not kept for replay.',
      default: 16 * 1024 * 1024,
      min: 64 * 1024,
    }),
  },
});

export type ExecutorConfig = ConfigIn<typeof executorConfig>;

export default executorConfig;
