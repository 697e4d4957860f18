// The client of DSM's Web API: signing in seldom and never twice at once, keeping the session, renewing it, and saying what is wrong.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type net from 'node:net';
import { systemClock, type Clock } from '../../src/clock.ts';
import { createDsmClient } from '../../src/dsm/client.ts';
import { createDsmHttp } from '../../src/dsm/http.ts';
import type { WebApiAccess } from '../../src/dsm/options.ts';
import { account, password, startFakeDsm, type Fault } from '../support/fake-dsm/fake-dsm.ts';
import { createTestLogger } from '../support/logger.ts';
import { createAccess, createTestClient } from '../support/web-api.ts';

/** A clock that the test moves on. */
function createClock(): Clock & { tick(ms: number): void } {
  let now = 0;
  return { nowMs: () => now, wallMs: () => Date.now(), tick: (ms) => void (now += ms) };
}
const kindsOf = (answers: readonly { readonly kind: string }[]): string =>
  answers.map(({ kind }) => kind).join(' ');
const hour = 3_600_000;

suite('client', { concurrency: true }, () => {
  test('signs in once for many calls at once, with the newest version that it knows, at the path that DSM names', async (t) => {
    const cases = [
      { profile: 7, login: '7', path: 'entry.cgi' },
      { profile: 6, login: '6', path: 'auth.cgi' },
      { profile: 5, login: '4', path: 'auth.cgi' },
    ] as const;
    for (const { profile, login, path } of cases) {
      const dsm = await startFakeDsm(t, { profile });
      const { client, list, log } = createTestClient(t, createAccess(dsm));
      assert.deepEqual([dsm.calls.length, client.health()], [0, { kind: 'unused' }]);
      assert.equal(
        kindsOf(await Promise.all(Array.from({ length: 20 }, list))),
        Array(20).fill('answered').join(' '),
      );
      const logins = dsm.calls.filter(({ method }) => method === 'login');
      assert.deepEqual(
        logins.map((call) => [call.params.get('version'), call.path, call.httpMethod, call.url]),
        [[login, path, 'POST', `/webapi/${path}`]],
      );
      assert.deepEqual(
        [client.health(), dsm.signIns, log.map(({ event }) => event)],
        [{ kind: 'signed-in' }, [0], ['dsm-signed-in']],
      );
      await client.close();
      assert.equal(dsm.sessions(), 0);
    }
  });

  test('a session that has lapsed is renewed once, and the call repeated', async (t) => {
    for (const code of [105, 106, 107, 119, 150]) {
      const dsm = await startFakeDsm(t);
      const clock = createClock();
      const { list } = createTestClient(t, createAccess(dsm), { clock });
      await list();
      clock.tick(hour);
      dsm.endSessions(code);
      assert.equal(
        kindsOf(await Promise.all([list(), list(), list()])),
        'answered answered answered',
        String(code),
      );
      assert.deepEqual(dsm.signIns, [0, 0]);
    }
  });

  test('if DSM refuses each session at once, the client reports it after one renewal, and signs in less often', async (t) => {
    const dsm = await startFakeDsm(t, {
      settings: { fault: ({ method }) => (method === 'list' ? 'error 119' : undefined) },
    });
    const clock = createClock();
    const { list, client } = createTestClient(t, createAccess(dsm), { clock });
    const first = await list();
    assert.deepEqual([first.kind, dsm.signIns], ['refused', [0, 0]]);
    clock.tick(hour);
    let calls = 0;
    for (let ms = 0; ms < hour; ms += 60_000, calls++) {
      clock.tick(60_000);
      const answer = await list();
      assert.notEqual(answer.kind, 'answered');
    }
    assert.ok(dsm.signIns.length < calls * 1.2, `${dsm.signIns.length} sign-ins in an hour`);
    assert.equal(client.health().kind, 'signed-out');
  });

  test('after a refusal of account, password or code: one attempt, one line, a clear state, and an hour of silence', async (t) => {
    const cases: [parts: Partial<WebApiAccess>, refusal: number | undefined, code: number, words: RegExp][] =
      [
        [
          { password: 'wrong' },
          undefined,
          400,
          /the account or the password is wrong; correct dsm\.webapi\.account/,
        ],
        [{ account: 'nobody' }, undefined, 400, /the account or the password is wrong/],
        [{ session: 'Core' }, undefined, 402, /dsm\.webapi\.session/],
        [{ account: 'careful' }, undefined, 403, /remotetask device-token/],
        [
          { account: 'careful', deviceToken: 'stale' },
          undefined,
          403,
          /no longer takes the device token; .*remotetask device-token/,
        ],
        ...[401, 406, 407, 408, 409, 410, 411].map((code): [object, number, number, RegExp] => [
          {},
          code,
          code,
          /Control Panel|sign in to DSM/,
        ]),
      ];
    await Promise.all(
      cases.map(async ([parts, refusal, code, words]) => {
        const accounts = {
          [account]: refusal === undefined ? { password } : { password, refusal },
          careful: { password, otp: '123456' },
        };
        const dsm = await startFakeDsm(t, { settings: { accounts } });
        const clock = createClock();
        const { list, client, log } = createTestClient(t, createAccess(dsm, parts), { clock });
        const answers = [...(await Promise.all([list(), list(), list()])), await list()];
        clock.tick(hour - 60_000);
        answers.push(await list());
        assert.equal(kindsOf(answers), Array(5).fill('unanswered').join(' '));
        for (const answer of answers) {
          assert.ok(answer.kind === 'unanswered' && answer.isLasting && !answer.mayHaveActed);
          assert.match(answer.reason, words);
          assert.match(
            answer.reason,
            new RegExp(
              `^DSM refused the sign-in: .* \\(error ${code}\\)\\. The sign-in is tried again in (?:1 h|1 min)\\.$`,
            ),
          );
        }
        assert.deepEqual(dsm.signIns, [code]);
        const health = client.health();
        assert.ok(health.kind === 'failing' && health.retryInMs === 60_000 && words.test(health.reason));
        assert.deepEqual(
          log.map(({ level, event, code }) => [level, event, code]),
          [[50, 'dsm-sign-in-failed', code]],
        );
        clock.tick(60_000);
        dsm.set({ accounts: { [parts.account ?? account]: { password: parts.password ?? password } } });
        const later = await list();
        assert.equal(later.kind, code === 402 ? 'unanswered' : 'answered');
      }),
    );
  });

  test('a guess an hour never blocks the address; nor does DSM being away', async (t) => {
    const dsm = await startFakeDsm(t, {
      settings: { accounts: {}, autoBlock: { failures: 3, windowMs: 1e9, blockMs: 1e9 } },
    });
    const clock = createClock();
    const { list } = createTestClient(t, createAccess(dsm), { clock });
    for (let minute = 0; minute < 100; minute++) {
      await list();
      clock.tick(60_000);
    }
    assert.deepEqual(dsm.signIns, [400, 400]);
  });

  test('a sign-in that failed for a passing reason is repeated, at growing intervals', async (t) => {
    const faults: Fault[] = [
      '502',
      'html',
      'empty',
      'truncated',
      'cut',
      'cut-after',
      'error 100',
      'error 117',
      'error 118',
    ];
    await Promise.all(
      faults.map(async (fault) => {
        const dsm = await startFakeDsm(t, {
          settings: { fault: ({ method }) => (method === 'login' ? fault : undefined) },
        });
        const clock = createClock();
        const { list, client, log } = createTestClient(t, createAccess(dsm), { clock });
        const answers = [];
        for (let minute = 0; minute < 60; minute++) {
          answers.push(await list());
          clock.tick(60_000);
        }
        const tried = dsm.calls.filter(({ method }) => method === 'login').length;
        assert.ok(tried >= 10 && tried <= 20, `${fault}: ${tried} sign-ins in an hour`);
        assert.ok(
          answers.every(
            (answer) => answer.kind === 'unanswered' && !answer.mayHaveActed && !answer.isLasting,
          ),
          fault,
        );
        assert.equal(log.filter(({ event }) => event === 'dsm-sign-in-failed').length, 1, `${fault}: lines`);
        dsm.set({ fault: () => undefined });
        clock.tick(300_000);
        assert.equal((await list()).kind, 'answered', fault);
        assert.deepEqual(client.health(), { kind: 'signed-in' });
      }),
    );
  });

  test('a call that was sent and not answered may have been done; one that was not sent was not', async (t) => {
    const cases: [Fault | 'down', mayHaveActed: boolean, words: RegExp][] = [
      ['down', false, /takes no connections.*\(ECONNREFUSED\)\.$/],
      ['cut', true, /broke the connection off \(ECONNRESET\)\.$/],
      ['cut-after', true, /broke the connection off/],
      ['502', true, /may be starting up/],
      ['html', true, /is not DSM's Web API \(HTTP 200\)/],
      ['empty', true, /is not DSM's Web API/],
      ['truncated', true, /is not DSM's Web API/],
      ['huge', true, /too large/],
      ['redirect', true, /give dsm\.webapi\.url as it is after the redirect/],
    ];
    for (const [fault, mayHaveActed, words] of cases) {
      const dsm = await startFakeDsm(t);
      const { list } = createTestClient(t, createAccess(dsm));
      await list();
      if (fault === 'down') await dsm.down();
      else dsm.set({ fault: () => fault });
      const answer = await list();
      assert.ok(answer.kind === 'unanswered' && answer.mayHaveActed === mayHaveActed, fault);
      assert.match(answer.reason, words);
    }
  });

  test('the reason names the remedy for an account that is no administrator, and for a forced old login', async (t) => {
    const accounts = { [account]: { password, isAdmin: false } };
    const { list } = createTestClient(t, createAccess(await startFakeDsm(t, { settings: { accounts } })));
    const answer = await list();
    assert.ok(answer.kind === 'refused' && answer.code === 105);
    assert.match(
      answer.reason,
      /put it into the group administrators, and leave dsm\.webapi\.versions\.login to its default; .* \(error 105\)\.$/,
    );
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7 }] });
    const old = createTestClient(t, createAccess(dsm, { versions: { login: 6 } }));
    assert.match((await old.run(7)).reason ?? '', /error 105/);
    assert.equal(dsm.calls.find(({ method }) => method === 'login')?.version, 6);
  });

  test('error 105 in a session that has worked is a lapse, once; what stays denied is reported, without another sign-in', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7 }] });
    const clock = createClock();
    const { list, client } = createTestClient(t, createAccess(dsm), { clock });
    const never = new AbortController().signal;
    const start = async (): ReturnType<typeof client.call> =>
      await client.call(
        { api: 'SYNO.Core.TaskScheduler', method: 'run', forms: [{ version: 2, params: { tasks: [] } }] },
        never,
      );
    await list();
    clock.tick(hour);
    dsm.set({ fault: ({ method }) => (method === 'run' ? 'error 105' : undefined) });
    const first = await start();
    assert.deepEqual([first.kind === 'refused' && first.code, dsm.signIns], [105, [0, 0]]);
    clock.tick(60_000);
    for (let n = 0; n < 5; n++) assert.equal((await start()).kind, 'refused');
    assert.deepEqual(dsm.signIns, [0, 0], 'another sign-in does not help');
    dsm.endSessions(105);
    assert.equal((await list()).kind, 'answered');
    assert.deepEqual(dsm.signIns, [0, 0, 0]);
  });

  test('a name with several addresses: all calls of a session go where the sign-in went, else there is another sign-in', async (t) => {
    const dsm = await startFakeDsm(t);
    const { port } = new URL(dsm.url);
    const { logger } = createTestLogger();
    const access = createAccess({ url: `http://nas.test:${port}` });
    let asked = 0;
    let addresses = ['127.0.0.1', '127.0.0.2'];
    const lookup: net.LookupFunction = (_name, options, answer) => {
      const address = addresses[asked++ % addresses.length] ?? '';
      if (options.all === true) answer(null, [{ address, family: 4 }]);
      else answer(null, address, 4);
    };
    const client = createDsmClient({
      name: '',
      access,
      logger,
      clock: systemClock,
      send: createDsmHttp(access, lookup),
    });
    t.after(async () => await client.close());
    const call = async (): ReturnType<typeof client.call> =>
      await client.call(
        { api: 'SYNO.Core.TaskScheduler', method: 'list', forms: [{ version: 3, params: {} }] },
        new AbortController().signal,
      );
    for (let n = 0; n < 4; n++) assert.equal((await call()).kind, 'answered');
    assert.deepEqual([asked, dsm.signIns], [1, [0]], 'nothing listens at the other address');
    addresses = ['127.0.0.1'];
    await dsm.down();
    assert.equal((await call()).kind, 'unanswered');
    await dsm.up();
    assert.equal((await call()).kind, 'answered');
    assert.deepEqual(dsm.signIns, [0, 0]);
  });

  test('a refusal of the second step names what it may mean: the token, the code, or adaptive MFA', async (t) => {
    const accounts = { [account]: { password, otp: '123456' } };
    const reasonOf = async (
      parts: Partial<WebApiAccess>,
      secondSteps: readonly string[],
    ): Promise<string> => {
      const dsm = await startFakeDsm(t, { settings: { accounts, secondSteps } });
      const answer = await createTestClient(t, createAccess(dsm, parts)).list();
      return 'reason' in answer ? answer.reason : '';
    };
    assert.match(
      await reasonOf({ deviceToken: 'old' }, ['otp']),
      /no longer takes the device token; make a new one .*Adaptive MFA/,
    );
    assert.match(
      await reasonOf({}, ['authenticator', 'fido', 'otp']),
      /has two-factor authentication; run `remotetask device-token`.*Adaptive MFA/,
    );
    assert.match(
      await reasonOf({}, ['authenticator', 'fido']),
      /wants a second step that is no one-time code.*Adaptive MFA/,
    );
  });

  test('a path from DSM that leads elsewhere is not followed', async (t) => {
    const dsm = await startFakeDsm(t);
    const { list } = createTestClient(t, createAccess({ url: `${dsm.url}/x` }));
    assert.equal((await list()).kind, 'unanswered');
    const { parseApis } = await import('../../src/dsm/wire.ts');
    const paths = [
      'entry.cgi',
      'a/b.cgi',
      `${'_'.repeat(55)}entry.cgi`,
      '../x.cgi',
      '/x',
      'http://x/',
      'x?y',
      'x#y',
      'x y',
      '',
      'a//b',
      '%2e%2e/x',
    ];
    const apis = parseApis(
      Object.fromEntries(paths.map((path) => [path, { path, minVersion: 1, maxVersion: 1 }])),
    );
    assert.deepEqual([...(apis?.keys() ?? [])], paths.slice(0, 3));
  });
});
