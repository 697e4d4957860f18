// config.example.json and config.schema.json: whole, current, and of use to nobody who guesses keys.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'jsonc-parser';
import { renderJsonSchema } from '../../scripts/json-schema.ts';
import { sampleKeys } from '../../src/config/key-rules.ts';
import { createJudge } from '../support/config.ts';

const root = path.join(import.meta.dirname, '../..');
const text = fs.readFileSync(path.join(root, 'config.example.json'), 'utf8');
const schemaText = fs.readFileSync(path.join(root, 'config.schema.json'), 'utf8');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly default?: unknown;
}

/** Every name that a schema knows, with the schemas below it. */
function listNames({ properties = {}, additionalProperties, anyOf = [], items }: Schema): [string, Schema][] {
  const inner = [
    ...anyOf,
    ...(items === undefined ? [] : [items]),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
  ];
  return [
    ...Object.entries(properties).flatMap(([name, below]): [string, Schema][] => [
      [name, below],
      ...listNames(below),
    ]),
    ...inner.flatMap(listNames),
  ];
}

const whole = JSON.parse(schemaText) as Schema;
const names = listNames(whole);

test('the example loads as it is; all that is said of it is what its reader has to change', (t) => {
  const { code, warnings } = createJudge(t).judge(text, { TZ: 'UTC' });
  assert.equal(code, undefined);
  assert.deepEqual(
    warnings.map((warning) => warning.split(' ')[1]),
    [
      'server.magickey:',
      'tasks.7.identifier:',
      'tasks.lights.identifier:',
      'tasks.lights.command.0:',
      'tasks.lights.cwd:',
    ],
  );
});

test('the example loads with what it shows in comments, too', (t) => {
  const shown = text.replace('// "tls"', '"tls"').replace('// { "type"', '{ "type"');
  const { problems } = createJudge(t).judge(shown);
  assert.deepEqual(
    problems.map((problem) => problem.split(' ')[1]),
    ['server.tls.cert:', 'server.tls.key:'],
  );
});

test('the keys of the example are sample keys, refused where others can call', (t) => {
  const { problems } = createJudge(t).judge(text.replace('"listen": "127.0.0.1"', '"listen": "0.0.0.0"'));
  assert.equal(problems.filter((problem) => problem.includes('published in a document')).length, 3);
  const shown = [...text.matchAll(/"(example-[^"]*)"/g)].map(([, key]) => key);
  assert.deepEqual(new Set(shown), new Set([...sampleKeys].filter((key) => key.startsWith('example-'))));
});

test('the example shows every name that a config may have', () => {
  assert.ok(names.length > 30);
  assert.deepEqual(
    names.map(([name]) => name).filter((name) => !text.includes(`"${name}"`)),
    [],
  );
});

test('what the example says to be the default is the default', () => {
  const example = parse(text) as Record<string, Record<string, unknown>>;
  const shown = {
    ...example['server'],
    ...example['dsm'],
    ...(example['tasks']?.['lights'] as object),
    ...(example['tasks'] as Record<string, Record<string, object>>)['lights']?.['queue'],
    ...(example['server']?.['rateLimit'] as object),
  };
  // The admin part is shown in comments, and has names of the server part with defaults of its own.
  const { admin: _, ...parts } = whole.properties ?? {};
  const defaults = listNames({ properties: parts }).filter(
    ([name, schema]) =>
      schema.default !== undefined && name in shown && !['listen', 'rateLimit', 'queue'].includes(name),
  );
  assert.ok(defaults.length > 20);
  for (const [name, schema] of defaults)
    assert.deepEqual(shown[name as keyof typeof shown], schema.default, name);
});

test('the committed JSON Schema is current', () => {
  assert.equal(schemaText, renderJsonSchema(), 'run `npm run schema`');
});

test('the JSON Schema asks for nothing that has a default, and describes each name that is not described by its place', () => {
  const schema = JSON.parse(schemaText) as Schema & { required: string[] };
  assert.deepEqual(schema.required, ['server', 'tasks']);
  assert.deepEqual(
    names
      .filter(([name, below]) => !('description' in below) && !['label', 'key'].includes(name))
      .map(([name]) => name),
    [],
  );
});
