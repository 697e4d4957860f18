// Imports point downwards only.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const src = path.join(import.meta.dirname, '../src');

/** The house from the roof to the cellar; those on one line may not import one another. */
const floors = [
  ['executable.ts'],
  ['main.ts'],
  ['cli/'],
  ['daemon/'],
  ['config/'],
  ['admin/'],
  ['admin/pages/'],
  ['admin/gate/'],
  ['http/'],
  ['http/pages/'],
  ['languages/', 'listener/'],
  ['entry/', 'notify/', 'icons/'],
  ['follow-ups/'],
  ['runs/'],
  ['worker/'],
  ['nas/'],
  ['tasks.ts'],
  ['runners/'],
  ['dsm/'],
  ['history/', 'attempts/'],
  ['processes/'],
  ['log/'],
  ['slots.ts', 'append-file.ts'],
  ['outcome.ts'],
  ['reasons/'],
  ['look.ts', 'values/', 'terminal-text/'],
  [
    'bug.ts',
    'called.ts',
    'checked-connection.ts',
    'clock.ts',
    'errors.ts',
    'fold-text.ts',
    'health.ts',
    'icon.ts',
    'keys.ts',
    'node-version.ts',
    'opaque-value.ts',
    'output-ring.ts',
    'read-backwards.ts',
    'until-aborted.ts',
    'untrusted-text.ts',
  ],
  ['program-file.ts'],
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
  'get-east-asian-width': ['terminal-text/'],
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

/** What the worker is for: to start and watch processes, and to ask DSM. */
const work = ['runners/', 'dsm/', 'processes/'];
const rooms = ['http/', 'listener/', 'entry/', 'runs/', 'attempts/', 'notify/', 'icons/', 'admin/'];
/** What does such work in the server, and why. */
const workInServer: Record<string, string> = {
  'icons/drawing.ts': 'a picture is drawn in a process of the same user, for its memory',
};

test('the rooms of the server do none of the work of the worker, but for those named here', () => {
  const isNamed = (file: string): boolean => Object.keys(workInServer).some((room) => isIn(file, room));
  const found = files
    .filter((file) => rooms.some((room) => isIn(file, room)))
    .filter((file) => {
      const text = fs.readFileSync(path.join(src, file), 'utf8');
      const names = [...text.matchAll(/^import (?!type )[^;]*? from '([^']+)'/gm)].map(
        ([, name]) => name ?? '',
      );
      const all = names.map((name) => path.relative(src, path.join(src, path.dirname(file), name)));
      return all.some((to) => work.some((room) => isIn(to, room)));
    });
  assert.deepEqual(
    found.filter((file) => !isNamed(file)),
    [],
  );
  const idle = Object.keys(workInServer).filter((room) => !found.some((file) => isIn(file, room)));
  assert.deepEqual(idle, []);
});

const oneLanguage = 'a language is one file';
const oneState = 'its inner functions share one state';

/** Longer than a file should be, and why. */
const longFiles: Record<string, string> = {
  'languages/de.ts': oneLanguage,
  'languages/en.ts': oneLanguage,
  'languages/fr.ts': oneLanguage,
  'reasons/english-dsm.ts': 'a table of texts',
};

/** Longer than a function should be, and why. */
const longFunctions: Record<string, string> = {
  createConfigInForce: oneState,
  createDsmClient: oneState,
  createDsmJudge: oneState,
  createFollowUps: oneState,
  createLineWriter: oneState,
  createNotifier: oneState,
  createMetrics: 'a list of metrics',
  startDaemon: 'a list of the parts of a daemon',
  createPipes: oneState,
  createPlans: oneState,
  createRemembered: oneState,
  createScreen: oneState,
  createWebApiGate: oneState,
  createWorker: oneState,
  createWorkerClient: oneState,
  openHistoryFile: oneState,
};

const linesOf = (file: string): string[] =>
  fs.readFileSync(path.join(src, file), 'utf8').trimEnd().split('\n');
/** The names of the functions of a file that have more than 100 lines; the formatter puts their ends where they are looked for. */
const longFunctionsOf = (file: string): string[] => {
  const lines = linesOf(file);
  return lines.flatMap((line, from) => {
    const name = /^(?:export )?(?:async )?function\*? (\w+)/.exec(line)?.[1];
    const length = name === undefined ? 0 : lines.slice(from).indexOf('}') + 1;
    return name !== undefined && length > 100 ? [name] : [];
  });
};

test('a file is small enough to be read at once, but for those named here', () => {
  const long = files.filter((file) => linesOf(file).length > 200);
  assert.deepEqual(long.toSorted(), Object.keys(longFiles).toSorted());
});

test('a function is small enough to be read at once, but for those named here', () => {
  const found = files.flatMap(longFunctionsOf);
  assert.deepEqual(found.toSorted(), Object.keys(longFunctions).toSorted());
});
