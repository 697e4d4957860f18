// Blocked keys: by their digests, kept in a file that survives a crash, and never given back by a fault of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadBlocked, openBlocks, toBlocksPath, type Blocks } from '../../src/entry/blocks.ts';
import { createGate, type GivenKey } from '../../src/entry/gate.ts';
import { toKeyDigest } from '../../src/keys.ts';
import { createNoLog } from '../../src/log/no-log.ts';
import { createFolder } from '../support/daemon.ts';
import { toLocked } from '../support/locked.ts';
import { createTask } from '../support/runs.ts';

const clock = { nowMs: () => 1000, wallMs: () => 1000 };
const given = (key: string, label: string): GivenKey => ({
  digest: toKeyDigest(key),
  label,
  expiresAtMs: undefined,
  asksFirst: false,
});
const locked = toLocked({
  hasOverview: true,
  magic: [given('magic', 'home'), given('lost', 'phone')],
  tasks: [{ task: createTask({ id: 'a' }), keys: [given('a', 'script'), given('b', 'phone')] }],
});

function open(historyPath: string, keys = locked.keys): Blocks {
  return openBlocks({ historyPath, keys: () => keys, logger: createNoLog(), clock });
}

function createPath(t: { after(fn: () => void): void }): string {
  return path.join(createFolder(t), 'history.jsonl');
}

test('all keys with a label are blocked at once, stay so over restarts, and open again', (t) => {
  const history = createPath(t);
  const blocks = open(history);
  const gate = createGate(locked, clock, blocks);
  const admit = (magic: string, task: string): string => {
    const presented = { magicKey: Buffer.from(magic), taskKey: Buffer.from(task), address: '::1' };
    const admission = gate.admit(presented);
    return admission.kind === 'mismatch' ? admission.mismatch : admission.task;
  };
  const all = (): string[] => [admit('magic', 'a'), admit('lost', 'a'), admit('magic', 'b')];
  assert.deepEqual(all(), ['a', 'a', 'a']);
  const admitted = gate.admit({ magicKey: Buffer.from('lost'), taskKey: Buffer.from('a'), address: '::1' });
  assert.equal(blocks.block('phone', 'test'), 'done');
  assert.deepEqual(all(), ['a', 'blocked-key', 'blocked-key']);
  assert.ok(admitted.kind === 'admitted');
  assert.equal(gate.admitAgain(admitted, '::1'), undefined);
  assert.equal(gate.admitToOverview({ magicKey: Buffer.from('lost'), address: '::1' }).kind, 'mismatch');
  assert.deepEqual(
    [blocks.block('missing', 'test'), blocks.unblock('missing', 'test')],
    ['unknown', 'unknown'],
  );
  blocks.close();

  assert.equal(fs.statSync(toBlocksPath(history)).mode & 0o777, 0o600);
  assert.deepEqual([...loadBlocked(history)], [toKeyDigest('lost'), toKeyDigest('b')]);
  const renewed = toLocked({ magic: [given('new', 'phone')], tasks: [] }).keys;
  const next = open(history, renewed);
  assert.deepEqual([next.has(toKeyDigest('lost')), next.has(toKeyDigest('new'))], [true, false]);
  assert.equal(next.unblock('phone', 'test'), 'done');
  next.close();
  assert.equal(loadBlocked(history).size, 0);
});

test('a torn last line is removed, and any other fault of the file is an error', (t) => {
  const history = createPath(t);
  const file = toBlocksPath(history);
  const blocks = open(history);
  blocks.block('phone', 'test');
  blocks.close();
  const whole = fs.readFileSync(file, 'utf8');
  fs.appendFileSync(file, whole.slice(0, 20));
  open(history).close();
  assert.equal(fs.readFileSync(file, 'utf8'), whole);
  fs.writeFileSync(file, `{}\n${whole}`);
  assert.throws(() => open(history), { code: 'history-unusable', message: /is damaged in line 1$/ });
  fs.writeFileSync(file, whole);
  fs.linkSync(file, `${file}.too`);
  assert.throws(() => open(history), { code: 'history-unusable', message: /ELINKED/ });
  fs.rmSync(file);
  fs.symlinkSync(`${file}.too`, file);
  assert.throws(() => open(history), { code: 'history-unusable', message: /ELOOP/ });
});

test('a block that cannot be recorded holds all the same; the end of one that cannot be recorded does not', (t) => {
  const history = createPath(t);
  const blocks = open(history);
  fs.mkdirSync(toBlocksPath(history));
  assert.equal(blocks.block('phone', 'test'), 'unwritten');
  assert.equal(blocks.has(toKeyDigest('lost')), true);
  assert.equal(blocks.unblock('phone', 'test'), 'unwritten');
  assert.equal(blocks.has(toKeyDigest('lost')), true);
  // Asked once more, it is recorded, or reported as not recorded again.
  assert.equal(blocks.block('phone', 'test'), 'unwritten');
  fs.rmdirSync(toBlocksPath(history));
  assert.equal(blocks.block('phone', 'test'), 'done');
  blocks.close();
  assert.deepEqual([...loadBlocked(history)], [toKeyDigest('lost'), toKeyDigest('b')]);
});

test('a file that is removed or replaced while it is in use gets everything again with the next change', (t) => {
  const history = createPath(t);
  const file = toBlocksPath(history);
  const blocks = open(history);
  assert.equal(blocks.block('phone', 'test'), 'done');
  const earlier = fs.readFileSync(file);
  fs.rmSync(file);
  assert.equal(blocks.block('script', 'test'), 'done');
  assert.equal(loadBlocked(history).size, 3);
  fs.writeFileSync(`${file}.copy`, earlier);
  fs.renameSync(`${file}.copy`, file);
  assert.equal(blocks.block('home', 'test'), 'done');
  blocks.close();
  assert.equal(loadBlocked(history).size, 4);
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
});
