// The gate "dsm", with stand-ins for DSM's programs as real processes: which visitors are let in, which are not, and what DSM gets.
import assert from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { isCsrfTokenOf } from '../../../src/admin/gate/csrf.ts';
import { createDsmGate } from '../../../src/admin/gate/dsm-gate.ts';
import { createDsmJudge } from '../../../src/admin/gate/dsm-judge.ts';
import type { AdminGate, Visitor } from '../../../src/admin/gate/gate.ts';
import { openGate } from '../../../src/admin/gate/open-gate.ts';
import { findTraces } from '../../support/canary.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { createFolder } from '../../support/daemon.ts';
import {
  createFakePrograms,
  type FakePrograms,
  type Moods,
} from '../../support/dsm-programs/dsm-programs.ts';
import { createTestLogger } from '../../support/logger.ts';
import { createTestSignIns } from '../../support/sign-ins.ts';
import { createVisitor, toWords } from '../../support/visitor.ts';

interface AdminDeps {
  readonly gate: AdminGate;
  readonly programs: FakePrograms;
  readonly clock: TestClock;
  readonly log: Record<string, unknown>[];
  admit(visitor?: Partial<Visitor>): Promise<string>;
}

const session = 's3ss10n-Kq7Xw2Rt9';
const owner = createVisitor({ cookieHeader: `id=${session}` });

/** A NAS where `admin` is signed in at 192.168.1.5. */
function createSetup(
  t: Parameters<typeof createFolder>[0],
  { maxMs = 60_000, ...options }: { maxMs?: number } & Parameters<typeof createFakePrograms>[1] = {},
): AdminDeps {
  const programs = createFakePrograms(path.join(createFolder(t), 'dsm'), options);
  programs.open(session, { user: 'admin', address: owner.address });
  const clock = createTestClock();
  const { logger, lines } = createTestLogger();
  const paths = { authenticateCgi: programs.authenticateCgi, loginCgi: programs.loginCgi, group: 101 };
  const { askPrograms } = createTestSignIns({ programs: { programs: paths, id: programs.id, maxMs } });
  const gate = createDsmGate(createDsmJudge({ askPrograms, logger, clock }));
  return {
    gate,
    programs,
    clock,
    log: lines,
    admit: async (visitor = {}) => toWords(await gate.admit({ ...owner, ...visitor })),
  };
}

const noSession = 'the browser shows no session of DSM';
const nobody = 'DSM knows no such session from this address';

suite('dsm gate', { concurrency: true }, () => {
  test('lets in a visitor who is signed in to DSM as an administrator, and gives DSM only what it needs', async (t) => {
    const { gate, programs, admit, log } = createSetup(t);
    const secrets = { did: 'device-Zx81nM', smid: 'stay-signed-in-Qp0' };
    const cookieHeader = `did=${secrets.did}; id=${session}; smid=${secrets.smid}; _SSID=x; stay_login=1`;
    const address = '::ffff:192.168.1.5';
    assert.equal(await admit({ cookieHeader, address, synoToken: `token-of-${session}` }), 'admin admin');
    const [asked, groups] = ['authenticate', 'id'].map((program) =>
      programs.calls().find((call) => call.program === program),
    );
    const { PWD: _, OLDPWD: __, SHLVL: ___, ...env } = asked?.env ?? {};
    assert.deepEqual(env, {
      PATH: '/usr/bin:/bin',
      REQUEST_METHOD: 'GET',
      SERVER_PROTOCOL: 'HTTP/1.1',
      SERVER_ADDR: '127.0.0.1',
      REMOTE_ADDR: '192.168.1.5',
      REMOTE_PORT: '443',
      HTTP_HOST: 'nas.example.org:10766',
      HTTP_COOKIE: `id=${session}`,
      QUERY_STRING: `SynoToken=token-of-${session}`,
      HTTP_X_SYNO_TOKEN: `token-of-${session}`,
    });
    assert.deepEqual(
      [asked?.args, groups?.args, programs.counts()],
      ['', '-G -- admin', { authenticate: 1, login: 0, id: 1 }],
    );
    assert.deepEqual(
      [gate.fields, log.map(({ event, user }) => [event, user])],
      [[], [['admin-entered', 'admin']]],
    );
  });

  test('keeps out visitors whom DSM does not know, and does not ask about what cannot be a session', async (t) => {
    const { admit, programs } = createSetup(t, {
      groups: { admin: '100 101', joe: '100 25 1010' },
      moods: { csrf: false },
    });
    programs.open('of-joe', { user: 'joe', address: owner.address });
    programs.open('of-nobody', { user: 'ghost', address: owner.address });
    programs.open('lapsed', { user: 'admin', address: owner.address });
    programs.end('lapsed');
    const asked: [Partial<Visitor>, string][] = [
      [{ cookieHeader: 'id=unknown' }, nobody],
      [{ cookieHeader: 'id=lapsed', address: '192.168.1.8' }, nobody],
      [{ address: '192.168.1.6' }, nobody],
      [{ address: 'fd00::5' }, nobody],
      [{ cookieHeader: 'id=of-joe' }, 'the user is not in the group that may enter'],
      [{ cookieHeader: 'id=of-nobody' }, 'the user is not in the group that may enter'],
    ];
    for (const [visitor, reason] of asked)
      assert.equal(await admit(visitor), reason, JSON.stringify(visitor));
    const before = programs.calls().length;
    const unasked: [Partial<Visitor>, string][] = [
      ...[
        undefined,
        '',
        'id',
        'id=',
        'ID=x',
        'did=x',
        'xid=x',
        `id=${session}; id=other`,
        `id=${'a'.repeat(8000)}`,
      ].map((cookieHeader): [Partial<Visitor>, string] => [{ cookieHeader }, noSession]),
      ...['a b', 'a\nb', 'a\0b', '"a"', 'a,b', '$(reboot)', 'ä'].map((id): [Partial<Visitor>, string] => [
        { cookieHeader: `id=${id}` },
        noSession,
      ]),
      ...['', 'unknown', '1.2.3.4.5', 'localhost'].map((address): [Partial<Visitor>, string] => [
        { address },
        noSession,
      ]),
      ...['', 'a b', 'a&b', 'a\nb', 'ä', 'a'.repeat(300)].map((synoToken): [Partial<Visitor>, string] => [
        { synoToken },
        'the SynoToken is malformed',
      ]),
    ];
    for (const [visitor, reason] of unasked)
      assert.equal(await admit(visitor), reason, JSON.stringify(visitor));
    assert.equal(programs.calls().length, before);
    assert.equal(await admit(), 'admin admin');
  });

  test('an invalid host name, and the zone of an address, are not passed on', async (t) => {
    const { admit, programs } = createSetup(t, { moods: { skipIpCheck: true, csrf: false } });
    for (const host of ['a\nb', 'a b', 'a/b', 'x'.repeat(300), undefined])
      assert.equal(await admit({ host, address: 'fe80::1%eth0' }), 'admin admin');
    for (const { program, env } of programs.calls())
      if (program !== 'id') assert.deepEqual([env['HTTP_HOST'], env['REMOTE_ADDR']], [undefined, 'fe80::1']);
  });

  test('where DSM wants its token: it is fetched for looking, never for changing', async (t) => {
    for (const tokens of ['old', 'new'] as const)
      for (const loginRc of [0, 255] as const) {
        const { admit, programs, clock } = createSetup(t, { moods: { tokens, loginRc } });
        assert.equal(await admit({ isPost: true }), nobody);
        assert.deepEqual(programs.counts(), { authenticate: 1, login: 0, id: 0 });
        assert.equal(await admit({ isPost: true, synoToken: 'forged' }), nobody);
        assert.equal(await admit({ isPost: true, synoToken: `token-of-${session}` }), 'admin admin');
        assert.deepEqual(programs.counts(), { authenticate: 3, login: 0, id: 1 });
        clock.tick(60_000);
        programs.open(session, { user: 'admin', address: '192.168.1.7' });
        assert.equal(await admit({ address: '192.168.1.7' }), 'admin admin');
        assert.deepEqual(programs.counts(), { authenticate: 4, login: 1, id: 2 });
        // What was fetched when the page was looked at serves its forms, which carry a token of our own.
        assert.equal(await admit({ address: '192.168.1.7', isPost: true }), 'admin admin');
        assert.equal(programs.counts().login, 1);
        assert.equal(await admit({ synoToken: 'wrong', address: '192.168.1.7' }), nobody);
      }
  });

  test('a token that has changed is fetched again, but not for a request that changes something', async (t) => {
    const { admit, programs, clock } = createSetup(t);
    for (const token of ['first', 'second']) {
      programs.open(session, { user: 'admin', address: owner.address, token });
      clock.tick(10_000);
      assert.equal(await admit({ isPost: true }), nobody);
      assert.equal(await admit(), 'admin admin');
      assert.equal(await admit({ isPost: true, synoToken: token }), 'admin admin');
    }
    assert.equal(programs.counts().login, 2);
  });

  test('where DSM wants no token, or login.cgi fails, it goes without', async (t) => {
    const moods: Partial<Moods>[] = [
      { login: 'junk' },
      { login: 'flood' },
      { loginRc: 1 },
      { loginRc: 255, login: 'junk' },
      {},
    ];
    for (const mood of moods) {
      const { admit } = createSetup(t, { moods: { ...mood, csrf: false } });
      assert.equal(await admit(), 'admin admin', JSON.stringify(mood));
      const strict = createSetup(t, { moods: mood });
      assert.equal(
        await strict.admit(),
        mood.loginRc === undefined && mood.login === undefined ? 'admin admin' : nobody,
      );
    }
  });

  test('the answer of authenticate.cgi counts only if it ends well, in time, and prints just a name', async (t) => {
    const cases: [Partial<Moods>, RegExp][] = [
      [{ authenticateRc: 1 }, /^authenticate\.cgi ended with exit status 1$/],
      [{ authenticateRc: 255 }, /^authenticate\.cgi ended with exit status 255$/],
      [{ authenticate: 'hang' }, /^authenticate\.cgi took longer than 700 ms$/],
      [{ authenticate: 'flood' }, /^authenticate\.cgi printed more than 4096 bytes$|took longer/],
      [{ authenticate: 'junk' }, /^authenticate\.cgi printed something that is no user name$/],
      [{ authenticate: 'binary' }, /^authenticate\.cgi printed something that is no user name$/],
      [{ authenticate: 'crash' }, /^authenticate\.cgi was ended by SIGSEGV$/],
    ];
    await Promise.all(
      cases.map(async ([moods, reason]) => {
        const { admit, log } = createSetup(t, {
          moods: { csrf: false, ...moods },
          maxMs: moods.authenticate === 'hang' ? 700 : 60_000,
        });
        assert.match(await admit(), reason);
        assert.deepEqual(
          log.map(({ event }) => event),
          ['admin-gate-trouble'],
        );
        assert.match(
          String(log[0]?.['msg']),
          reason.source.includes('took') ? /./ : new RegExp(reason.source.replace(/^\^/, '')),
        );
      }),
    );
    const { logger } = createTestLogger();
    const open = (authenticateCgi: string | undefined): AdminGate => {
      const programs = { authenticateCgi, loginCgi: '/nowhere/y.cgi', group: 101 };
      const dsm = createTestSignIns({ programs: { programs } });
      return openGate({ kind: 'dsm', ...programs }, { dsm, logger, clock: createTestClock() });
    };
    const missing = open('/nowhere/x.cgi');
    assert.equal(toWords(await missing.admit(owner)), 'authenticate.cgi could not be started (ENOENT)');
    const none = open(undefined);
    assert.equal(toWords(await none.admit(owner)), 'authenticate.cgi is not on this machine');
  });

  test('groups are believed only if `id` prints them as numbers', async (t) => {
    const reasons = {
      hang: /^id took longer than 2500 ms$|^authenticate/,
      flood: /^id printed more than 4096 bytes$/,
      names: /^id printed something else than groups$/,
    };
    for (const id of ['hang', 'flood', 'names'] as const) {
      const setup = createSetup(t, { moods: { csrf: false, id }, maxMs: id === 'hang' ? 2500 : 60_000 });
      assert.match(await setup.admit(), reasons[id]);
      assert.ok(setup.programs.counts().id <= 1);
    }
    const { admit, programs } = createSetup(t, { moods: { id: 'no-dashes' } });
    assert.equal(await admit(), 'admin admin');
    assert.deepEqual(
      programs
        .calls()
        .flatMap(({ program, args }) => (program === 'id' ? [args] : []))
        .toSorted(),
      ['-G -- admin', '-G admin'],
    );
  });

  test('whatever a user is called reaches `id` as one name, or not at all', async (t) => {
    const names = ['admin', 'DOM\\joe', 'joe@dom', 'a b', 'x;reboot', '$(reboot)', 'Jürgen', "o'hara"];
    const { admit, programs, clock } = createSetup(t, {
      groups: Object.fromEntries([...names, '-G', '0', '+0'].map((name) => [name, '101'])),
      moods: { csrf: false },
    });
    for (const name of names) {
      programs.open('named', { user: name, address: owner.address });
      clock.tick(60_000);
      assert.equal(await admit({ cookieHeader: 'id=named' }), `admin ${name}`);
    }
    assert.deepEqual(
      programs
        .calls()
        .flatMap(({ program, args }) => (program === 'id' ? [args] : []))
        .toSorted(),
      names.map((name) => `-G -- ${name}`).toSorted(),
    );
    for (const name of ['-G', '--help', '0', '+0', 'a\tb', 'a\x1b[2J', ' ', 'a'.repeat(200)]) {
      programs.open('named', { user: name, address: owner.address });
      clock.tick(60_000);
      assert.equal(
        await admit({ cookieHeader: 'id=named' }),
        name === ' ' ? nobody : 'authenticate.cgi printed something that is no user name',
        name,
      );
    }
    assert.equal(programs.counts().id, names.length);
  });

  test('the tokens of forms belong to one browser, one user and one process', async (t) => {
    const setup = createSetup(t, { groups: { admin: '101', eve: '101' }, moods: { csrf: false } });
    setup.programs.open('other', { user: 'eve', address: owner.address });
    const mine = await setup.gate.admit(owner);
    const later = await setup.gate.admit({ ...owner, isPost: true });
    const theirs = await setup.gate.admit({ ...owner, cookieHeader: 'id=other' });
    const elsewhere = await createSetup(t, { moods: { csrf: false } }).gate.admit(owner);
    assert.ok(
      mine.kind === 'admin' &&
        later.kind === 'admin' &&
        theirs.kind === 'admin' &&
        elsewhere.kind === 'admin',
    );
    assert.ok(isCsrfTokenOf(later, mine.csrfToken));
    for (const token of [
      theirs.csrfToken,
      elsewhere.csrfToken,
      '',
      `${mine.csrfToken}x`,
      mine.csrfToken.slice(1),
    ])
      assert.equal(isCsrfTokenOf(mine, token), false);
  });

  test('neither cookie nor token, nor any piece of them, in log, reasons or arguments', async (t) => {
    const written: unknown[] = [];
    const moods: Partial<Moods>[] = [
      {},
      { authenticateRc: 1 },
      { authenticate: 'junk' },
      { authenticate: 'crash' },
      { login: 'junk' },
      { csrf: false },
    ];
    for (const mood of moods) {
      const { admit, log, programs } = createSetup(t, { moods: mood });
      for (const synoToken of [undefined, `token-of-${session}`]) written.push(await admit({ synoToken }));
      written.push(
        log,
        programs.calls().map(({ args }) => args),
      );
    }
    assert.deepEqual(findTraces(session, JSON.stringify(written)), []);
  });
});
