import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLayers } from './layer-rules.ts';
import { checkPackages } from './package-rules.ts';
import { importsOf } from './specifiers.ts';
import type { SourceFile } from './source-files.ts';

const SERVICES = new Set(['@skein/scheduler', '@skein/registry', '@skein/embedded']);

function file(path: string, source: string, dependencies: string[] = []): SourceFile {
  const [top = '', name = ''] = path.split('/');
  const directory = `${top}/${name}`;
  const names = new Set(dependencies);
  const workspace = { directory, name: `@skein/${name}`, dependencies: names, allDependencies: names };
  const inside = path.slice(directory.length + 1).replace(/^src\//, '');
  return { path, inside, isTest: path.endsWith('.test.ts'), source, imports: importsOf(source), workspace };
}

function problems(subject: SourceFile): string[] {
  return [...checkPackages(subject, SERVICES), ...checkLayers(subject)].map(
    ({ line, problem }) => `${line}: ${problem}`,
  );
}

test('finds imports of every form, on their lines, and none in comments', () => {
  const source = `import 'a';\nimport type { B } from "b";\n// import 'no';\n/* import 'no'; */\nimport {\n  c,\n} from 'c';\nexport * from './d.ts';\nawait import('e');\n`;
  assert.deepEqual(
    importsOf(source).map(({ specifier, line }) => `${specifier}:${line}`),
    ['a:1', 'b:2', 'c:7', './d.ts:8', 'e:9'],
  );
});

test('a service does not import a service; embedded does', () => {
  const source = `import { x } from '@skein/registry';\n`;
  assert.match(
    problems(file('services/scheduler/src/app/x.ts', source, ['@skein/registry']))[0] ?? '',
    /1: .*must not import the service/,
  );
  assert.deepEqual(problems(file('services/embedded/src/service.ts', source, ['@skein/registry'])), []);
});

test('the kernel imports no other package of ours, libraries do not go sideways', () => {
  assert.equal(problems(file('libs/domain/src/x.ts', `import '@skein/config';`, ['@skein/config'])).length, 1);
  assert.equal(problems(file('libs/telemetry/src/x.ts', `import '@skein/config';`, ['@skein/config'])).length, 1);
  assert.deepEqual(problems(file('libs/events/src/x.ts', `import '@skein/domain';`, ['@skein/domain'])), []);
});

test('the SDK imports nothing private, and the kernel in its local part alone', () => {
  const check = (path: string, name: string) => {
    const subject = file(path, `import '${name}';`, [name]);
    return problems({ ...subject, workspace: subject.workspace && { ...subject.workspace, name: '@skein/sdk' } });
  };
  assert.deepEqual(check('sdks/typescript/src/local/x.ts', '@skein/domain'), []);
  assert.match(check('sdks/typescript/src/agent/x.ts', '@skein/domain')[0] ?? '', /only .*src\/local/);
  assert.match(check('sdks/typescript/src/local/x.ts', '@skein/events')[0] ?? '', /is published/);
});

test('what is imported is declared, built-ins say node:', () => {
  assert.match(problems(file('libs/bus/src/x.ts', `import 'pg';`))[0] ?? '', /pg is not among the dependencies/);
  assert.match(problems(file('libs/bus/src/x.ts', `import 'fs';`))[0] ?? '', /write node:fs/);
});

test('relative imports end in .ts and stay in their package', () => {
  assert.match(problems(file('libs/bus/src/x.ts', `import './y';`))[0] ?? '', /end in \.ts/);
  assert.match(problems(file('libs/bus/src/x.ts', `import '../../rpc/src/y.ts';`))[0] ?? '', /leaves the package/);
});

test('layers: rpc → app → domain, adapters → app and domain', () => {
  const check = (inside: string, specifier: string): string[] =>
    problems(file(`services/scheduler/src/${inside}`, `import '${specifier}';`));
  assert.deepEqual(check('rpc/get-run.ts', '../app/runs.ts'), []);
  assert.deepEqual(check('adapters/postgres/runs.ts', '../../app/runs.ts'), []);
  assert.deepEqual(check('service.ts', './adapters/postgres/runs.ts'), []);
  assert.equal(check('app/runs.ts', '../adapters/postgres/runs.ts').length, 1);
  assert.equal(check('domain/run.ts', '../app/runs.ts').length, 1);
  assert.equal(check('rpc/get-run.ts', '../adapters/postgres/runs.ts').length, 1);
  assert.equal(check('config.ts', './adapters/postgres/runs.ts').length, 1);
  assert.equal(check('app/runs.ts', '../service.ts').length, 1);
});

test('only main.ts uses the process', () => {
  const source = `const url = process.env['DATABASE_URL'];`;
  assert.equal(problems(file('services/scheduler/src/app/x.ts', source)).length, 1);
  assert.deepEqual(problems(file('services/scheduler/src/main.ts', source)), []);
});

test('the test kit is for tests', () => {
  const source = `import '@skein/testkit';`;
  assert.equal(problems(file('services/scheduler/src/app/x.ts', source, ['@skein/testkit'])).length, 1);
  assert.deepEqual(problems(file('services/scheduler/src/app/x.test.ts', source, ['@skein/testkit'])), []);
});
