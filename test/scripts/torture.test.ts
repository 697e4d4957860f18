// The torture of `npm run torture`: its model finds what is wrong, and a few kills find nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { findViolations, type Facts } from '../../scripts/torture/model.ts';

const life = { fromSeconds: 100, untilSeconds: 200, hadRoom: true };
const trace = (exitCode: number, endSeconds = 120): Facts['traces'] =>
  new Map([['a', { begun: [{ pid: 1, atSeconds: 110 }], ended: [{ exitCode, atSeconds: endSeconds }] }]]);
const clean: Facts = {
  acknowledged: [{ run: 'a', task: 'x', isOthers: false, idempotencyKey: 'key' }],
  brokenCalls: 0,
  starts: new Set(['a']),
  ends: new Map([['a', [{ kind: 'failed', exitCode: 3 }]]]),
  traces: trace(3),
  lives: [life],
  leftOver: [],
};
const endedAs = (kind: string, more: object = {}): Partial<Facts> => ({
  ends: new Map([['a', [{ kind, ...more }]]]),
});
const begun = { pid: 1, atSeconds: 110 };

test('the model finds each promise that was broken, and nothing where none was', () => {
  const unbegun = { traces: new Map() } satisfies Partial<Facts>;
  const kept: Partial<Facts>[] = [
    {},
    { ...endedAs('succeeded', { exitCode: 0 }), traces: trace(0) },
    { ...endedAs('lost'), traces: trace(3, 199) },
    { ...endedAs('lost'), lives: [{ ...life, hadRoom: false }] },
    { ...endedAs('lost'), ...unbegun },
    { ...endedAs('failed'), ...unbegun },
    { ...endedAs('failed', { signal: 'SIGPIPE' }), traces: new Map([['a', { begun: [begun], ended: [] }]]) },
    { acknowledged: [], brokenCalls: 1 },
    { ends: new Map([['a', Array.from({ length: 2 }, () => ({ kind: 'failed', exitCode: 3 }))]]) },
  ];
  for (const facts of kept) assert.deepEqual(findViolations({ ...clean, ...facts }), []);
  const broken: [facts: Partial<Facts>, violation: RegExp][] = [
    [{ starts: new Set() }, /told of the run a of x, which is not in the history/],
    [{ acknowledged: [], starts: new Set() }, /a was started and is not in the history/],
    [{ acknowledged: [] }, /No caller was told of 1 runs, but only 0 calls broke/],
    [
      { traces: new Map([['a', { begun: [begun, begun], ended: [{ exitCode: 3, atSeconds: 120 }] }]]) },
      /started 2 times/,
    ],
    [{ ends: new Map([['a', [{ kind: 'lost' }, { kind: 'failed', exitCode: 3 }]]]) }, /has 2 ends/],
    [
      {
        acknowledged: ['a', 'b'].map((run) => ({ run, task: 'x', isOthers: false, idempotencyKey: 'key' })),
        starts: new Set(['a']),
      },
      /x with the Idempotency-Key key was started as a and b/,
    ],
    [{ ends: new Map() }, /a has no end/],
    [endedAs('failed', { exitCode: 4 }), /but its program ended with 3/],
    [{ ...endedAs('succeeded', { exitCode: 0 }), traces: new Map() }, /but its program ended with nothing/],
    [endedAs('failed', { signal: 'SIGTERM' }), /but its program ended with 3/],
    [endedAs('failed'), /as if it had not begun, but it did/],
    [endedAs('lost'), /but it ended 80\.0 s before its daemon did/],
    [endedAs('unconfirmed'), /which no task here does/],
    [{ leftOver: [77] }, /The process 77 of a task still lives/],
  ];
  for (const [facts, violation] of broken)
    assert.match(findViolations({ ...clean, ...facts }).join('\n'), violation);
});

test('three kills at moments that are always the same break no promise', () => {
  const script = path.join(import.meta.dirname, '../../scripts/torture.ts');
  const printed = execFileSync(process.execPath, [script, '--sources', '--kills', '3', '--seed', '1'], {
    encoding: 'utf8',
  });
  assert.match(printed, /^Violations +0$/m);
});
