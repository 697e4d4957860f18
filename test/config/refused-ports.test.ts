// Ports that browsers refuse to open are warned of, for both listeners, unless a proxy stands in front.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRefusedPorts } from '../../src/config/refused-ports.ts';
import { createJudge, withServer } from '../support/config.ts';

const message = 'Give another port: browsers refuse to open this one, wherever it is';

test('each of the ports is one that the fetch of Node refuses, without connecting', async () => {
  const ports = Array.from({ length: 65_535 }, (_, i) => i + 1);
  const listed = ports.filter((port) => findRefusedPorts({ server: { port, trustProxy: [] } }).length > 0);
  assert.ok(listed.length > 50);
  const refused: number[] = [];
  for (const port of listed) {
    const problem: unknown = await fetch(`http://127.0.0.1:${port}`).catch((error: unknown) => error);
    if (problem instanceof Error && problem.cause instanceof Error && problem.cause.message === 'bad port')
      refused.push(port);
  }
  assert.deepEqual(refused, listed);
});

test('a config with such a port works, with a warning', (t) => {
  const warningsOf = (server: object, admin?: object): string[] => {
    const config = { ...withServer(server), ...(admin === undefined ? {} : { admin }) };
    return [...createJudge(t).judge(config).warnings].filter((line) => line.includes(message));
  };
  assert.match(warningsOf({ port: 10_080 }).join(), /server\.port: /);
  assert.match(warningsOf({}, { gate: 'dsm', port: 6000 }).join(), /admin\.port: /);
  assert.deepEqual(warningsOf({ port: 10_080, trustProxy: ['127.0.0.1'] }), []);
  assert.deepEqual(warningsOf({ port: 10_081 }), []);
});
