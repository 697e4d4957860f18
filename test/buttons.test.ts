// The buttons on our pages: what each may start, once, and where it leads when it is pressed again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Admitted } from '../src/entry/gate.ts';
import { toKeyDigest } from '../src/keys.ts';
import type { Task } from '../src/tasks.ts';
import { createTrigger, type Answer, type Trigger } from '../src/entry/trigger.ts';
import { createHouse, createTask, settle, type AdminDeps } from './support/runs.ts';
import { toLocked } from './support/locked.ts';

const keyOf = (
  text: string,
): {
  digest: ReturnType<typeof toKeyDigest>;
  label: undefined;
  expiresAtMs: undefined;
  asksFirst: false;
} => ({
  digest: toKeyDigest(text),
  label: undefined,
  expiresAtMs: undefined,
  asksFirst: false,
});

interface Setting {
  readonly house: AdminDeps;
  readonly trigger: Trigger;
  isLogWritten: boolean;
  admit(task?: string): Admitted;
  start(parts?: { task?: string; nonce?: string; again?: string }): Promise<Answer | undefined>;
  /** Starts a run, ends it, and gives the button of its page. */
  offer(): Promise<string>;
}

/** Two tasks that run as often as one likes, unless told otherwise; one of them asks first. */
function createSetting(parts: Partial<Task> = {}): Setting {
  const house = createHouse();
  const setting = { isLogWritten: true };
  const tasks = [
    createTask({ id: 'asks', asksFirst: true, whenBusy: 'parallel', ...parts }),
    createTask({ id: 'other', asksFirst: true }),
    createTask({ id: 'plain', whenBusy: 'parallel', ...parts }),
  ];
  const trigger = createTrigger({
    locked: toLocked({
      hasOverview: false,
      magic: [keyOf('magic')],
      tasks: tasks.map((task) => ({ task, keys: [keyOf(task.id)] })),
    }),
    runs: house.runs,
    isLogWritten: () => setting.isLogWritten,
    clock: house.clock,
  });
  const admit = (task = 'asks'): Admitted => {
    const admission = trigger.admit({
      magicKey: Buffer.from('magic'),
      taskKey: Buffer.from(task),
      address: '::1',
    });
    assert.ok(admission.kind === 'admitted');
    return admission;
  };
  const start: Setting['start'] = async ({ task, nonce, again } = {}) =>
    await trigger.start(admit(task), { idempotencyKey: undefined, nonce, again });
  const offer = async (): Promise<string> => {
    const answer = await start({ task: 'plain' });
    assert.ok(answer?.kind === 'started');
    house.executions.at(-1)?.({ kind: 'failed', exitCode: 1 });
    await settle();
    return trigger.offerAgain(admit('plain'), answer.run.id);
  };
  return Object.assign(setting, { house, trigger, admit, start, offer });
}

const nonceOf = (answer: Answer | undefined): string =>
  answer?.kind === 'asked' ? answer.nonce : assert.fail(`Asked, not ${answer?.kind}`);
const runOf = (answer: Answer | undefined): string =>
  answer !== undefined && 'run' in answer ? answer.run.id : '';

test('a task that asks first is started by the nonce of a question about that task, in time', async () => {
  const { start, house } = createSetting();
  const ask = async (): Promise<string> => nonceOf(await start());
  assert.equal((await start({ nonce: 'made-up' }))?.kind, 'asked');
  assert.equal(
    (await start({ task: 'other', nonce: await ask() }))?.kind,
    'asked',
    'a nonce belongs to its task',
  );
  const late = await ask();
  house.tick(5 * 60_000);
  assert.deepEqual(
    await start({ nonce: late }).then((answer) => answer?.kind === 'asked' && answer.isAgain),
    true,
  );
  const first = await ask();
  for (let n = 0; n < 1000; n++) await ask();
  assert.equal((await start({ nonce: first }))?.kind, 'asked', 'no more than 1,000 questions are open');
  assert.equal(house.starts.length, 0);
  assert.equal((await start({ nonce: await ask() }))?.kind, 'started');
});

test('a question answered twice leads to the one run, also where both answers come at the same moment', async () => {
  const { start, house } = createSetting();
  const nonce = nonceOf(await start());
  const answers = await Promise.all([start({ nonce }), start({ nonce })]);
  assert.deepEqual(
    answers.map((answer) => answer?.kind),
    ['started', 'joined'],
  );
  house.executions[0]?.();
  await settle();
  const later = await start({ nonce });
  assert.deepEqual([later?.kind, runOf(later)], ['joined', runOf(answers[0])]);
  assert.equal(house.starts.length, 1);
});

test('the button of a run starts its task once; pressed again it leads to the run that it started', async () => {
  const { start, offer, house, trigger, admit } = createSetting();
  const again = await offer();
  const before = house.starts.length;
  const answers = await Promise.all([
    start({ task: 'plain', again }),
    start({ task: 'plain', again }),
    start({ task: 'plain', again }),
  ]);
  assert.deepEqual(answers.map((answer) => String(answer?.kind)).toSorted(), ['joined', 'joined', 'started']);
  assert.equal(new Set(answers.map(runOf)).size, 1);
  assert.equal(house.starts.length, before + 1);
  const presented = { nonce: again, run: house.starts[0]?.run ?? '', address: '::1' };
  assert.equal(trigger.isAgainOffered(presented), false);
  assert.deepEqual(
    trigger.admitAgain(presented),
    admit('plain'),
    'so that pressing it again can lead somewhere',
  );
});

test('the button of a run of a task that asks first asks, and both buttons together start one run', async () => {
  const { start, house, trigger, admit } = createSetting();
  const again = trigger.offerAgain(admit(), 'run');
  const nonces = [nonceOf(await start({ again })), nonceOf(await start({ again }))];
  const answers = await Promise.all(nonces.map(async (nonce) => await start({ nonce, again })));
  assert.deepEqual(answers.map((answer) => String(answer?.kind)).toSorted(), ['joined', 'started']);
  assert.equal((await start({ again }))?.kind, 'joined');
  assert.equal(house.starts.length, 1);
});

test('what came to nothing lets a button be pressed again', async () => {
  const setting = createSetting({ whenBusy: 'reject' });
  const { start, offer, house } = setting;
  const again = await offer();
  setting.isLogWritten = false;
  assert.equal((await start({ task: 'plain', again }))?.kind, 'unwritable');
  setting.isLogWritten = true;
  const other = await start({ task: 'plain' });
  const refusals = await Promise.all([start({ task: 'plain', again }), start({ task: 'plain', again })]);
  assert.deepEqual(
    refusals.map((answer) => answer?.kind),
    ['busy', 'busy'],
  );
  house.executions.at(-1)?.();
  await settle();
  const started = await start({ task: 'plain', again });
  assert.equal(started?.kind, 'started');
  assert.notEqual(runOf(started), runOf(other));
});

test('a button that led to a run which is remembered no longer leads nowhere, and starts nothing', async () => {
  const { start, offer, house } = createSetting();
  const again = await offer();
  assert.equal((await start({ task: 'plain', again }))?.kind, 'started');
  for (let n = 0; n < 101; n++) {
    house.executions.at(-1)?.();
    await settle();
    await start({ task: 'plain' });
  }
  const starts = house.starts.length;
  assert.equal(await start({ task: 'plain', again }), undefined);
  assert.equal(house.starts.length, starts);
});
