/** What things are called in Kubernetes. Pure. */
import { createHash } from 'node:crypto';
import { toJson, type JsonValue } from '@bufbuild/protobuf';
import { InstanceTemplateSchema, type InstanceTemplate } from '@skein/contracts/registry';
import type { WholeKey } from '../../app/whole-runtime.ts';

/** Who applies: Kubernetes keeps apart what others set on the same objects. */
export const FIELD_MANAGER = 'skein-executor';

export const LABELS = Object.freeze({
  managedBy: 'app.kubernetes.io/managed-by',
  namespace: 'skein.dev/namespace',
  deployment: 'skein.dev/deployment',
  template: 'skein.dev/template',
});
/** What an instance is registered as, as JSON: whoever takes over registers each pod as what it was made of. */
export const REGISTRATION = 'skein.dev/registration';

const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const HASH_CHARS = 10;
const MAX_LABEL_CHARS = 63;

/** The Kubernetes namespace of a tenant: `{namespace}` of the pattern is the tenant's. */
export function kubernetesNamespace(pattern: string, namespace: string): string {
  return pattern.replaceAll('{namespace}', labelOf(namespace, MAX_LABEL_CHARS - pattern.length));
}

/** The name of all objects of a deployment. Two tenants may share a Kubernetes namespace. */
export function objectName({ namespace, deploymentId }: WholeKey): string {
  const slug = slugOf(deploymentId).slice(0, 40).replace(/-+$/, '');
  return `skein-${slug === '' ? 'deployment' : slug}-${hashOf(`${namespace}/${deploymentId}`)}`;
}

/** The same for the same template, of whatever revision: going back to it restarts nothing that is of it. */
export function templateDigest(template: InstanceTemplate): string {
  return hashOf(JSON.stringify(toJson(InstanceTemplateSchema, template), sorted));
}

/** What the objects of a deployment have in common. */
export function ownerLabels(key: WholeKey): Record<string, string> {
  return {
    [LABELS.managedBy]: 'skein',
    [LABELS.namespace]: labelOf(key.namespace, MAX_LABEL_CHARS),
    [LABELS.deployment]: objectName(key),
  };
}

export function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** A name as it is where Kubernetes allows it; else what is left of it, with a hash that tells it from others. */
function labelOf(name: string, maxChars: number): string {
  if (name.length <= maxChars && DNS_LABEL.test(name)) return name;
  const slug = slugOf(name)
    .slice(0, Math.max(0, maxChars - HASH_CHARS - 1))
    .replace(/-+$/, '');
  return slug === '' ? `n-${hashOf(name)}` : `${slug}-${hashOf(name)}`;
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** Members in the order of their names: maps have none of their own. */
function sorted(_name: string, value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, HASH_CHARS);
}
