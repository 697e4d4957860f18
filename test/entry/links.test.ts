// Guest links: how often and how long they open, what survives a crash, and that they cost a refusal nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { type GivenKey } from '../../src/entry/gate.ts';
import { guestWord, openLinks, toLinksPath, type Links } from '../../src/entry/links.ts';
import { createTrigger, type Trigger } from '../../src/entry/trigger.ts';
import { newKey, toKeyDigest } from '../../src/keys.ts';
import { createNoLog } from '../../src/log/no-log.ts';
import type { Runs } from '../../src/runs/runs.ts';
import { createFolder } from '../support/daemon.ts';
import { createFeed } from '../support/feed.ts';
import { toLocked } from '../support/locked.ts';
import { createTask } from '../support/runs.ts';

const dayMs = 86_400_000;
const address = '::1';
const nothing = { idempotencyKey: undefined, nonce: undefined, again: undefined };
const given = (key: string): GivenKey => ({
  digest: toKeyDigest(key),
  label: undefined,
  expiresAtMs: undefined,
  asksFirst: false,
});
const locked = toLocked({
  hasOverview: true,
  magic: [given('magic')],
  tasks: [
    { task: createTask({ id: 'a' }), keys: [given('key a')] },
    { task: createTask({ id: 'home', allow: ['192.168.0.0/16'] }), keys: [given('key home')] },
  ],
});

interface Setting {
  readonly historyPath: string;
  links: Links;
  nowMs: number;
  trigger: Trigger;
  result: 'started' | 'joined' | 'closing';
  reopen(): void;
  admit(task: string, magic?: string): string;
  start(key: string): Promise<string | undefined>;
}

function createSetting(t: { after(fn: () => void): void }): Setting {
  const historyPath = path.join(createFolder(t), 'history.jsonl');
  const { run } = createFeed();
  const clock = { nowMs: () => setting.nowMs, wallMs: () => setting.nowMs };
  const runs: Runs = {
    start: async () => (setting.result === 'closing' ? { kind: 'closing' } : { kind: setting.result, run }),
    find: () => undefined,
    live: () => [],
    last: () => undefined,
    follow: () => {},
    stop: () => undefined,
    close: async () => [],
  };
  const open = (): Pick<Setting, 'links' | 'trigger'> => {
    const links = openLinks({ historyPath, logger: createNoLog(), clock });
    return { links, trigger: createTrigger({ locked, links, runs, isLogWritten: () => true, clock }) };
  };
  const present = (magicKey: string, taskKey: string): ReturnType<Trigger['admit']> =>
    setting.trigger.admit({ magicKey: Buffer.from(magicKey), taskKey: Buffer.from(taskKey), address });
  const setting: Setting = {
    historyPath,
    nowMs: 1_000_000,
    result: 'started',
    reopen() {
      setting.links.close();
      Object.assign(setting, open());
    },
    admit(task, magic = guestWord) {
      const admission = present(magic, task);
      return admission.kind === 'mismatch'
        ? admission.mismatch
        : `${admission.task} ${String(admission.label)}`;
    },
    async start(key) {
      const admission = present(guestWord, key);
      assert.ok(admission.kind === 'admitted');
      return (await setting.trigger.start(admission, nothing))?.kind;
    },
    ...({} as Pick<Setting, 'links' | 'trigger'>),
  };
  Object.assign(setting, open());
  t.after(() => setting.links.close());
  return setting;
}

const make = (
  setting: Setting,
  key: string,
  more: { task?: string; uses?: number; label?: string } = {},
): string =>
  setting.links.create(
    {
      key: toKeyDigest(key),
      task: 'a',
      label: 'gardener',
      uses: 2,
      endsAtMs: setting.nowMs + dayMs,
      ...more,
    },
    'test',
  );

test('a link starts its task as often as it may, also over restarts, and is then as any wrong key', async (t) => {
  const setting = createSetting(t);
  const key = newKey();
  assert.equal(make(setting, key), 'done');
  assert.equal(setting.admit(key), 'a gardener');
  assert.equal(await setting.start(key), 'started');
  setting.result = 'joined';
  assert.equal(await setting.start(key), 'joined');
  setting.result = 'closing';
  assert.equal(await setting.start(key), 'closing');
  setting.reopen();
  assert.equal(setting.links.find(toKeyDigest(key))?.used, 1);
  setting.result = 'started';
  const admission = setting.trigger.admit({
    magicKey: Buffer.from(guestWord),
    taskKey: Buffer.from(key),
    address,
  });
  assert.equal(await setting.start(key), 'started');
  assert.equal(setting.admit(key), 'ended-link');
  assert.ok(admission.kind === 'admitted');
  assert.equal(await setting.trigger.start(admission, nothing), undefined, 'admitted before the last use');
  setting.reopen();
  assert.equal(setting.admit(key), 'ended-link');
});

test('a link ends by its time and by its owner, opens one task only, and only with its own word', (t) => {
  const setting = createSetting(t);
  const [key, other, far] = [newKey(), newKey(), newKey()];
  assert.deepEqual(
    [
      make(setting, key),
      make(setting, other),
      make(setting, other, { label: 'b' }),
      make(setting, far, { label: 'c', task: 'home' }),
    ],
    ['done', 'label-taken', 'done', 'done'],
  );
  assert.deepEqual(
    [
      setting.admit(key, 'magic'),
      setting.admit('key a'),
      setting.admit('wrong'),
      setting.admit(key, 'Guest'),
      setting.admit(far),
      setting.trigger.admitToOverview({ magicKey: Buffer.from(guestWord), address }).kind,
    ],
    ['task-key', 'magic-key', 'task-key', 'magic-key', 'address', 'mismatch'],
  );
  assert.deepEqual(
    [setting.links.end('gardener', 'test'), setting.links.end('gardener', 'test')],
    ['done', 'unknown'],
  );
  assert.equal(setting.admit(key), 'ended-link');
  setting.nowMs += dayMs - 1;
  setting.reopen();
  assert.deepEqual([setting.admit(key), setting.admit(other)], ['ended-link', 'a b']);
  setting.nowMs += 1;
  assert.equal(setting.admit(other), 'expired-key');
  assert.equal(fs.statSync(toLinksPath(setting.historyPath)).mode & 0o777, 0o600);
  assert.ok(
    ![key, other].some((one) => fs.readFileSync(toLinksPath(setting.historyPath), 'utf8').includes(one)),
  );
});

test('a use that cannot be recorded starts nothing; a file that is cut or damaged gives no use back', async (t) => {
  const setting = createSetting(t);
  const file = toLinksPath(setting.historyPath);
  fs.mkdirSync(file);
  const key = newKey();
  assert.equal(make(setting, key), 'unwritten');
  assert.equal(setting.admit(key), 'task-key');
  fs.rmdirSync(file);
  assert.equal(make(setting, key, { uses: 3 }), 'done');
  for (let n = 0; n < 3; n++) assert.equal(await setting.start(key), 'started');
  const whole = fs.readFileSync(file, 'utf8');
  const beforeLast = whole.lastIndexOf('\n', whole.length - 2) + 1;
  for (const cut of [beforeLast, beforeLast + 10, whole.length - 1, whole.length]) {
    fs.writeFileSync(file, whole.slice(0, cut));
    setting.reopen();
    assert.equal(setting.links.find(toKeyDigest(key))?.used, cut === whole.length ? 3 : 2);
  }
  setting.links.close();
  fs.writeFileSync(file, whole.replace('"use"', '"uxe"'));
  assert.throws(() => setting.reopen(), { code: 'history-unusable', message: /is damaged in line 2$/ });
});

test('an end that could not be recorded can be recorded later, and a removed file gives no use back', async (t) => {
  const setting = createSetting(t);
  const file = toLinksPath(setting.historyPath);
  const [ended, used] = [newKey(), newKey()];
  assert.equal(make(setting, ended), 'done');
  assert.equal(make(setting, used, { label: 'b', uses: 3 }), 'done');
  assert.equal(await setting.start(used), 'started');
  fs.rmSync(file);
  fs.mkdirSync(file);
  assert.equal(setting.links.end('gardener', 'test'), 'unwritten');
  assert.equal(setting.links.end('gardener', 'test'), 'unwritten');
  assert.equal(setting.admit(ended), 'ended-link');
  fs.rmdirSync(file);
  assert.equal(setting.links.end('gardener', 'test'), 'done');
  assert.equal(setting.links.end('gardener', 'test'), 'unknown');
  assert.equal(await setting.start(used), 'started');
  setting.reopen();
  assert.equal(setting.admit(ended), 'ended-link');
  assert.equal(setting.links.find(toKeyDigest(used))?.used, 2);
});

test('a link whose task the config no longer has is ended for good, also if a task of that name comes back', (t) => {
  const setting = createSetting(t);
  const [gone, kept, spent] = [newKey(), newKey(), newKey()];
  make(setting, gone);
  make(setting, kept, { label: 'b', task: 'home' });
  make(setting, spent, { label: 'c', uses: 1 });
  setting.links.use(toKeyDigest(spent));
  setting.links.endOthers([{ id: 'home' }]);
  setting.links.endOthers(locked.tasks);
  setting.reopen();
  assert.deepEqual([setting.admit(gone), setting.admit(kept)], ['ended-link', 'address']);
  setting.links.refund(toKeyDigest(spent));
  assert.equal(setting.admit(spent), 'ended-link');
});

test('killed at any moment, a process has reported no use that is not on disk', async (t) => {
  const folder = createFolder(t);
  const key = toKeyDigest('key');
  const code = `
    import { openLinks } from ${JSON.stringify(path.join(import.meta.dirname, '../../src/entry/links.ts'))};
    import { createNoLog } from ${JSON.stringify(path.join(import.meta.dirname, '../../src/log/no-log.ts'))};
    const clock = { nowMs: () => 0, wallMs: () => Date.now() };
    const links = openLinks({ historyPath: process.argv[1], logger: createNoLog(), clock });
    links.create({ key: '${key}', task: 'a', label: 'g', uses: 1e9, endsAtMs: Date.now() + 1e9 }, 'test');
    for (let n = 1; links.use('${key}') === 'done'; n++) process._rawDebug(String(n));`;
  for (const afterLines of [1, 7]) {
    const historyPath = path.join(folder, `h${afterLines}`);
    const child = spawn(process.execPath, ['--input-type=module', '-e', code, historyPath], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    t.after(() => child.kill('SIGKILL'));
    let reported = 0;
    for await (const line of createInterface({ input: child.stderr })) {
      if (/^\d+$/.test(line)) reported = Number(line);
      if (reported >= afterLines) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    assert.equal(child.signalCode, 'SIGKILL');
    const clock = { nowMs: () => 0, wallMs: () => Date.now() };
    const links = openLinks({ historyPath, logger: createNoLog(), clock });
    const used = links.find(key)?.used ?? 0;
    links.close();
    assert.ok(reported >= afterLines && used >= reported, `${used} on disk, ${reported} reported`);
  }
});

test('a file of many uses is rewritten at the next start, and old links are forgotten', (t) => {
  const setting = createSetting(t);
  make(setting, 'old', { label: 'old' });
  setting.nowMs += 40 * dayMs;
  make(setting, 'key', { uses: 9000 });
  const file = toLinksPath(setting.historyPath);
  const at = new Date(setting.nowMs).toISOString();
  fs.appendFileSync(file, `${JSON.stringify({ event: 'use', key: toKeyDigest('key'), at })}\n`.repeat(2000));
  setting.reopen();
  assert.equal(fs.readFileSync(file, 'utf8').split('\n').length, 2);
  setting.reopen();
  assert.deepEqual(
    setting.links.list().map(({ label, used }) => [label, used]),
    [['gardener', 2000]],
  );
});

test('a file that grows while it is in use is rewritten, and every use in it counts', async (t) => {
  const setting = createSetting(t);
  const key = newKey();
  make(setting, key, { uses: 1002 });
  const file = toLinksPath(setting.historyPath);
  const at = new Date(setting.nowMs).toISOString();
  const use = `${JSON.stringify({ event: 'use', key: toKeyDigest(key), at })}\n`;
  fs.appendFileSync(file, use.repeat(1000));
  setting.reopen();
  const countLines = (): number => fs.readFileSync(file, 'utf8').split('\n').length - 1;
  assert.equal(countLines(), 1001);
  fs.mkdirSync(`${file}.new`);
  assert.equal(await setting.start(key), 'started');
  setting.result = 'joined';
  assert.equal(await setting.start(key), 'joined');
  assert.equal(countLines(), 1004);
  setting.reopen();
  assert.equal(countLines(), 1004);
  fs.rmdirSync(`${file}.new`);
  setting.reopen();
  assert.equal(countLines(), 1);
  assert.equal(setting.links.find(toKeyDigest(key))?.used, 1001);
  fs.appendFileSync(file, use.replace('"use"', '"refund"').repeat(1001));
  setting.reopen();
  setting.result = 'started';
  assert.equal(await setting.start(key), 'started');
  assert.equal(countLines(), 2);
  assert.equal(setting.links.find(toKeyDigest(key))?.used, 1);
  setting.reopen();
  assert.equal(setting.links.find(toKeyDigest(key))?.used, 1);
});
