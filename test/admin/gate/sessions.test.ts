// Sessions of the admin page: where, how long and how many; and their cookies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { findCookie } from '../../../src/listener/find-cookie.ts';
import { createSessions, type Sessions } from '../../../src/admin/gate/sessions.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { createVisitor, withCookies } from '../../support/visitor.ts';

const minute = 60_000;

function createSetup(): { sessions: Sessions<number>; clock: TestClock; ended: number[] } {
  const clock = createTestClock();
  const ended: number[] = [];
  return {
    clock,
    ended,
    sessions: createSessions<number>({ clock, onEnd: ({ value }) => void ended.push(value) }),
  };
}
const nameOf = (found: ReturnType<Sessions<number>['find']>): string =>
  typeof found === 'string' ? found : found.user;

test('a session ends when it was not used for half an hour, and always after twelve hours', () => {
  const { sessions, clock, ended } = createSetup();
  const visitor = createVisitor();
  const idle = withCookies(visitor, [sessions.open('ann', 1, visitor).setCookie]);
  clock.tick(30 * minute - 1);
  assert.equal(nameOf(sessions.find(idle)), 'ann');
  clock.tick(30 * minute);
  assert.equal(nameOf(sessions.find(idle)), 'over');
  const busy = withCookies(visitor, [sessions.open('bob', 2, visitor).setCookie]);
  for (let ms = 0; ms < 12 * 60 * minute; ms += 20 * minute, clock.tick(20 * minute))
    assert.equal(nameOf(sessions.find(busy)), 'bob');
  assert.equal(nameOf(sessions.find(busy)), 'over');
  assert.deepEqual(ended, [1, 2]);
});

test('what a page asks for by itself is no use: an open tab ends with its half hour, and does not push out a session in use', () => {
  for (const everyMs of [3000, 5000, 10_000, minute, 29 * minute]) {
    const { sessions, clock, ended } = createSetup();
    const visitor = createVisitor();
    const idle = withCookies(visitor, [sessions.open('ann', 1, visitor).setCookie]);
    const automatic = { ...idle, isAutomatic: true };
    for (let ms = 0; ms + everyMs < 30 * minute; ms += everyMs) {
      clock.tick(everyMs);
      assert.equal(nameOf(sessions.find(automatic)), 'ann');
    }
    assert.deepEqual(ended, []);
    clock.tick(everyMs);
    assert.equal(nameOf(sessions.find(automatic)), 'over');
    assert.equal(nameOf(sessions.find(idle)), 'over');
    assert.deepEqual(ended, [1]);
  }
  const { sessions, ended } = createSetup();
  const visitor = createVisitor();
  const open = (n: number): ReturnType<typeof createVisitor> =>
    withCookies(visitor, [sessions.open(`user${n}`, n, visitor).setCookie]);
  const all = Array.from({ length: 32 }, (_, n) => open(n));
  sessions.find({ ...(all[0] ?? visitor), isAutomatic: true });
  open(32);
  assert.deepEqual(ended, [0]);
});

test('a session belongs to the network that it was begun from, and is not ended from another', () => {
  const cases: [from: string, at: string, isIn: boolean][] = [
    ['192.168.1.5', '192.168.1.5', true],
    ['192.168.1.5', '192.168.1.6', false],
    ['192.168.1.5', 'fd00::5', false],
    ['2001:db8:1::5', '2001:db8:1:2::6', true],
    ['2001:db8:1::5', '2001:db8:2::5', false],
  ];
  for (const [from, at, isIn] of cases) {
    const { sessions } = createSetup();
    const visitor = withCookies(createVisitor({ address: from }), [
      sessions.open('ann', 1, createVisitor({ address: from })).setCookie,
    ]);
    assert.equal(
      nameOf(sessions.find({ ...visitor, address: at })),
      isIn ? 'ann' : 'elsewhere',
      `${from} ${at}`,
    );
    assert.equal(nameOf(sessions.find(visitor)), 'ann');
  }
});

test('there are 32 sessions at most: one more ends the one that was used least lately', () => {
  const { sessions, ended } = createSetup();
  const visitor = createVisitor();
  const open = (n: number): ReturnType<typeof createVisitor> =>
    withCookies(visitor, [sessions.open(`user${n}`, n, visitor).setCookie]);
  const all = Array.from({ length: 32 }, (_, n) => open(n));
  const [first = visitor] = all;
  assert.equal(nameOf(sessions.find(first)), 'user0');
  open(32);
  assert.deepEqual(ended, [1]);
  assert.equal(nameOf(sessions.find(first)), 'user0');
  sessions.endAll();
  assert.equal(ended.length, 33);
  assert.equal(nameOf(sessions.find(first)), 'over');
});

test('the end of a session is reported once, and an invalid cookie belongs to no session', () => {
  const { sessions, ended } = createSetup();
  const visitor = createVisitor();
  const { session, setCookie } = sessions.open('ann', 1, visitor);
  sessions.end(session);
  sessions.end(session);
  assert.deepEqual(ended, [1]);
  assert.equal(nameOf(sessions.find(withCookies(visitor, [setCookie]))), 'over');
  const name = '__Host-remotetask';
  for (const [cookieHeader, found] of [
    [undefined, 'none'],
    ['', 'none'],
    [`${name}=`, 'none'],
    [`${name}=x; ${name}=y`, 'none'],
    [`${name}=\u00e9`, 'over'],
    [`${name}=${session.id}`, 'over'],
  ] as const)
    assert.equal(nameOf(sessions.find({ ...visitor, cookieHeader })), found, cookieHeader);
});

test('a cookie is found whatever else is in the header, but not if there are two of its name', () => {
  const part = fc.string().filter((text) => !/id\s*=|;/.test(text));
  const value = fc.stringMatching(/^[\w-]{1,40}$/);
  fc.assert(
    fc.property(fc.array(part), value, fc.array(part), (before, id, after) => {
      assert.equal(findCookie([...before, `id=${id}`, ...after].join('; '), 'id'), id);
      assert.equal(findCookie([...before, `id=${id}`, ...after, 'id=other'].join('; '), 'id'), undefined);
    }),
  );
  fc.assert(fc.property(fc.string(), (header) => typeof findCookie(header, '__proto__') !== 'object'));
});
