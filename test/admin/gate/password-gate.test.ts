// The gate "password": one password, guesses that are slow and few, and sessions that end.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { AdminGate } from '../../../src/admin/gate/gate.ts';
import { openGate } from '../../../src/admin/gate/open-gate.ts';
import { createPasswordGate } from '../../../src/admin/gate/password-gate.ts';
import { hashPassword, parsePasswordHash } from '../../../src/admin/gate/password.ts';
import { findTraces } from '../../support/canary.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { createTestLogger } from '../../support/logger.ts';
import { createTestSignIns } from '../../support/sign-ins.ts';
import { createForm, createVisitor, enter, toWords } from '../../support/visitor.ts';

const password = 'correct horse ä battery';
const hash = parsePasswordHash(await hashPassword(password));
const wrong = { kind: 'refused', problem: 'wrong-password' };

function createSetup(): { gate: AdminGate; clock: TestClock; log: Record<string, unknown>[] } {
  assert.ok(hash !== undefined);
  const clock = createTestClock();
  const { logger, lines } = createTestLogger();
  return {
    gate: openGate({ kind: 'password', hash }, { dsm: createTestSignIns({}), logger, clock }),
    clock,
    log: lines,
  };
}

suite('password gate', () => {
  test('lets in visitors with the password, until they sign out', async () => {
    const { gate, log } = createSetup();
    assert.deepEqual(gate.fields, ['password']);
    assert.deepEqual(await gate.signIn(createForm({ password: '' }), createVisitor()), {
      kind: 'refused',
      problem: 'password-missing',
    });
    for (const guess of ['guess', `${password} `, password.toUpperCase()])
      assert.deepEqual(await gate.signIn(createForm({ password: guess }), createVisitor()), wrong);
    const visitor = await enter(gate, { password: password.normalize('NFD') });
    assert.equal(toWords(await gate.admit(visitor)), 'admin owner');
    assert.match((await gate.signOut(visitor)).join(), /^__Host-remotetask=; Max-Age=0/);
    assert.equal(toWords(await gate.admit(visitor)), 'the session is over');
    assert.deepEqual(
      log.map(({ event }) => event),
      [...Array(3).fill('admin-sign-in-refused'), 'admin-entered', 'admin-stranger'],
    );
    const cookie = visitor.cookieHeader?.split('=')[1] ?? '';
    for (const secret of [password, cookie]) assert.deepEqual(findTraces(secret, JSON.stringify(log)), []);
    const other = await enter(gate, { password });
    await gate.close();
    assert.equal(toWords(await gate.admit(other)), 'the session is over');
  });

  test('guesses are few for one network, few for all together, and no more when they come at once', async () => {
    const clock = createTestClock();
    let comparisons = 0;
    // Real comparisons take seconds on a busy machine, longer than a guess waits for the others.
    const isRight = async (): Promise<boolean> => await Promise.resolve(++comparisons < 0);
    const gate = createPasswordGate({ isRight, logger: createTestLogger().logger, clock });
    const guess = async (address: string): Promise<string> => {
      const answer = await gate.signIn(createForm({ password: 'guess' }), createVisitor({ address }));
      return answer.kind === 'signed-in' ? '' : answer.problem;
    };
    const tried = (): number => comparisons;
    const words = await Promise.all(Array.from({ length: 30 }, async () => await guess('10.0.0.1')));
    assert.deepEqual([tried(), words.filter((word) => word === 'too-many').length], [5, 25]);
    await Promise.all(Array.from({ length: 30 }, async (_, n) => await guess(`10.1.0.${n}`)));
    assert.equal(tried(), 10);
    clock.tick(10_000);
    await Promise.all(Array.from({ length: 30 }, async (_, n) => await guess(`10.2.0.${n}`)));
    assert.equal(tried(), 11);
  });

  test('the log gives the reason why a visitor was not let in, a few times', async () => {
    const { gate, log } = createSetup();
    for (let n = 0; n < 10; n++) await gate.admit(createVisitor({ cookieHeader: '__Host-remotetask=guess' }));
    await gate.admit(createVisitor({ address: '10.0.0.1' }));
    assert.deepEqual(
      log.map(({ event, address, reason }) => [event, address, reason]),
      [
        ...Array.from({ length: 3 }, () => ['admin-stranger', '192.168.1.5', 'the session is over']),
        ['admin-stranger', '10.0.0.1', 'the browser shows no session'],
      ],
    );
    for (let n = 0; n < 200; n++) await gate.admit(createVisitor({ address: `10.0.1.${n}` }));
    assert.equal(log.length, 20);
  });

  test('passwords are checked one at a time, since each check takes the NAS some work', async () => {
    let running = 0;
    let most = 0;
    const isRight = async (): Promise<boolean> => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      return false;
    };
    const gate = createPasswordGate({ isRight, logger: createTestLogger().logger, clock: createTestClock() });
    await Promise.all(
      Array.from(
        { length: 5 },
        async () => await gate.signIn(createForm({ password: 'guess' }), createVisitor()),
      ),
    );
    assert.equal(most, 1);
  });
});
