// DSM's Web API through a real daemon: what is reported of a run in each fault, before the start, at it and after it.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startDaemon } from '../support/daemon.ts';
import { account, password, startFakeDsm, type FakeCall, type Fault } from '../support/fake-dsm/fake-dsm.ts';
import { assertTold, type Told } from '../support/told.ts';

const succeeded: Told = { kind: 'succeeded', exitCode: 0, output: 'done\n' };
const failed = (reason: string): Told => ({ kind: 'failed', reason });
const unconfirmed = (reason: string): Told => ({ kind: 'unconfirmed', reason });

const away = failed('DSM is not ready (HTTP 502): it may be starting up.');
const odd = failed("What answered is not DSM's Web API (HTTP 200): correct dsm.webapi.url.");
const elsewhere = failed(
  'DSM sent the call elsewhere (HTTP 302): give dsm.webapi.url as it is after the redirect.',
);
const cut = failed('DSM cannot be reached: it broke the connection off (ECONNRESET).');
const tooLarge = failed('DSM cannot be reached: its answer was too large (TOO_LARGE).');
const busy = failed(
  'DSM refused the call: it is busy or has an internal error; try again later (error 117).',
);
const unknown = failed('DSM refused the call: the number is not known (error 12345).');
const noAdministrator = failed(
  'DSM refused the call: the account may not do this; put it into the group administrators, and leave dsm.webapi.versions.login to its default; a virtual DSM may refuse it to every account (error 105).',
);
const notKnown = unconfirmed('DSM did not answer: whether the task was started is not known.');
/** What the state of the task shows, beside a history that is not to be had. */
const noHistory: Told = { kind: 'succeeded', exitCode: 0 };
const withoutOutput = (reason: string): Told => ({
  ...succeeded,
  output: `[What it printed cannot be had. ${reason}]\n`,
});

/** For each fault, what is reported if DSM has it before the start, at the start, and when it is asked for the output. */
const cases = {
  '502': [away, notKnown, withoutOutput(away.reason ?? '')],
  html: [odd, notKnown, withoutOutput(odd.reason ?? '')],
  empty: [odd, notKnown, withoutOutput(odd.reason ?? '')],
  // It was done: the history shows it.
  truncated: [odd, succeeded, withoutOutput(odd.reason ?? '')],
  huge: [tooLarge, notKnown, withoutOutput(tooLarge.reason ?? '')],
  redirect: [elsewhere, notKnown, withoutOutput(elsewhere.reason ?? '')],
  cut: [cut, notKnown, withoutOutput(cut.reason ?? '')],
  'cut-after': [cut, succeeded, withoutOutput(cut.reason ?? '')],
  slow: [succeeded, succeeded, succeeded],
  'error 117': [
    busy,
    unconfirmed(`${busy.reason ?? ''} Whether the task was started is not known.`),
    withoutOutput(busy.reason ?? ''),
  ],
  // There is no history, as on a DSM that keeps none.
  'error 105': [noHistory, noAdministrator, withoutOutput(noAdministrator.reason ?? '')],
  'error 12345': [noHistory, unknown, withoutOutput(unknown.reason ?? '')],
} as const satisfies Partial<Record<Fault, readonly [before: Told, at: Told, behind: Told]>>;
const methods = ['result_list', 'run', 'result_get_file'] as const;

const toName = (fault: string, method: string): string => `${method}: ${fault}`;
const told = new Map(
  Object.entries(cases).flatMap(([fault, [before, at, behind]]) => [
    [toName(fault, 'result_list'), before],
    [toName(fault, 'run'), at],
    [toName(fault, 'result_get_file'), behind],
  ]),
);
/** The fault that the triggered task of a call is named after. */
const toFault = ({ method, params }: FakeCall): Fault | undefined =>
  (Object.keys(cases) as (keyof typeof cases)[]).find(
    (fault) => params.get('task_name') === JSON.stringify(toName(fault, method)),
  );

suite('webapi through a daemon', { concurrency: true }, () => {
  for (const method of methods)
    test(`curl, page, JSON, log and history agree on a fault of ${method}`, async (t) => {
      const names = [...told.keys()].filter((name) => name.startsWith(`${method}:`));
      const dsm = await startFakeDsm(t, {
        triggered: names.map((name) => ({ name, output: 'done\n' })),
        settings: { fault: toFault },
      });
      const webapi = { url: dsm.url, account, password };
      const daemon = await startDaemon(t, {
        tasks: Object.fromEntries(names.map((name) => [name, { triggered: name, output: 'all' }])),
        more: { dsm: { via: 'webapi', followFor: '10s', webapi } },
      });
      assert.equal(names.length, Object.keys(cases).length);
      await Promise.all(
        names.map(async (name) => await assertTold(daemon, name, told.get(name) ?? assert.fail(name))),
      );
      const starts = dsm.starts();
      assert.equal(new Set(starts).size, starts.length, 'nothing was started twice');
      assert.equal(await daemon.stop(), 0);
      assert.equal(dsm.sessions(), 0);
    });
});
