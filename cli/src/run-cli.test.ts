import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT, EXIT_MEANINGS } from './exit-code.ts';
import { useCli } from './testing/use-cli.ts';

const LEAVES = [
  ...'demo run replay dev up down status doctor conformance completion version help'.split(' '),
  ...['apply', 'list', 'get', 'validate', 'versions', 'diff', 'deprecate'].map((name) => `workflows ${name}`),
  ...'start list get events export import watch tree cancel terminate pause resume signal fork retry'
    .split(' ')
    .map((name) => `runs ${name}`),
  ...['list', 'get', 'approve', 'reject'].map((name) => `approvals ${name}`),
  ...['create', 'list', 'get', 'update', 'delete', 'pause', 'resume', 'trigger', 'backfill', 'times'].map(
    (name) => `schedules ${name}`,
  ),
  ...['register', 'list', 'get', 'remove', 'invoke'].map((name) => `agents ${name}`),
  ...['complete', 'models'].map((name) => `llm ${name}`),
];

test('every command explains itself, by --help and by help', async () => {
  for (const leaf of LEAVES) {
    const [byOption, byCommand] = await Promise.all([
      useCli([...leaf.split(' '), '--help']),
      useCli(['help', ...leaf.split(' ')]),
    ]);
    assert.equal(byOption.code, EXIT.ok, leaf);
    assert.match(byOption.stdout, new RegExp(`^Usage: skein ${leaf}`), leaf);
    assert.equal(byCommand.stdout, byOption.stdout, leaf);
  }
});

test('the exit codes are documented, each once', async () => {
  const { code, stdout } = await useCli(['help', 'exit-codes']);
  assert.equal(code, EXIT.ok);
  assert.equal(stdout.trim().split('\n').length, Object.keys(EXIT).length);
  const codes = EXIT_MEANINGS.map((entry) => entry.code);
  assert.deepEqual(new Set(codes), new Set(Object.values(EXIT)));
});

test('a wrong command line says what is wrong and exits with 2', async () => {
  const cases: [string[], RegExp][] = [
    [['verzion'], /unknown command 'verzion'[^]*Did you mean version/],
    [['runs', 'lst'], /unknown command 'lst'/],
    [['runs', 'get'], /missing required argument 'run'/],
    [['runs', 'list', '--limit', 'many'], /Write a whole number/],
    [['runs', 'list', '-s', 'GONE'], /Allowed choices are CREATED/],
    [['version', '-o', 'xml'], /Allowed choices are human, json/],
    [['agents', 'register', 'a'], /required option '-e, --endpoint/],
    [['run', 'x.yaml', '--timeout', 'soon'], /Write a time span/],
    [['run', 'x.yaml', '--label', 'nothing'], /Write KEY=VALUE/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await useCli(args);
    assert.equal(code, EXIT.usage, args.join(' '));
    assert.match(stderr, expected);
    assert.equal(stdout, '');
  }
});

test('without a command the usage goes to standard error', async () => {
  for (const args of [[], ['runs']]) {
    const { code, stderr } = await useCli(args);
    assert.equal(code, EXIT.usage);
    assert.match(stderr, /^Usage: skein/);
  }
});

test('with -o json an error is a document on standard output and words on standard error', async () => {
  const { code, stdout, stderr } = await useCli(['run', '/nowhere/flow.yaml', '-o', 'json']);
  assert.equal(code, EXIT.notFound);
  const { error } = JSON.parse(stdout) as { error: Record<string, unknown> };
  assert.equal(error['reason'], 'FILE_NOT_READABLE');
  assert.equal(error['exit_code'], EXIT.notFound);
  assert.match(stderr, /error: cannot read \/nowhere\/flow.yaml/);
});

test('a wrong environment is refused with every variable that is wrong', async () => {
  const env = { HTTP_PORT: 'x', SKEIN_API_URL: 'foo' };
  const { code, stderr } = await useCli(['runs', 'list'], { env });
  assert.equal(code, EXIT.invalid);
  assert.match(stderr, /2 problems[^]*SKEIN_API_URL="foo" is not a URL; write an absolute URL[^]*HTTP_PORT="x"/);
});

test('an interrupted command exits with 130 or 143 and does not complain', async () => {
  for (const [signal, expected] of [
    ['SIGINT', EXIT.interrupted],
    ['SIGTERM', EXIT.terminated],
  ] as const) {
    const interrupted = AbortSignal.abort(signal);
    const { code, stderr } = await useCli(['runs', 'list', '--api', 'http://127.0.0.1:1'], { interrupted });
    assert.equal(code, expected);
    assert.equal(stderr, '');
  }
});
