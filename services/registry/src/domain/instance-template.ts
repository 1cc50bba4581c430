import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/** Where instances can run that are given to executors one by one. */
const OF_INSTANCES = ['process', 'container'];
/** Where one executor looks after all of them. */
const OF_DEPLOYMENTS = ['external', 'kubernetes'];
const IN_PROCESS = 'in_process.';

/** What an InstanceTemplate as JSON needs of an executor; empty: nothing that this version knows. */
export function runtimeOf(template: JsonObject): string {
  const name = nameIn(template['inProcess'], 'function');
  if (name !== undefined) return `${IN_PROCESS}${name}`;
  return [...OF_INSTANCES, ...OF_DEPLOYMENTS].find((runtime) => runtime in template) ?? '';
}

/** Whether a deployment is given to one executor as a whole. */
export function isWhole(runtime: string): boolean {
  return OF_DEPLOYMENTS.includes(runtime) || runtime.startsWith(IN_PROCESS);
}

/** Whether instances of the one can be replaced by those of the other, step by step. */
export function canFollow(runtime: string, before: string): boolean {
  const kindOf = (each: string) => each.split('.', 1)[0];
  return kindOf(runtime) === kindOf(before) || !(isWhole(runtime) || isWhole(before));
}

/** Whether what an executor that died has started goes on. */
export function outlivesExecutors(runtime: string): boolean {
  return runtime === 'kubernetes';
}

/** Whether somebody else decides how many instances of an autoscaled deployment there are. */
export function isScaledElsewhere({ kubernetes }: JsonObject): boolean {
  const isObject = typeof kubernetes === 'object' && kubernetes !== null && !Array.isArray(kubernetes);
  return isObject && kubernetes['podAutoscaler'] === true;
}

/** How many instances a deployment has by what it is made of; undefined: somebody says, or the load. */
export function fixedReplicas(template: JsonObject): number | undefined {
  if ('inProcess' in template) return 1;
  const { external } = template;
  if (typeof external !== 'object' || external === null || Array.isArray(external)) return undefined;
  const { endpoints } = external;
  return Array.isArray(endpoints) ? endpoints.length : 0;
}

function nameIn(value: JsonValue | undefined, field: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const name = value[field];
  return typeof name === 'string' ? name : undefined;
}
