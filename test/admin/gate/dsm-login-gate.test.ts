// The gate "dsm-login", with a stand-in for DSM's login.cgi: a session of DSM for a visitor who signs in here, and few wrong passwords for DSM.
import assert from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { createDsmJudge } from '../../../src/admin/gate/dsm-judge.ts';
import { createDsmLoginGate } from '../../../src/admin/gate/dsm-login-gate.ts';
import type { AdminGate, SignIn, SignInForm, Visitor } from '../../../src/admin/gate/gate.ts';
import { findTraces } from '../../support/canary.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { createFolder } from '../../support/daemon.ts';
import {
  createFakePrograms,
  toOpenedId,
  type FakePrograms,
  type Moods,
} from '../../support/dsm-programs/dsm-programs.ts';
import { createTestLogger } from '../../support/logger.ts';
import { createTestSignIns } from '../../support/sign-ins.ts';
import { createForm, createVisitor, enter, toWords } from '../../support/visitor.ts';

const password = 'Qx7 "ä&+%=vR2m\'$(K9)';
const accounts = { admin: password, joe: 'joe-Zk81mQ2', 'DOM\\ann': 'ann-Pq01xW9' };
const groups = { admin: '100 101', joe: '100', 'DOM\\ann': '101' };
const wrong = { kind: 'refused', problem: 'wrong-credentials' };
const silent = { kind: 'unavailable', problem: 'silent' };

interface AdminDeps {
  readonly gate: AdminGate;
  readonly programs: FakePrograms;
  readonly clock: TestClock;
  readonly log: Record<string, unknown>[];
  signIn(form: Partial<SignInForm>, visitor?: Partial<Visitor>): Promise<SignIn>;
  /** How often DSM was shown a password. */
  shown(): number;
}

function createSetup(
  t: Parameters<typeof createFolder>[0],
  moods: Partial<Moods> = {},
  maxMs = 60_000,
): AdminDeps {
  const programs = createFakePrograms(path.join(createFolder(t), 'dsm'), { accounts, groups, moods });
  const clock = createTestClock();
  const { logger, lines } = createTestLogger();
  const paths = { authenticateCgi: programs.authenticateCgi, loginCgi: programs.loginCgi, group: 101 };
  const { askPrograms } = createTestSignIns({ programs: { programs: paths, id: programs.id, maxMs } });
  const judge = createDsmJudge({ askPrograms, logger, clock });
  const gate = createDsmLoginGate({ judge, logger, clock });
  return {
    gate,
    programs,
    clock,
    log: lines,
    signIn: async (form, visitor = {}) =>
      await gate.signIn(createForm(form), createVisitor({ isPost: true, ...visitor })),
    shown: () =>
      programs.calls().filter(({ env }) => env['QUERY_STRING']?.startsWith('username=') === true).length,
  };
}

suite('dsm-login gate', { concurrency: true }, () => {
  test('an administrator who signs in gets the session of DSM, and is let in with it', async (t) => {
    for (const moods of [{}, { loginRc: 255, tokens: 'old' }, { csrf: false }] satisfies Partial<Moods>[]) {
      const { gate, programs, signIn, log } = createSetup(t, moods);
      assert.deepEqual(gate.fields, ['account', 'password']);
      assert.deepEqual(await signIn({ account: 'admin', password }), {
        kind: 'signed-in',
        setCookies: [`id=${toOpenedId(0)}; Path=/; HttpOnly`],
      });
      const visitor = createVisitor({ cookieHeader: `id=${toOpenedId(0)}` });
      assert.equal(toWords(await gate.admit(visitor)), 'admin admin');
      const shown = programs.calls().find(({ env }) => env['QUERY_STRING']?.startsWith('username=') === true);
      assert.deepEqual(
        [shown?.args, shown?.env['HTTP_COOKIE'], shown?.env['REMOTE_ADDR']],
        ['', undefined, '192.168.1.5'],
      );
      assert.deepEqual(
        log.map(({ event, user }) => [event, user]),
        [['admin-entered', 'admin']],
      );
      assert.deepEqual(await gate.signOut(visitor), ['id=; Max-Age=0; Path=/; HttpOnly']);
    }
  });

  test('a name of a domain is an account like others', async (t) => {
    const { gate, programs } = createSetup(t);
    const visitor = await enter(gate, { account: 'DOM\\ann', password: accounts['DOM\\ann'] });
    assert.equal(toWords(await gate.admit(visitor)), 'admin DOM\\ann');
    assert.ok(
      programs.calls().some(({ env }) => env['QUERY_STRING'] === 'username=DOM%5Cann&passwd=ann-Pq01xW9'),
    );
  });

  test('no session for others: wrong password, no administrator, nothing typed', async (t) => {
    const { signIn, shown, log } = createSetup(t);
    assert.deepEqual(await signIn({ account: 'admin', password: 'guess' }), wrong);
    assert.deepEqual(await signIn({ account: 'ghost', password }), wrong);
    const { joe } = accounts;
    assert.deepEqual(await signIn({ account: 'joe', password: joe }, { address: '192.168.1.6' }), {
      kind: 'refused',
      problem: 'not-administrator',
    });
    assert.deepEqual(
      log.map(({ event, reason }) => [event, reason]),
      [
        ['admin-sign-in-refused', 'DSM does not take account and password'],
        ['admin-sign-in-refused', 'DSM does not take account and password'],
        ['admin-sign-in-refused', 'the user is not in the group that may enter'],
      ],
    );
    const before = shown();
    for (const form of [{}, { account: 'admin' }, { password }])
      assert.deepEqual(await signIn(form), { kind: 'refused', problem: 'account-missing' });
    for (const form of [
      { account: 'a\nb', password },
      { account: 'admin', password: 'a\0b' },
      { account: 'admin', password: 'a\ud800b' },
      { account: 'a'.repeat(129), password },
      { account: 'admin', password: 'p'.repeat(257) },
    ])
      assert.deepEqual(await signIn(form), wrong);
    assert.equal(shown(), before);
  });

  test('a DSM that does not answer as it should opens nothing', async (t) => {
    const cases: [Partial<Moods>, RegExp][] = [
      [{ login: 'hang' }, /login\.cgi took longer than 1500 ms/],
      [{ login: 'flood' }, /login\.cgi printed more than 4096 bytes|took longer/],
      [{ login: 'junk' }, /not understood \(exit status 0\)/],
      [{ loginRc: 1 }, /not understood \(exit status 1\)/],
      [{ login: 'odd-cookie' }, /no session that can be handed on/],
      [{ authenticateRc: 1 }, /authenticate\.cgi ended with exit status 1/],
      [{ authenticate: 'junk' }, /no user name/],
    ];
    await Promise.all(
      cases.map(async ([moods, reason]) => {
        const { signIn, log } = createSetup(t, moods, moods.login === 'hang' ? 1500 : 60_000);
        assert.deepEqual(await signIn({ account: 'admin', password }), silent, JSON.stringify(moods));
        assert.match(String(log[0]?.['reason']), reason);
      }),
    );
  });

  test('DSM sees fewer wrong passwords than it would block an address for, whichever visitor guesses', async (t) => {
    const { signIn, clock, shown } = createSetup(t);
    for (let n = 0; n < 4; n++) await signIn({ account: 'admin', password: `guess${n}` });
    assert.equal(shown(), 3);
    const refused = await signIn({ account: 'admin', password }, { address: '192.168.1.5' });
    assert.deepEqual(refused, { kind: 'refused', problem: 'too-many', retryAfterSeconds: 300 });
    const atMs: number[] = [];
    for (let second = 0; second < 3600; second += 20, clock.tick(20_000)) {
      const before = shown();
      await Promise.all(
        ['10.0.0.1', '10.0.0.2'].map(
          async (net) =>
            await signIn({ account: 'admin', password: 'guess' }, { address: `${net}${second % 9}` }),
        ),
      );
      for (let n = before; n < shown(); n++) atMs.push(second * 1000);
    }
    const most = Math.max(
      ...atMs.map((from) => atMs.filter((at) => at >= from && at < from + 300_000).length),
    );
    assert.ok(most <= 6 && atMs.length > 20, `${most} in five minutes, ${atMs.length} in an hour`);
  });

  test('a right password counts, however many lapsed sessions were shown from there before', async (t) => {
    const { signIn, gate } = createSetup(t);
    for (let n = 0; n < 10; n++) await gate.admit(createVisitor({ cookieHeader: `id=lapsed${n}` }));
    assert.equal((await signIn({ account: 'admin', password })).kind, 'signed-in');
  });

  test('right passwords do not count as wrong ones, and keep no other visitor waiting', async (t) => {
    const { signIn, gate, shown } = createSetup(t);
    for (let n = 0; n < 10; n++) await enter(gate, { account: 'admin', password });
    assert.equal(shown(), 10);
    for (let n = 0; n < 3; n++)
      assert.deepEqual(await signIn({ account: 'admin', password: 'guess' }), wrong);
    assert.match(JSON.stringify(await signIn({ account: 'admin', password })), /too-many/);
    assert.equal(
      (await signIn({ account: 'admin', password }, { address: '192.168.1.77' })).kind,
      'signed-in',
    );
  });

  test('no password, nor any piece of one, in log, answers or arguments', async (t) => {
    const written: unknown[] = [];
    for (const moods of [
      {},
      { login: 'junk' },
      { loginRc: 1 },
      { login: 'odd-cookie' },
      { authenticate: 'crash' },
    ] satisfies Partial<Moods>[]) {
      const { signIn, log, programs } = createSetup(t, moods);
      for (const form of [
        { account: 'admin', password },
        { account: password, password: 'x' },
      ])
        written.push(await signIn(form));
      written.push(
        log,
        programs.calls().map(({ args }) => args),
      );
    }
    // The browser gets the session, of course.
    const text = JSON.stringify(written).replaceAll(`id=${toOpenedId(0)}`, '');
    for (const secret of [password, toOpenedId(0)]) assert.deepEqual(findTraces(secret, text), []);
  });
});
