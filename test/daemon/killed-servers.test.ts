// A daemon that is killed again and again under load: its worker knows how each run ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killServers } from '../support/killed-servers.ts';

test(
  'each start that was acknowledged ran once, and has its true exit status, however often the daemon was killed',
  { timeout: 300_000 },
  async (t) => {
    const pauses = [400, 150, 700, 50];
    let next = 0;
    const { acknowledged, runs } = await killServers(t, {
      isEnough: (kills) => kills === pauses.length,
      toPauseMs: () => pauses[next++] ?? 0,
    });
    assert.ok(acknowledged > 0 && runs >= acknowledged, `${acknowledged} of ${runs}`);
  },
);
