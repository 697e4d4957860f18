// Answers of DSM that are not understood: the log shows their first lines, once, and callers never see them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallDsm, DsmAnswer } from '../../src/dsm/call.ts';
import { createDsmRunner } from '../../src/runners/dsm.ts';
import { createUnclearLog } from '../../src/runners/unclear.ts';
import { createTestLogger } from '../support/logger.ts';
import { runInDsm } from '../support/run-in-dsm.ts';

/** Runs task 7 of a DSM that has it and answers so to each method; returns how it ended and the lines of the log. */
async function run(
  answers: Readonly<Record<string, DsmAnswer>>,
): Promise<{ outcome: unknown; log: unknown[]; calls: string[] }> {
  const { logger, lines } = createTestLogger();
  const calls: string[] = [];
  const call: CallDsm = ({ method }) => {
    calls.push(method);
    const list: DsmAnswer = { kind: 'answered', data: { tasks: [{ id: 7 }], total: 1 } };
    return Promise.resolve(answers[method] ?? (method === 'list' ? list : { kind: 'answered', data: [] }));
  };
  const runner = createDsmRunner(
    { call, close: () => Promise.resolve() },
    { followMs: 100, versions: {}, tellUnclear: createUnclearLog(logger, { nas: 'attic' }) },
  );
  const outcome = await runInDsm(runner, 7);
  await runner.close();
  return { outcome, log: lines.map(({ event, nas, lines, msg }) => [event, nas, lines, msg]), calls };
}

const why = { code: 'dsm-late' } as const;
const history = 'DSM answered in a form that is not understood (get_history_status_list).';

test('an unknown shape is in the log once, however often DSM is asked, and its lines nowhere else', async () => {
  const surprise: DsmAnswer = { kind: 'answered', data: { surprise: 'a\u001b[2J' } };
  const { outcome, log, calls } = await run({ get_history_status_list: surprise });
  assert.deepEqual(outcome, { kind: 'failed', reason: history });
  assert.deepEqual(log, [['dsm-unclear', 'attic', ['{', '  "surprise": "a\\u001b[2J"', '}'], history]]);
  assert.ok(calls.filter((method) => method === 'get_history_status_list').length > 1);
});

test('what a start is answered with, and a list of another shape, are in the log as well', async () => {
  const noise: DsmAnswer = {
    kind: 'unanswered',
    reason: 'Noise.',
    why,
    mayHaveActed: false,
    isLasting: true,
    lines: ['boo'],
  };
  assert.deepEqual((await run({ run: noise })).log, [['dsm-unclear', 'attic', ['boo'], 'Noise.']]);
  const { log } = await run({ list: { kind: 'answered', data: 'x' } });
  assert.deepEqual(log, [
    ['dsm-unclear', 'attic', ['"x"'], 'DSM answered in a form that is not understood (list).'],
  ]);
});

test('what is understood, and what has no lines, is not', async () => {
  const refused: DsmAnswer = { kind: 'refused', code: 4800, reason: 'No.', why };
  const silent: DsmAnswer = {
    kind: 'unanswered',
    reason: 'Silence.',
    why,
    mayHaveActed: false,
    isLasting: true,
  };
  for (const answer of [refused, silent]) assert.deepEqual((await run({ run: answer })).log, []);
});
