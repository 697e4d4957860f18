// How the daemon is: each thing that is wrong, in one line, with what follows from it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHealth, type HealthParts } from '../../src/daemon/health.ts';
import { parseHealthJson, renderHealthJson } from '../../src/health.ts';

const well: HealthParts = {
  config: { refused: undefined },
  isLogWritten: true,
  historyProblem: undefined,
  workerProblem: undefined,
  dsmStates: [
    { name: 'DSM', way: 'synoschedtask', reason: 'It is there.', health: 'ok' },
    { name: 'attic', way: 'webapi', reason: '', health: 'unused' },
  ],
  closed: [],
};
const refused = {
  at: '2026-11-21T00:00:00.000Z',
  message: 'Cannot use config.json: 1 problem',
  problems: ['config.json:1:1 …'],
};
const failing = { way: 'webapi', reason: 'The password is wrong.', health: 'failing' } as const;

test('nothing is wrong with a daemon that is well', () => {
  assert.deepEqual(toHealth(well), []);
});

const cases: readonly (readonly [parts: Partial<HealthParts>, what: string, message: string])[] = [
  [
    { config: { refused } },
    'config',
    'Cannot use config.json: 1 problem; the daemon continues with the last good one',
  ],
  [{ isLogWritten: false }, 'log', 'The log cannot be written; no task is started until it can be'],
  [
    { historyProblem: 'ENOSPC' },
    'history',
    'The history cannot be written (ENOSPC); no task is started until it can be',
  ],
  [{ closed: [{ what: 'listen', message: 'Cannot listen' }] }, 'listen', 'Cannot listen'],
  [{ dsmStates: [{ name: 'DSM', ...failing }] }, 'dsm', 'The password is wrong.'],
  [{ dsmStates: [{ name: 'attic', ...failing }] }, 'dsm', 'attic: The password is wrong.'],
];

test('each thing that is wrong is told, and comes through JSON as it is', () => {
  for (const [parts, what, message] of cases) {
    const health = toHealth({ ...well, ...parts });
    assert.deepEqual(health, [{ what, message }]);
    assert.deepEqual(parseHealthJson(renderHealthJson(health)), health);
  }
});
