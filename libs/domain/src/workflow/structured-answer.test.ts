import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { compileSchema } from './schema-validator.ts';
import { readStructuredAnswer, repairRequest } from './structured-answer.ts';

const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };

function read(text: string, of: Parameters<typeof compileSchema>[0] = schema, cutOff = false) {
  const compiled = compileSchema(of);
  assert.ok('validate' in compiled);
  return readStructuredAnswer(text, compiled.validate, cutOff);
}

const FITS: Readonly<Record<string, string>> = {
  'JSON alone': ' {"n":1}\n',
  'a block of json': 'Here it is:\n```json\n{"n":1}\n```\nAnything else?',
  'a block of JSON in capitals': '```JSON\n{"n":1}```',
  'a block without a language': '```\n{"n":1}\n```',
  'the first block that fits': '```json\n{"n":"no"}\n```\nrather\n```json\n{"n":1}\n```',
  'JSON among other blocks': '```sh\nls\n```\n```json\n{"n":1}\n```',
};

suite('the JSON of an answer', () => {
  for (const [what, text] of Object.entries(FITS)) {
    test(`is found in ${what}`, () => {
      const answer = read(text);
      assert.ok('text' in answer);
      assert.deepEqual([answer.value, JSON.parse(answer.text)], [{ n: 1 }, { n: 1 }]);
    });
  }

  test('may be any value where the schema is true, and none where it is false', () => {
    assert.deepEqual(read('null', true), { value: null, text: 'null' });
    assert.deepEqual(read('"x"', true), { value: 'x', text: '"x"' });
    assert.equal(read('null', false).value, undefined);
  });
});

suite('an answer that does not fit', () => {
  test('has the violations of the first JSON in it', () => {
    const answer = read('```json\n{"n":"no"}\n```\n```json\n{}\n```');
    assert.deepEqual(answer, { violations: [{ pointer: '/n', keyword: 'type', message: 'must be integer' }] });
  });

  for (const text of ['', 'I would say yes', '```json\n{"n":1}', '```json {"n":1}```', '```', '{"n":1} and more']) {
    test(`is no JSON: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(read(text), { violations: [{ pointer: '', keyword: 'type', message: 'is no JSON' }] });
    });
  }

  test('says where it was cut off', () => {
    const answer = read('{"n":', schema, true);
    assert.ok('violations' in answer && answer.violations !== undefined);
    assert.match(answer.violations[0]?.message ?? '', /cut off by max_tokens/);
  });

  test('is read in a time that grows with its length alone', () => {
    assert.equal(read('```\n'.repeat(200_000)).value, undefined);
  });
});

test('a model is told what to mend, the schema, and that it must answer with JSON alone', () => {
  const violations = Array.from({ length: 25 }, (_, at) => ({ pointer: `/${at}`, keyword: 'type', message: 'is bad' }));
  const text = repairRequest(violations, schema);
  assert.match(text, /- \/0 is bad\n/);
  assert.match(text, /- \/19 is bad\n- and 5 more\n/);
  assert.ok(text.includes(JSON.stringify(schema)));
});
