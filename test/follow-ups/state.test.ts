// The file of what is to be started later: read only if it is a file of the daemon's own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createFollowUpsFile, type FollowUp } from '../../src/follow-ups/state.ts';
import { createFolder } from '../support/daemon.ts';
import { createTestLogger } from '../support/logger.ts';

const planned: FollowUp = {
  run: 'r',
  from: 'off',
  fromName: 'Camera off',
  afterMs: 7_200_000,
  withinMs: 86_400_000,
  task: 'on',
  dueAt: '2026-06-01T14:00:00.000Z',
  address: '192.0.2.1',
};

test('a link, a second name and damage are reported, and nothing of them is started', async (t) => {
  const folder = createFolder(t);
  const own = path.join(folder, 'own');
  assert.equal(await createFollowUpsFile(own, createTestLogger().logger).save([planned]), true);
  const read = (name: string): [count: number, code: unknown] => {
    const { logger, lines } = createTestLogger();
    const { length } = createFollowUpsFile(path.join(folder, name), logger).load();
    return [length, lines[0]?.['code']];
  };
  assert.deepEqual(read('own'), [1, undefined]);
  assert.deepEqual(read('missing'), [0, undefined]);
  fs.symlinkSync(own, path.join(folder, 'link'));
  assert.deepEqual(read('link'), [0, 'ELOOP']);
  fs.linkSync(own, path.join(folder, 'second'));
  assert.deepEqual(read('second'), [0, 'ELINKED']);
  fs.writeFileSync(path.join(folder, 'damaged'), '[{', { mode: 0o600 });
  assert.equal(read('damaged')[0], 0);
});
