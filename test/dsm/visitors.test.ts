// The sessions of visitors who sign in by the Web API: few, known to others by a number, and ended at DSM.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVisitors, type Visitors } from '../../src/dsm/visitors.ts';
import { until } from '../support/daemon.ts';
import { account, password, startFakeDsm } from '../support/fake-dsm/fake-dsm.ts';
import { createAccess } from '../support/web-api.ts';

const enter = async (visitors: Visitors): Promise<number> => {
  const result = await visitors.signIn(account, password, undefined);
  assert.ok(result.kind === 'signed-in', JSON.stringify(result));
  return result.session;
};

test('a session opens nothing once it has ended, and a number that was never given out opens nothing', async (t) => {
  const visitors = createVisitors(() => nas);
  const dsm = await startFakeDsm(t);
  const nas = createAccess(dsm);
  const session = await enter(visitors);
  assert.deepEqual(await visitors.prove(session), { kind: 'administrator' });
  for (const number of [session + 1, -1, 0.5])
    assert.partialDeepStrictEqual(await visitors.prove(number), { kind: 'refused', isSessionOver: true });
  await visitors.signOut(session);
  await visitors.signOut(session);
  assert.partialDeepStrictEqual(await visitors.prove(session), { kind: 'refused', isSessionOver: true });
  assert.equal(dsm.calls.filter(({ method }) => method === 'logout').length, 1);
});

test('only 64 sessions exist: another one ends the oldest; at the end all are signed out', async (t) => {
  const dsm = await startFakeDsm(t);
  const nas = createAccess(dsm);
  const visitors = createVisitors(() => nas);
  const sessions: number[] = [];
  for (let n = 0; n < 65; n++) sessions.push(await enter(visitors));
  assert.partialDeepStrictEqual(await visitors.prove(sessions[0] ?? 0), {
    kind: 'refused',
    isSessionOver: true,
  });
  assert.deepEqual(await visitors.prove(sessions[1] ?? 0), { kind: 'administrator' });
  await visitors.signOutAll();
  await until(
    () => (dsm.calls.filter(({ method }) => method === 'logout').length === 65 ? true : undefined),
    'all to be signed out',
  );
});

test('without a NAS whose accounts may enter, no password is sent anywhere', async () => {
  assert.partialDeepStrictEqual(await createVisitors(() => undefined).signIn('a', 'b', undefined), {
    kind: 'unanswered',
    isAttempt: false,
  });
});
