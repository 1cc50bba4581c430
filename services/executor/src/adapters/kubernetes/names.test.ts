import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { InstanceTemplateSchema } from '@skein/contracts/registry';
import { kubernetesNamespace, objectName, ownerLabels, templateDigest } from './names.ts';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const NAMES = ['default', 'Acme', 'a_b', 'a.b', 'a-b', '...', 'x'.repeat(128), `${'y'.repeat(62)}-z`, '-a', 'a-'];

test('whatever a namespace or a deployment is called, its name in Kubernetes is one, and no two are the same', () => {
  const namespaces = new Set<string>();
  const objects = new Set<string>();
  for (const name of NAMES) {
    const namespace = kubernetesNamespace('skein-{namespace}', name);
    const key = { namespace: name, deploymentId: name };
    assert.match(namespace, LABEL);
    assert.match(objectName(key), LABEL);
    for (const value of Object.values(ownerLabels(key))) assert.match(value, LABEL);
    namespaces.add(namespace);
    objects.add(objectName(key));
  }
  assert.deepEqual([namespaces.size, objects.size], [NAMES.length, NAMES.length]);
  assert.equal(kubernetesNamespace('skein-{namespace}', 'acme'), 'skein-acme');
  assert.equal(kubernetesNamespace('agents', 'acme'), 'agents');
  assert.notEqual(
    objectName({ namespace: 'a', deploymentId: 'd' }),
    objectName({ namespace: 'b', deploymentId: 'd' }),
    'tenants may share a Kubernetes namespace',
  );
});

test('a template has one digest, in whatever order its variables are', () => {
  const one = create(InstanceTemplateSchema, { env: { A: '1', B: '2' } });
  const other = create(InstanceTemplateSchema, { env: { B: '2', A: '1' } });
  assert.equal(templateDigest(one), templateDigest(other));
  assert.notEqual(templateDigest(one), templateDigest(create(InstanceTemplateSchema, { env: { A: '1' } })));
});
