// How often the gate "dsm" asks DSM: counted by the programs that were really started.
import assert from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { createDsmGate } from '../../../src/admin/gate/dsm-gate.ts';
import { createDsmJudge } from '../../../src/admin/gate/dsm-judge.ts';
import type { Visitor } from '../../../src/admin/gate/gate.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { createFolder, until } from '../../support/daemon.ts';
import {
  createFakePrograms,
  type FakePrograms,
  type Moods,
} from '../../support/dsm-programs/dsm-programs.ts';
import { createTestLogger } from '../../support/logger.ts';
import { createTestSignIns } from '../../support/sign-ins.ts';
import { createVisitor, toWords } from '../../support/visitor.ts';

const owner = createVisitor({ cookieHeader: 'id=mine' });
const unasked = 'DSM was not asked: too many invalid sessions';

interface AdminDeps {
  readonly programs: FakePrograms;
  readonly clock: TestClock;
  readonly admit: (visitor?: Partial<Visitor>) => Promise<string>;
  readonly log: Record<string, unknown>[];
  /** How often a session was asked about so far. */
  readonly asked: () => number;
}

function createSetup(
  t: Parameters<typeof createFolder>[0],
  moods: Partial<Moods> = {},
  patienceMs = 60_000,
): AdminDeps {
  const programs = createFakePrograms(path.join(createFolder(t), 'dsm'), { moods });
  programs.open('mine', { user: 'admin', address: owner.address });
  const clock = createTestClock();
  const { logger, lines } = createTestLogger();
  const paths = { authenticateCgi: programs.authenticateCgi, loginCgi: programs.loginCgi, group: 101 };
  const { askPrograms } = createTestSignIns({
    programs: { programs: paths, id: programs.id, maxMs: 60_000 },
  });
  const gate = createDsmGate(createDsmJudge({ askPrograms, patienceMs, logger, clock }));
  const admit = async (visitor: Partial<Visitor> = {}): Promise<string> =>
    toWords(await gate.admit({ ...owner, ...visitor }));
  return { programs, clock, admit, log: lines, asked: () => programs.counts().authenticate };
}

const repeat = async <T>(times: number, ask: (n: number) => Promise<T>): Promise<T[]> =>
  await Promise.all(Array.from({ length: times }, async (_, n) => await ask(n)));

suite('dsm gate, how often it asks', { concurrency: true }, () => {
  test('once for all identical questions at the same time, and once in ten seconds for a returning visitor', async (t) => {
    const { programs, clock, admit, log } = createSetup(t);
    assert.deepEqual(new Set(await repeat(50, async () => await admit())), new Set(['admin admin']));
    for (let second = 0; second < 10; second++, clock.tick(999)) await admit();
    assert.deepEqual(programs.counts(), { authenticate: 1, login: 1, id: 1 });
    clock.tick(10);
    assert.deepEqual(new Set(await repeat(50, async () => await admit())), new Set(['admin admin']));
    // The daemon has its token by now.
    assert.deepEqual(programs.counts(), { authenticate: 2, login: 1, id: 2 });
    assert.equal(log.length, 1);
  });

  test('a session that has lapsed, or a user who is no longer an administrator, is refused after ten seconds', async (t) => {
    const { programs, clock, admit } = createSetup(t);
    assert.equal(await admit(), 'admin admin');
    programs.setGroups({ admin: '100' });
    clock.tick(10_000);
    assert.equal(await admit(), 'the user is not in the group that may enter');
    programs.setGroups({ admin: '101' });
    clock.tick(10_000);
    assert.equal(await admit(), 'admin admin');
    programs.end('mine');
    clock.tick(10_000);
    assert.equal(await admit(), 'DSM knows no such session from this address');
  });

  test('another cookie, address or token is another question', async (t) => {
    const { programs, admit, asked } = createSetup(t, { csrf: false, skipIpCheck: true });
    programs.open('other', { user: 'admin', address: owner.address });
    const visitors: Partial<Visitor>[] = [
      {},
      { cookieHeader: 'id=other' },
      { address: '192.168.1.9' },
      { synoToken: 'a' },
      { synoToken: 'b' },
    ];
    for (const visitor of [...visitors, ...visitors]) assert.equal(await admit(visitor), 'admin admin');
    assert.equal(asked(), visitors.length);
  });

  test('the verdict on a stranger is kept, too', async (t) => {
    const { admit, asked, clock } = createSetup(t, { authenticateRc: 1 });
    for (let n = 0; n < 10; n++, clock.tick(900)) assert.match(await admit(), /exit status 1/);
    assert.equal(asked(), 1);
  });

  test('strangers of one network are asked about five times, then every six seconds', async (t) => {
    const { admit, asked, clock } = createSetup(t);
    const guess = async (n: number, address = '10.0.0.1'): Promise<string> =>
      await admit({ cookieHeader: `id=guess${n}`, address });
    const words = await repeat(100, async (n) => await guess(n));
    assert.deepEqual([asked(), words.filter((word) => word === unasked).length], [5, 95]);
    for (let second = 0; second < 60; second++, clock.tick(1000)) await guess(1000 + second);
    assert.ok(asked() >= 14 && asked() <= 15, `${asked()} questions`);
    // The network next to it is not concerned.
    assert.notEqual(await guess(1, '10.0.0.2'), unasked);
  });

  test('strangers of many networks are asked about twenty times, then every two seconds; the owner is let in meanwhile', async (t) => {
    const { admit, asked, clock } = createSetup(t, { csrf: false });
    assert.equal(await admit(), 'admin admin');
    const flood = async (round: number): Promise<string[]> =>
      await repeat(
        200,
        async (n) => await admit({ cookieHeader: `id=guess${round}-${n}`, address: `10.${round}.0.${n}` }),
      );
    assert.equal((await flood(0)).filter((word) => word === unasked).length, 180);
    assert.equal(asked(), 21);
    for (let round = 1; round <= 10; round++) {
      clock.tick(10_000);
      assert.deepEqual([await admit(), await admit()], ['admin admin', 'admin admin']);
      await flood(round);
    }
    assert.equal(asked(), 21 + 10 + 10 * 5);
  });

  test('a visitor who is let in takes nothing from the others, however often', async (t) => {
    const { programs, admit, clock } = createSetup(t);
    for (let n = 0; n < 40; n++, clock.tick(10)) {
      programs.open(`session${n}`, { user: 'admin', address: owner.address });
      assert.equal(await admit({ cookieHeader: `id=session${n}` }), 'admin admin');
    }
  });

  test('a session that has lapsed is a stranger like others', async (t) => {
    const { programs, admit, clock } = createSetup(t);
    assert.equal(await admit(), 'admin admin');
    programs.end('mine');
    clock.tick(10_000);
    assert.equal(await admit(), 'DSM knows no such session from this address');
    clock.tick(10_000);
    await repeat(10, async (n) => await admit({ cookieHeader: `id=guess${n}` }));
    assert.equal(await admit(), unasked);
  });

  test('a link from elsewhere with a wrong token neither puts the owner out, nor makes DSM be asked at will', async (t) => {
    const { admit, asked, clock } = createSetup(t);
    assert.equal(await admit(), 'admin admin');
    const words = await repeat(50, async (n) => await admit({ synoToken: `forged${n}` }));
    assert.equal(words.filter((word) => word === unasked).length, 45);
    assert.equal(asked(), 6);
    clock.tick(10_000);
    assert.equal(await admit(), 'admin admin');
  });

  test('two questions at a time: while DSM hangs, the third stranger waits for a while, and is then not asked about', async (t) => {
    const { programs, admit, asked } = createSetup(t, { csrf: false }, 50);
    assert.equal(await admit(), 'admin admin');
    programs.setMoods({ authenticate: 'hang' });
    const hanging = repeat(2, async (n) => await admit({ cookieHeader: `id=guess${n}` }));
    await until(() => (asked() === 3 ? true : undefined), 'two questions');
    const third = await admit({ cookieHeader: 'id=third' });
    assert.deepEqual([third, asked()], ['DSM was not asked: earlier questions are not answered yet', 3]);
    programs.setMoods({ authenticate: 'usual' });
    const nobody = 'DSM knows no such session from this address';
    assert.deepEqual(await hanging, [nobody, nobody]);
    assert.equal(await admit({ cookieHeader: 'id=fourth' }), nobody);
  });
});
