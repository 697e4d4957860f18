// Imports point downwards only.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const src = path.join(import.meta.dirname, '../src');

/** The house from the roof to the cellar; those on one line may not import one another. */
const floors = [
  ['main.ts'],
  ['cli/'],
  ['daemon/'],
  ['nas/'],
  ['config/'],
  ['admin/'],
  ['admin/pages/'],
  ['admin/gate/'],
  ['http/'],
  ['http/pages/'],
  ['languages/', 'listener/'],
  ['entry/', 'notify/', 'icons/'],
  ['runs/'],
  ['tasks.ts'],
  ['runners/'],
  ['dsm/'],
  ['history/', 'attempts/'],
  ['processes/'],
  ['log/'],
  ['slots.ts', 'append-file.ts'],
  ['outcome.ts'],
  ['reasons/'],
  ['look.ts', 'values/'],
  [
    'bug.ts',
    'checked-connection.ts',
    'clock.ts',
    'errors.ts',
    'health.ts',
    'icon.ts',
    'keys.ts',
    'node-version.ts',
    'output-ring.ts',
    'until-aborted.ts',
    'untrusted-text.ts',
  ],
];

/** The only rooms that may import an outside package. */
const owners: Record<string, readonly string[]> = {
  fastify: ['http/', 'admin/'],
  '@fastify/rate-limit': ['http/'],
  execa: ['processes/'],
  'node:child_process': [],
  pino: ['log/'],
  'prom-client': ['admin/'],
  'jsonc-parser': ['config/'],
  '@resvg/resvg-wasm': ['icons/'],
};

const files = fs
  .readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'));
const isIn = (file: string, room: string): boolean =>
  room.endsWith('/') ? file.startsWith(room) : file === room;
/** The floor of the innermost room that a file is in. */
const floorOf = (file: string): number => {
  const [room] = floors
    .flat()
    .filter((room) => isIn(file, room))
    .sort((a, b) => b.length - a.length);
  return floors.findIndex((rooms) => rooms.some((other) => other === room));
};
const importsOf = (file: string): string[] =>
  [
    ...fs
      .readFileSync(path.join(src, file), 'utf8')
      .matchAll(/(?:from|import) '([^']+)'|import\('([^']+)'\)/g),
  ].map(([, a, b]) => a ?? b ?? '');

test('every file stands on a floor', () => {
  assert.deepEqual(
    files.filter((file) => floorOf(file) === -1),
    [],
  );
});

test('a file imports only from its own room and from floors below', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith('.') && name.endsWith('.ts'))
      .map((name) => path.relative(src, path.join(src, path.dirname(file), name)))
      .filter((to) => {
        const isSameRoom = file.includes('/') && path.dirname(file) === path.dirname(to);
        return !isSameRoom && floorOf(to) <= floorOf(file);
      })
      .map((to) => `${file} imports ${to}`),
  );
  assert.deepEqual(wrong, []);
});

test('gates and pages know no web framework: data in, decisions or HTML out', () => {
  const rooms = ['http/pages/', 'admin/pages/', 'admin/gate/'];
  const wrong = files.filter(
    (file) => rooms.some((room) => isIn(file, room)) && importsOf(file).includes('fastify'),
  );
  assert.deepEqual(wrong, []);
});

test('only one room touches each outside thing', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => owners[name]?.some((room) => isIn(file, room)) === false)
      .map((name) => `${file} imports ${name}`),
  );
  assert.deepEqual(wrong, []);
});

/** Longer than a file should be, and why. */
const longFiles: Record<string, string> = {
  'languages/de.ts': 'a language is one file',
  'languages/en.ts': 'a language is one file',
  'languages/fr.ts': 'a language is one file',
};

test('a file is small enough to be read at once, but for those named here', () => {
  const large = files.filter(
    (file) => !(file in longFiles) && fs.readFileSync(path.join(src, file), 'utf8').split('\n').length > 310,
  );
  assert.deepEqual(large, []);
});
