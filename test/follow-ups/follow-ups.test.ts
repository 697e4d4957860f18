// "For two hours": what follows a run is started once its time has come, once, whatever happens in between.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { camera, createFollowHouse, hour, minute, thenOf, turnsUntil } from '../support/follow-ups.ts';
import { createTask } from '../support/runs.ts';

const by = { address: '192.168.1.6', label: undefined };

test('the other task is started two hours after the first has succeeded, once, and the history and the log name who caused it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const house = await createFollowHouse(t);
  const run = await house.tap('off');
  const plan = fs.readFileSync(path.join(house.folder, 'follow-ups'), 'utf8');
  assert.match(
    plan,
    new RegExp(`"run":"${run}","from":"off".*"dueAt":"2026-06-01T14:00:00`),
    'on disk before the end',
  );
  assert.equal(house.followUps.ofRun(run)?.inMs, 2 * hour);
  assert.equal(house.followUps.ofTask('off')?.name, 'Camera on');
  await house.pass(2 * hour - minute);
  await house.hasStarts(['off']);
  await house.pass(minute);
  await house.hasStarts(['off', 'on after off']);
  assert.equal(house.followUps.ofRun(run), undefined);
  assert.match(
    await house.says('follow-up'),
    /^Started Camera on, 2 h after Camera off, for Anna, 192\.168\.1\.5$/,
  );
  await house.end('on');
  await house.pass(5 * hour);
  await house.hasStarts(['off', 'on after off']);
  await turnsUntil(
    () => fs.readFileSync(path.join(house.folder, 'follow-ups'), 'utf8') === '[]\n',
    'an empty file',
  );
});

test('a run that failed or was stopped is followed only with "ended"', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const tasks = [...camera, createTask({ id: 'any', then: thenOf('on', { when: 'ended' }) })];
  const house = await createFollowHouse(t, { tasks });
  await house.tap('off', undefined, { kind: 'failed', exitCode: 1 });
  const result = await house.runs.start(camera[0] ?? createTask(), { ...by, idempotencyKey: undefined });
  assert.ok('run' in result);
  house.runs.stop(result.run.id);
  await turnsUntil(() => result.run.state() === 'ended', 'the stop');
  await house.pass(3 * hour);
  await house.hasStarts(['off', 'off']);
  await house.tap('any', undefined, { kind: 'failed', exitCode: 1 });
  await house.pass(3 * hour);
  await house.hasStarts(['off', 'off', 'any', 'on after any']);
});

test('a further tap sets the time again; a caller can choose another one, start it now, or leave it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const house = await createFollowHouse(t);
  await house.tap('off');
  await house.pass(hour);
  const second = await house.tap('off');
  await house.pass(1.5 * hour);
  await house.hasStarts(['off', 'off']);
  assert.equal(house.followUps.ofRun(second)?.inMs, hour / 2);
  await house.followUps.renew(second, undefined, by);
  assert.equal(house.followUps.ofRun(second)?.inMs, 2 * hour);
  assert.equal(await house.followUps.choose(second, 45 * minute, by), true);
  await house.pass(45 * minute);
  await house.hasStarts(['off', 'off', 'on after off']);
  await house.end('on');

  const third = await house.tap('off', 10 * minute);
  assert.equal(house.followUps.ofRun(third)?.inMs, 10 * minute);
  assert.equal(await house.followUps.leave(third, by), true);
  assert.equal(await house.followUps.leave(third, by), false);
  await house.pass(3 * hour);
  const soFar = ['off', 'off', 'on after off', 'off'];
  await house.hasStarts(soFar);

  const fourth = await house.tap('off');
  const [one, other] = await Promise.all([
    house.followUps.startNow(fourth, by),
    house.followUps.startNow(fourth, by),
  ]);
  assert.equal(one?.kind, 'started');
  assert.equal(other, one);
  assert.equal(await house.followUps.startNow(fourth, by), undefined);
  await house.pass(3 * hour);
  await house.hasStarts([...soFar, 'off', 'on after off']);
});

test('while a run goes on, what follows it can be given another time, but not be left off', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const house = await createFollowHouse(t);
  const result = await house.runs.start(camera[0] ?? createTask(), { ...by, idempotencyKey: undefined });
  assert.ok('run' in result);
  const { id } = result.run;
  assert.equal(await house.followUps.leave(id, by), false);
  assert.equal(await house.followUps.choose(id, 45 * minute, by), true);
  assert.equal(await house.followUps.leave(id, by), false);
  await house.end('off');
  await turnsUntil(() => result.run.state() === 'ended', 'the end');
  assert.equal(house.followUps.ofRun(id)?.inMs, 45 * minute);
  assert.equal(await house.followUps.leave(id, by), true);
  await house.pass(3 * hour);
  await house.hasStarts(['off']);
});

test('after a crash at any moment it is started, and never twice', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const house = await createFollowHouse(t);
  await house.tap('off');
  // Off during its time: started at once, with a note.
  const late = await house.crash(3 * hour);
  await late.hasStarts(['off', 'on after off']);
  assert.match(
    await late.says('follow-up'),
    /2 h after Camera off, for Anna, 192\.168\.1\.5; 1 h late, because it could not be started before$/,
  );
  // Killed after the start was on disk, before the plan was removed.
  const plan = fs.readFileSync(path.join(house.folder, 'follow-ups'));
  fs.writeFileSync(path.join(late.folder, 'follow-ups'), plan);
  const after = await late.crash();
  await after.pass(5 * hour);
  await after.hasStarts(['off', 'on after off']);
  // On again before its time: it waits for the rest.
  const early = await house.crash(hour);
  await early.pass(hour - 2 * minute);
  await early.hasStarts(['off']);
  await early.pass(2 * minute);
  await early.hasStarts(['off', 'on after off']);
  // Off for longer than `within`.
  const tooLate = await house.crash(30 * hour);
  await tooLate.pass(hour);
  await tooLate.hasStarts(['off']);
  assert.match(await tooLate.says('follow-up-dropped'), /its time was 28 h ago/);
});

test('a join counts once it is on disk: no crash afterwards starts the task once more', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [off = createTask(), on = createTask()] = camera;
  const house = await createFollowHouse(t, { tasks: [off, { ...on, whenBusy: 'join' }] });
  await house.tap('off');
  const file = path.join(house.folder, 'follow-ups');
  fs.mkdirSync(`${file}.new`);
  const result = await house.runs.start({ ...on, whenBusy: 'join' }, { ...by, idempotencyKey: undefined });
  assert.equal(result.kind, 'started');
  await house.pass(2 * hour);
  await house.says('follow-up-waits');
  assert.ok(!house.log.some(({ event }) => event === 'follow-up'), 'not reported before it is on disk');
  fs.rmdirSync(`${file}.new`);
  await house.pass(minute);
  assert.match(await house.says('follow-up'), /^Joined a run of Camera on/);
  assert.equal(fs.readFileSync(file, 'utf8'), '[]\n');
  const next = await house.crash(hour);
  await next.pass(hour);
  await next.hasStarts(['off', 'on']);
});

test('a run that is lost in a crash is followed with "ended", and not with "succeeded"', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const when of ['ended', 'succeeded'] as const) {
    const tasks = [createTask({ id: 'off', then: thenOf('on', { when }) }), createTask({ id: 'on' })];
    const house = await createFollowHouse(t, { tasks });
    await house.runs.start(tasks[0] ?? createTask(), { ...by, idempotencyKey: undefined });
    const next = await house.crash();
    // Killed again, at once.
    const last = await next.crash(minute);
    await last.pass(3 * hour);
    await last.hasStarts(when === 'ended' ? ['off', 'on after off'] : ['off']);
  }
});

test('clocks that jump change nothing, and one that is not set yet at boot is waited for', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const house = await createFollowHouse(t);
  await house.tap('off');
  house.setWall(5 * hour);
  await house.pass(hour);
  house.setWall(-9 * hour);
  await house.pass(hour - minute);
  await house.hasStarts(['off']);
  await house.pass(minute);
  await house.hasStarts(['off', 'on after off']);

  const other = await createFollowHouse(t);
  await other.tap('off');
  const booted = await other.crash(-Date.UTC(2026, 5, 1, 12));
  await booted.pass(minute);
  await booted.hasStarts(['off']);
  booted.setWall(Date.UTC(2026, 5, 1, 12) + 3 * hour);
  await booted.pass(minute);
  await booted.hasStarts(['off', 'on after off']);
});

test('the rules of the other task apply: busy and hours are waited for; removed, disabled or no longer named, it is dropped', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const reject = createTask({ id: 'on', name: 'Camera on', whenBusy: 'reject' });
  const house = await createFollowHouse(t, { tasks: [camera[0] ?? createTask(), reject] });
  await house.runs.start(reject, { ...by, idempotencyKey: undefined });
  await house.tap('off', 10 * minute);
  await house.pass(20 * minute);
  await house.hasStarts(['on', 'off']);
  assert.equal(house.log.filter(({ event }) => event === 'follow-up-waits').length, 1);
  await house.end('on');
  await house.pass(minute);
  await house.hasStarts(['on', 'off', 'on after off']);
  await house.end('on');
  await house.pass(minute);

  const changes: readonly (() => void)[] = [
    () => house.tasks.delete('on'),
    () => house.tasks.set('on', { ...reject, isEnabled: false }),
    () => {
      house.tasks.set('on', reject);
      house.tasks.set('off', { ...(camera[0] ?? createTask()), then: undefined });
    },
  ];
  for (const change of changes) {
    const run = await house.tap('off', 10 * minute);
    change();
    assert.equal(house.followUps.ofRun(run), undefined);
    await house.pass(20 * minute);
    house.tasks.set('on', reject);
    house.tasks.set('off', camera[0] ?? createTask());
  }
  await house.hasStarts(['on', 'off', 'on after off', 'off', 'off', 'off']);
  assert.equal(house.log.filter(({ event }) => event === 'follow-up-dropped').length, 3);
});

test('chains stop at one step', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const tasks = [
    createTask({ id: 'a', then: thenOf('b') }),
    createTask({ id: 'b', then: thenOf('c') }),
    createTask({ id: 'c' }),
  ];
  const house = await createFollowHouse(t, { tasks });
  await house.tap('a');
  await house.pass(2 * hour);
  await house.end('b');
  await house.pass(5 * hour);
  await house.hasStarts(['a', 'b after a']);
  await house.tap('b');
  await house.pass(3 * hour);
  await house.hasStarts(['a', 'b after a', 'b', 'c after b']);
});

test('while a plan cannot be written, the run does not end; once it can be, both happen', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const house = await createFollowHouse(t);
  const fresh = path.join(house.folder, 'follow-ups.new');
  fs.mkdirSync(path.join(fresh, 'in the way'), { recursive: true });
  const result = await house.runs.start(camera[0] ?? createTask(), { ...by, idempotencyKey: undefined });
  assert.ok('run' in result);
  const ending = house.end('off');
  await turnsUntil(() => house.log.some(({ event }) => event === 'follow-ups-unwritable'), 'the error');
  await house.pass(minute);
  assert.equal(result.run.state(), 'running');
  fs.rmSync(fresh, { recursive: true });
  await house.pass(minute);
  await ending;
  assert.ok(house.log.some(({ event }) => event === 'follow-ups-writable'));
  assert.ok(house.followUps.ofRun(result.run.id));
});
