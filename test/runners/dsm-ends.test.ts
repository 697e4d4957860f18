// Which end of a run is reported, for whatever DSM shows of it: each exit type and number, saved or not, still running or not, with a lapse or without.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Outcome } from '../../src/outcome.ts';
import { until } from '../support/daemon.ts';
import { startFakeDsm } from '../support/fake-dsm/fake-dsm.ts';
import { createAccess, createTestClient } from '../support/web-api.ts';

const failed = (how: number | string): Outcome =>
  typeof how === 'number' ? { kind: 'failed', exitCode: how } : { kind: 'failed', reason: how };
const unconfirmed = (reason: string): Outcome => ({ kind: 'unconfirmed', reason });
const notHow = unconfirmed('DSM says that it ended, but not how.');
const interrupted = failed('DSM says that it was interrupted.');
const notFound = failed(
  'DSM says that it was interrupted: most likely a command was not found (exit status 127).',
);
const crashed = failed('DSM says that it crashed.');
const signalled = failed('DSM says that a signal ended it.');
const unseen = unconfirmed(
  'DSM took the start, but does not report how the task ended. To learn it, switch on "Save output results" in DSM: Control Panel > Task Scheduler > Settings.',
);
const lasting = unconfirmed(
  'DSM started the task and did not report its end in time. It may still be running: DSM offers no way to stop it.',
);

/** What is reported of an end that DSM shows, by exit type and number; '' stands for a type that DSM leaves out. */
const ends: readonly (readonly [exitType: string, exitCode: number, Outcome])[] = [
  ['normal', 0, { kind: 'succeeded', exitCode: 0 }],
  ['normal', 3, failed(3)],
  ['normal', 127, failed(127)],
  ['by_signal', 0, signalled],
  ['by_signal', 3, failed(3)],
  ['by_signal', 127, failed(127)],
  ['coredump', 0, crashed],
  ['coredump', 2, failed(2)],
  ['stop', 0, notFound],
  ['stop', 19, failed(19)],
  ['continue', 0, interrupted],
  ['continue', 1, failed(1)],
  ['status_unknown', 0, notHow],
  ['Normal', 0, notHow],
  ['正常', 0, notHow],
  ['constructor', 0, notHow],
  ['odd', 3, failed(3)],
  ['', 0, notHow],
  ['', 3, failed(3)],
];

const lapses = [undefined, 105, 119] as const;

// A few at a time: each is 38 runs, and a call of DSM may take 20 s.
suite('ends of tasks of DSM', { concurrency: 4 }, () => {
  for (const isSaved of [true, false])
    for (const isLasting of [false, true])
      for (const lapse of lapses)
        test(`results ${isSaved ? 'saved' : 'not saved'}, ${isLasting ? 'still running' : 'over'}, ${lapse === undefined ? 'no lapse' : `a lapse with error ${lapse}`}`, async (t) => {
          const parts = ends.map(([exitType, exitCode]) => ({
            exitType,
            exitCode,
            ms: isLasting ? ('held' as const) : 1300,
          }));
          const dsm = await startFakeDsm(t, {
            scheduled: parts.map((part, i) => ({ id: i + 1, ...part })),
            triggered: parts.map((part, i) => ({ name: `task ${i}`, ...part })),
            settings: { isOutputSaved: isSaved, keepsLastEnd: true },
          });
          const client = createTestClient(t, createAccess(dsm), { followMs: isLasting ? 120_000 : 5000 });
          const stop = new AbortController();
          const names = [...ends.map((_, i) => i + 1), ...ends.map((_, i) => `task ${i}`)];
          const running = Promise.all(names.map(async (name) => await client.run(name, stop.signal)));
          await until(() => (dsm.starts().length === names.length ? true : undefined), 'the starts');
          if (lapse !== undefined) dsm.endSessions(lapse);
          if (isLasting) {
            const looks = (): number =>
              dsm.calls.filter(({ method }) =>
                ['get', 'result_list', 'get_history_status_list'].includes(method),
              ).length;
            const first = looks();
            await until(() => (looks() > first + 4 * names.length ? true : undefined), 'looks at each');
            stop.abort();
          }
          const outcomes = (await running).map((outcome) => Outcome.parse(outcome));
          // Of a scheduled task DSM shows nothing beside its history; of a triggered one, the state of the task.
          const expected = names.map((name, i): Outcome => {
            if (isLasting) return lasting;
            return !isSaved && typeof name === 'number'
              ? unseen
              : (ends[i % ends.length]?.[2] ?? assert.fail());
          });
          assert.deepEqual(
            outcomes.map((outcome, i) => [names[i], ends[i % ends.length]?.slice(0, 2), outcome]),
            expected.map((outcome, i) => [names[i], ends[i % ends.length]?.slice(0, 2), outcome]),
          );
          assert.equal(dsm.starts().length, names.length, 'each was started once');
          assert.equal(
            dsm.calls.filter(({ method }) => method === 'run').length,
            names.length,
            'DSM was asked to start once',
          );
        });
});
