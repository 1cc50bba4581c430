import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readCompose, readImages } from './compose-file.ts';

interface Spec {
  load(env: Readonly<Record<string, string>>): { readonly port: number; readonly adminPort: number };
  variables(): readonly { readonly env: string }[];
}

const root = resolve(import.meta.dirname, '../..');
const compose = await readCompose(root);
const images = await readImages(root);
const mains = await Array.fromAsync(glob('services/*/src/main.ts', { cwd: root }));
const names = mains.map((path) => path.split('/')[1] ?? '').toSorted();

async function specOf(name: string): Promise<Spec> {
  const module: { default: Spec } = await import(pathToFileURL(join(root, `services/${name}/src/config.ts`)).href);
  return module.default;
}

function serviceOf(name: string) {
  return compose.services[name] ?? assert.fail(`no service ${name} in the compose file`);
}

test('every service has an image that starts it and knows its ports, and a place in the compose file', async () => {
  assert.deepEqual(images.map(({ name }) => name).toSorted(), names);
  for (const { name, entrypoint, exposed, healthcheck } of images) {
    const { port, adminPort } = (await specOf(name)).load({});
    assert.deepEqual(entrypoint, ['node', `services/${name}/src/main.ts`]);
    assert.deepEqual(exposed, [port, adminPort], name);
    assert.deepEqual(healthcheck, ['node', 'deploy/probe.ts', String(adminPort), '/healthz']);
    const { build, healthcheck: readiness } = serviceOf(name);
    assert.deepEqual(build, { context: '..', dockerfile: 'deploy/Dockerfile', target: name });
    assert.deepEqual(readiness?.test, ['CMD', 'node', 'deploy/probe.ts', String(adminPort), '/readyz']);
  }
});

test('every variable that is set is one that the service reads, with a value that it takes', async () => {
  for (const name of names) {
    const spec = await specOf(name);
    const known = new Set(spec.variables().map(({ env }) => env));
    const environment = { ...images.find((image) => image.name === name)?.env, ...serviceOf(name).environment };
    for (const variable of Object.keys(environment)) assert.ok(known.has(variable), `${name} reads no ${variable}`);
    assert.doesNotThrow(() => spec.load(environment));
  }
});

test('every address names a service of the file at the port it listens on', async () => {
  for (const name of names) {
    for (const [variable, value] of Object.entries(serviceOf(name).environment ?? {})) {
      for (const [, host = '', port = ''] of value.matchAll(/([a-z-]+):(\d+)/g)) {
        serviceOf(host);
        const expected = names.includes(host)
          ? (await specOf(host)).load({}).port
          : { postgres: 5432, nats: 4222 }[host];
        assert.equal(Number(port), expected, `${name}: ${variable}`);
      }
    }
  }
});

test('services wait for what they call, and share a network with it', () => {
  for (const name of names) {
    const { environment = {}, depends_on: after = {}, network_mode: mode } = serviceOf(name);
    const networks = mode === undefined ? serviceOf(name).networks : serviceOf(mode.replace('service:', '')).networks;
    const called = Object.values(environment).flatMap((value) =>
      Array.from(value.matchAll(/([a-z-]+):\d+/g), (m) => m[1]),
    );
    for (const host of new Set(called)) {
      assert.equal(after[host ?? '']?.condition, 'service_healthy', `${name} waits for ${host}`);
      const shared = networks?.filter((network) => serviceOf(host ?? '').networks?.includes(network));
      assert.notDeepEqual(shared, [], `${name} reaches ${host}`);
    }
  }
  for (const { networks = [], volumes = [], depends_on: after = {} } of Object.values(compose.services)) {
    for (const network of networks) assert.ok(network in compose.networks, network);
    for (const volume of volumes) assert.ok((volume.split(':')[0] ?? '') in compose.volumes, volume);
    for (const other of Object.keys(after)) serviceOf(other);
  }
});

test('only the gateway can be reached, through the entrance, from this machine alone', async () => {
  const published = Object.entries(compose.services).filter(([, { ports = [] }]) => ports.length > 0);
  assert.deepEqual(
    published.map(([name]) => name),
    ['entrance'],
  );
  const { port } = (await specOf('gateway')).load({});
  const { entrypoint, ports } = serviceOf('entrance');
  const [listened = ''] = entrypoint?.slice(2) ?? [];
  assert.deepEqual(entrypoint, ['node', 'deploy/forward.ts', listened, String(port)]);
  assert.deepEqual(ports, [`127.0.0.1:${port}:${listened}`]);
  assert.equal(serviceOf('gateway').network_mode, 'service:entrance');
});

test('images run as an ordinary user, from a tag, with the locked dependencies and no scripts of packages', async () => {
  for (const { from, name } of images) assert.equal(from, 'runtime', name);
  const dockerfile = await readFile(join(root, 'deploy/Dockerfile'), 'utf8');
  assert.match(dockerfile, /^FROM node:24-slim AS base$/m);
  assert.match(dockerfile, /^FROM base AS runtime\n(?:(?!FROM ).*\n)*USER node$/m);
  const installs = dockerfile.match(/^RUN npm .*$/gm) ?? [];
  assert.deepEqual(
    installs.toSorted(),
    names.map((name) => `RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace services/${name}`),
  );
});
