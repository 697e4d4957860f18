// The gate "webapi" against a simulated DSM: which users may sign in, how long that lasts, and how often DSM is asked.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isCsrfTokenOf } from '../../../src/admin/gate/csrf.ts';
import type { SignInProblem } from '../../../src/languages/admin-words.ts';
import type { AdminGate, SignIn, SignInForm, Visitor } from '../../../src/admin/gate/gate.ts';
import { openGate } from '../../../src/admin/gate/open-gate.ts';
import { findTraces } from '../../support/canary.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import {
  account,
  password,
  startFakeDsm,
  type FakeCall,
  type FakeDsm,
  type FakeDsmOptions,
  type FakeSettings,
} from '../../support/fake-dsm/fake-dsm.ts';
import { createTestLogger } from '../../support/logger.ts';
import { createTestSignIns } from '../../support/sign-ins.ts';
import { createForm, createVisitor, enter, toWords } from '../../support/visitor.ts';

const form = { account, password };
const silent = { kind: 'unavailable', problem: 'silent' };
const minute = 60_000;

const isProof = ({ api }: Pick<FakeCall, 'api'>): boolean => api === 'SYNO.Core.Desktop.Initdata';

interface AdminDeps {
  readonly gate: AdminGate;
  readonly dsm: FakeDsm;
  readonly clock: TestClock;
  readonly log: Record<string, unknown>[];
  signIn(form: Partial<SignInForm>, visitor?: Partial<Visitor>): Promise<SignIn>;
  admit(visitor: Visitor): Promise<string>;
  /** How often DSM was asked whether a session is an administrator's. */
  proofs(): number;
}

async function createSetup(
  t: { after(fn: () => Promise<void>): void },
  options: FakeDsmOptions = {},
): Promise<AdminDeps> {
  const dsm = await startFakeDsm(t, options);
  const clock = createTestClock();
  const { logger, lines } = createTestLogger();
  const nas = {
    url: dsm.url,
    ca: undefined,
    fingerprint: undefined,
    insecure: false,
    deviceName: 'remotetask',
    session: undefined,
    versions: {},
  };
  const gate = openGate({ kind: 'webapi', nas }, { dsm: createTestSignIns({ nas }), logger, clock });
  t.after(async () => await gate.close());
  return {
    gate,
    dsm,
    clock,
    log: lines,
    signIn: async (parts, visitor) =>
      await gate.signIn(createForm(parts), createVisitor({ isPost: true, ...visitor })),
    admit: async (visitor) => toWords(await gate.admit(visitor)),
    proofs: () => dsm.calls.filter(isProof).length,
  };
}

suite('webapi gate', { concurrency: true }, () => {
  test('an administrator who signs in is let in, on DSM 6 and 7; other users are not', async (t) => {
    for (const profile of [6, 7] as const) {
      const { gate, admit, log } = await createSetup(t, { profile });
      assert.deepEqual(gate.fields, ['account', 'password', 'code']);
      assert.equal(await admit(createVisitor()), 'the browser shows no session');
      const visitor = await enter(gate, form);
      assert.equal(await admit(visitor), `admin ${account}`);
      assert.equal(
        await admit({ ...visitor, cookieHeader: `${visitor.cookieHeader}x` }),
        'the session is over',
      );
      assert.deepEqual(
        log.map(({ event, user }) => [event, user]),
        [
          ['admin-stranger', undefined],
          ['admin-entered', account],
          ['admin-stranger', undefined],
        ],
      );
    }
  });

  test('the cookie of a session is out of reach for scripts, other sites and, by HTTPS, other hosts and plain pages', async (t) => {
    const { gate } = await createSetup(t);
    const secure = await gate.signIn(createForm(form), createVisitor({ isSecure: true }));
    const plain = await gate.signIn(createForm(form), createVisitor({ isSecure: false }));
    assert.ok(secure.kind === 'signed-in' && plain.kind === 'signed-in');
    assert.match(
      secure.setCookies.join('\n'),
      /^__Host-remotetask=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    assert.match(
      plain.setCookies.join('\n'),
      /^remotetask-admin=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const token = /=([\w-]{43})/.exec(plain.setCookies[0] ?? '')?.[1];
    for (const [isSecure, name, isIn] of [
      [true, 'remotetask-admin', false],
      [false, '__Host-remotetask', false],
      [false, 'remotetask-admin', true],
    ] as const) {
      const entry = await gate.admit(createVisitor({ isSecure, cookieHeader: `${name}=${token}` }));
      assert.equal(entry.kind === 'admin', isIn, `${name} ${isSecure}`);
    }
    assert.deepEqual(await gate.signOut(createVisitor()), [
      '__Host-remotetask=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict',
    ]);
  });

  test('with two-factor authentication the code is asked for, and no device is remembered', async (t) => {
    const { signIn, gate, dsm, admit } = await createSetup(t, {
      settings: { accounts: { [account]: { password, otp: '123456' } } },
    });
    assert.deepEqual(await signIn(form), { kind: 'code-needed', problem: 'code-needed' });
    assert.deepEqual(await signIn({ ...form, code: 'abc' }), {
      kind: 'code-needed',
      problem: 'digits-needed',
    });
    assert.deepEqual(await signIn({ ...form, code: '000000' }), {
      kind: 'code-needed',
      problem: 'code-wrong',
    });
    assert.equal(await admit(await enter(gate, { ...form, code: ' 123 456 ' })), `admin ${account}`);
    assert.deepEqual(dsm.signIns, [403, 404, 0]);
    assert.ok(
      dsm.calls.every(({ params }) => !params.has('enable_device_token') && !params.has('device_name')),
    );
  });

  test('each refusal of DSM is shown to the visitor who typed, and not let in', async (t) => {
    const cases: [code: number, kind: SignIn['kind'], problem: SignInProblem][] = [
      [401, 'refused', 'disabled'],
      [402, 'refused', 'not-allowed'],
      [407, 'unavailable', 'blocked'],
      [408, 'refused', 'password-expired'],
      [410, 'refused', 'password-expired'],
      [411, 'refused', 'locked'],
      [499, 'unavailable', 'silent'],
    ];
    for (const [refusal, kind, problem] of cases) {
      const { signIn, log } = await createSetup(t, {
        settings: { accounts: { [account]: { password, refusal } } },
      });
      const refused = await signIn(form);
      assert.ok(
        refused.kind === kind && 'problem' in refused && refused.problem === problem,
        `${refusal} ${JSON.stringify(refused)}`,
      );
      assert.match(String(log[0]?.['reason']), new RegExp(`\\(error ${refusal}\\)$`));
    }
    const { signIn, dsm } = await createSetup(t);
    assert.deepEqual(await signIn({ account, password: 'guess' }), {
      kind: 'refused',
      problem: 'wrong-credentials',
    });
    for (const parts of [{}, { account }, { password }]) assert.equal((await signIn(parts)).kind, 'refused');
    assert.equal(dsm.signIns.length, 1);
  });

  test('a user who is no administrator is refused, and leaves no session in DSM', async (t) => {
    const { signIn, dsm, log, gate } = await createSetup(t, {
      settings: { accounts: { [account]: { password, isAdmin: false } } },
    });
    assert.deepEqual(await signIn(form), { kind: 'refused', problem: 'not-administrator' });
    await gate.close();
    assert.deepEqual([dsm.signIns, dsm.sessions()], [[0], 0]);
    assert.match(String(log[0]?.['reason']), /Session\.is_admin is false/);
  });

  test('an account that DSM does not plainly call an administrator is not let in, whatever else DSM lets it see', async (t) => {
    const cases: [initdata: unknown, problem: SignInProblem, reason: RegExp][] = [
      [{ Session: { is_admin: false } }, 'not-administrator', /is_admin is false/],
      [
        { Session: { is_admin: false }, AppPrivilege: { 'SYNO.SDS.TaskScheduler': true } },
        'not-administrator',
        /is_admin is false/,
      ],
      [{ Session: {} }, 'not-proven', /is_admin is missing/],
      [{ Session: { isAdmin: true, user: 'admin' } }, 'not-proven', /is_admin is missing/],
      [{ Session: { is_admin: 'true' } }, 'not-proven', /the type string/],
      [{ Session: { is_admin: 1 } }, 'not-proven', /the type number/],
      [{ Session: { is_admin: null } }, 'not-proven', /the type null/],
      [{ Session: { is_admin: [true] } }, 'not-proven', /the type object/],
      [{ Session: [] }, 'not-proven', /without a Session/],
      [{ is_admin: true }, 'not-proven', /without a Session/],
      [{ tasks: [], total: 0 }, 'not-proven', /without a Session/],
      [[], 'not-proven', /without a Session/],
      [null, 'not-proven', /without a Session/],
      [undefined, 'not-proven', /without a Session/],
      [{ Session: { isLogined: false, is_admin: true } }, 'silent', /error 119/],
    ];
    for (const [initdata, problem, reason] of cases) {
      const what = JSON.stringify(initdata);
      // The list is answered as an administrator's: it is no proof.
      const { signIn, dsm, log, gate } = await createSetup(t, {
        scheduled: [{ id: 7 }],
        settings: { initdata: () => initdata },
      });
      const result = await signIn(form);
      assert.ok(result.kind !== 'signed-in' && result.problem === problem, what);
      assert.match(String(log[0]?.['reason']), reason, what);
      assert.ok(!JSON.stringify(result).includes(account), 'the answer names no account');
      await gate.close();
      assert.equal(dsm.sessions(), 0, what);
    }
  });

  test('if DSM cannot say which users are administrators, no one is let in, and the log gives the reason', async (t) => {
    for (const [profile, fault] of [
      [5, undefined],
      [7, 'error 102'],
      [7, 'error 103'],
      [7, 'error 104'],
    ] as const) {
      const { signIn, log } = await createSetup(t, {
        profile,
        settings: { fault: (call) => (isProof(call) ? fault : undefined) },
      });
      const result = await signIn(form);
      assert.deepEqual(result, {
        kind: 'unavailable',
        problem: 'not-proven',
      });
      assert.match(String(log[0]?.['reason']), /has no SYNO\.Core\.Desktop\.Initdata/);
    }
  });

  test('an administrator who becomes an ordinary user is refused within ten seconds; while DSM is unclear, the session waits', async (t) => {
    const { gate, dsm, clock, admit, log } = await createSetup(t);
    const visitor = await enter(gate, form);
    const say = async (isAdmin: unknown): Promise<string> => {
      const initdata: FakeSettings['initdata'] = () => ({ Session: { is_admin: isAdmin } });
      dsm.set({ initdata });
      clock.tick(10_000);
      return await admit(visitor);
    };
    assert.match(await say('yes'), /neither true nor false/);
    assert.equal(await say(true), `admin ${account}`);
    assert.match(await say(false), /Session\.is_admin is false/);
    assert.equal(await say(true), 'the session is over');
    assert.ok(log.some(({ event }) => event === 'admin-session-over'));
  });

  test('DSM is asked about a session once in ten seconds of use, and not at all without use', async (t) => {
    const { gate, admit, clock, proofs } = await createSetup(t);
    const visitor = await enter(gate, form);
    const many = async (): Promise<Set<string>> =>
      new Set(await Promise.all(Array.from({ length: 50 }, async () => await admit(visitor))));
    for (let second = 0; second < 10; second++, clock.tick(999)) assert.equal((await many()).size, 1);
    assert.equal(proofs(), 1);
    clock.tick(10);
    assert.deepEqual([await many(), proofs()], [new Set([`admin ${account}`]), 2]);
    clock.tick(5 * minute);
    assert.equal(proofs(), 2);
    await many();
    assert.equal(proofs(), 3);
  });

  test('a session ends when DSM has ended it, or its user is no longer an administrator', async (t) => {
    for (const code of [105, 106, 107, 119, 150]) {
      const { gate, dsm, clock, admit, log } = await createSetup(t);
      const visitor = await enter(gate, form);
      if (code === 105) dsm.set({ fault: (call) => (isProof(call) ? 'error 105' : undefined) });
      else dsm.endSessions(code);
      assert.equal(await admit(visitor), `admin ${account}`);
      clock.tick(10_000);
      const entry = await gate.admit(visitor);
      assert.ok(entry.kind === 'stranger' && entry.reason.includes(`error ${code}`));
      assert.match(entry.setCookies.join('\n'), /^__Host-remotetask=; Max-Age=0/);
      dsm.set({ fault: () => undefined });
      clock.tick(10_000);
      assert.equal(await admit(visitor), 'the session is over');
      assert.deepEqual(
        log.map(({ event }) => event),
        ['admin-entered', 'admin-session-over', 'admin-stranger', 'admin-stranger'],
      );
      await gate.close();
      assert.deepEqual([dsm.sessions(), dsm.signIns], [0, [0]]);
    }
  });

  test('while DSM is unclear no one is let in; the session is valid again when DSM is back', async (t) => {
    const { gate, dsm, clock, admit, proofs } = await createSetup(t);
    const visitor = await enter(gate, form);
    for (const fault of ['502', 'html', 'empty', 'cut', 'error 117', 'error 100'] as const) {
      dsm.set({ fault: () => fault });
      clock.tick(10_000);
      const before = proofs();
      const entries = await Promise.all(Array.from({ length: 20 }, async () => await gate.admit(visitor)));
      assert.ok(
        entries.every((entry) => entry.kind === 'stranger' && entry.setCookies.length === 0),
        fault,
      );
      assert.equal(proofs() - before, 1);
    }
    dsm.set({ fault: () => undefined });
    clock.tick(10_000);
    assert.equal(await admit(visitor), `admin ${account}`);
    await dsm.down();
    clock.tick(10_000);
    assert.match(await admit(visitor), /cannot be reached/);
    await dsm.up();
    clock.tick(10_000);
    assert.equal(await admit(visitor), `admin ${account}`);
  });

  test('an answer to the proof that is no answer of DSM opens nothing', async (t) => {
    const { signIn, dsm } = await createSetup(t);
    dsm.set({ fault: (call) => (isProof(call) ? 'html' : undefined) });
    assert.deepEqual(await signIn(form), silent);
    for (const fault of ['502', 'empty', 'truncated', 'redirect', 'cut'] as const) {
      dsm.set({ fault: () => fault });
      assert.deepEqual(await signIn(form, { address: '10.0.0.1' }), silent, fault);
    }
  });

  test('signing out, the end of a session and the end of the daemon sign out of DSM as well', async (t) => {
    const { gate, dsm, clock, admit } = await createSetup(t);
    const [first, second, third] = [
      await enter(gate, form),
      await enter(gate, form),
      await enter(gate, form),
    ];
    assert.equal(dsm.sessions(), 3);
    await gate.signOut(first);
    assert.equal(await admit(first), 'the session is over');
    clock.tick(30 * minute);
    assert.equal(await admit(second), 'the session is over');
    assert.equal(await admit(third), 'the session is over');
    await enter(gate, form);
    await gate.close();
    assert.equal(dsm.sessions(), 0);
  });

  test('DSM is shown fewer wrong passwords than it would block the daemon for, from however many networks', async (t) => {
    const { signIn, clock, dsm } = await createSetup(t, {
      settings: { autoBlock: { failures: 1000, windowMs: 1, blockMs: 1 } },
    });
    const atMs: number[] = [];
    for (let second = 0; second < 3600; second += 15, clock.tick(15_000)) {
      const before = dsm.signIns.length;
      await Promise.all(
        [1, 2, 3].map(
          async (n) => await signIn({ account, password: 'guess' }, { address: `10.${n}.0.${second % 250}` }),
        ),
      );
      for (let n = before; n < dsm.signIns.length; n++) atMs.push(second * 1000);
    }
    const most = Math.max(
      ...atMs.map((from) => atMs.filter((at) => at >= from && at < from + 300_000).length),
    );
    assert.ok(most <= 6 && atMs.length > 20, `${most} in five minutes, ${atMs.length} in an hour`);
    const refused = await signIn(form, { address: '10.9.0.1' });
    assert.ok(
      refused.kind === 'refused' && refused.problem === 'too-many' && (refused.retryAfterSeconds ?? 0) > 0,
    );
  });

  test('an unreachable DSM, and a missing code, do not count as failed attempts', async (t) => {
    const { signIn, dsm, gate } = await createSetup(t, {
      settings: { accounts: { [account]: { password, otp: '123456' } } },
    });
    await dsm.down();
    for (let n = 0; n < 10; n++) assert.deepEqual(await signIn(form), silent);
    await dsm.up();
    for (let n = 0; n < 10; n++) assert.equal((await signIn(form)).kind, 'code-needed');
    await enter(gate, { ...form, code: '123456' });
  });

  test('the tokens of forms belong to one session', async (t) => {
    const { gate } = await createSetup(t);
    const [one, other] = [
      await gate.admit(await enter(gate, form)),
      await gate.admit(await enter(gate, form)),
    ];
    assert.ok(one.kind === 'admin' && other.kind === 'admin');
    assert.deepEqual(
      [isCsrfTokenOf(one, one.csrfToken), isCsrfTokenOf(one, other.csrfToken), isCsrfTokenOf(one, '')],
      [true, false, false],
    );
  });

  test('neither password nor code nor session, nor any piece of them, in log, answers and addresses', async (t) => {
    const otp = '83920174';
    const { gate, signIn, dsm, clock, log } = await createSetup(t, {
      settings: { accounts: { [account]: { password, otp } } },
    });
    const written: unknown[] = [log];
    for (const code of ['', '00000000']) written.push(await signIn({ ...form, code }));
    const visitor = await enter(gate, { ...form, code: otp });
    written.push(await gate.admit({ ...visitor, address: '10.0.0.1' }));
    dsm.endSessions(119);
    clock.tick(10_000);
    written.push(
      await gate.admit(visitor),
      dsm.calls.map(({ url }) => url),
    );
    const cookie = visitor.cookieHeader?.split('=')[1] ?? '';
    for (const secret of [password, otp, cookie, ...dsm.secrets])
      assert.deepEqual(findTraces(secret, JSON.stringify(written)), []);
  });
});
