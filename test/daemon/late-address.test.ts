// Addresses that come late, go away and come back: the daemon waits for them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { adminPasswordHash } from '../support/admin.ts';
import { runCli, spawnCli } from '../support/cli.ts';
import { createFolder, keyOf, magicKey, until } from '../support/daemon.ts';
import { testInOwnNetwork } from '../support/own-network.ts';

const port = 10_765;

interface Started {
  readonly file: string;
  readonly child: ReturnType<typeof spawnCli>['child'];
  readonly ended: Promise<number | null>;
  printed(): string;
  /** The messages of the log's lines of this event, once there are that many. */
  logged(event: string, count?: number): Promise<readonly string[]>;
  /** The status of the answer to a start. */
  call(host: string): Promise<number | undefined>;
}

/** Starts a daemon with one task, which does not have to listen. */
function start(
  t: { after(fn: () => Promise<void> | void): void },
  server: object,
  more: object = {},
): Started {
  const folder = createFolder(t);
  const file = path.join(folder, 'config.json');
  const tasks = { hello: { identifier: keyOf('hello'), command: ['true'], cooldown: '0s' } };
  const config = { server: { port, magickey: magicKey, ...server }, ...more, tasks };
  fs.writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const { child, printed, ended } = spawnCli(t, ['serve', '--config', file]);
  const load = (event: string): string[] =>
    fs
      .readFileSync(path.join(folder, 'log.txt'), { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .filter((line) => line.includes(`"event":"${event}"`) && line.endsWith('}'))
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
  return {
    file,
    child,
    ended,
    printed,
    logged: async (event, count = 1) =>
      await until(() => {
        const found = load(event);
        if (child.exitCode !== null && found.length < count) throw new Error(`It has ended:\n${printed()}`);
        return found.length < count ? undefined : found;
      }, `${event}; printed so far:\n${printed()}`),
    call: async (host) =>
      await fetch(`http://${host}:${port}/${magicKey}/${keyOf('hello')}?wait=30`).then(
        ({ status }) => status,
        () => undefined,
      ),
  };
}

function ip(args: string): void {
  const { status, stderr } = spawnSync('/bin/sh', ['-c', `ip ${args}`], { encoding: 'utf8' });
  assert.equal(status, 0, `ip ${args}: ${stderr}`);
}

testInOwnNetwork(import.meta.filename, 'any', 'addresses that come and go', () => {
  test('a daemon whose address comes late waits for it, keeps it while it is away, and can be stopped all the time', async (t) => {
    const { file, child, ended, logged, call } = start(t, { listen: '192.0.2.7' });
    assert.deepEqual(await logged('not-listening'), [
      'Cannot listen on 192.0.2.7: this machine does not have that address; trying again until it works',
    ]);
    const health = await runCli(['doctor', '--health', '--config', file]);
    assert.deepEqual([health.status, health.stdout], [1, `${(await logged('not-listening'))[0]}\n`]);
    assert.equal((await runCli(['status', '--config', file])).status, 1);
    ip('address add 192.0.2.7/32 dev lo');
    assert.deepEqual(await logged('listening'), ['Listening on http://192.0.2.7:10765']);
    assert.equal(await call('192.0.2.7'), 200);
    assert.equal((await runCli(['doctor', '--health', '--config', file])).status, 0);
    ip('address del 192.0.2.7/32 dev lo');
    ip('address add 192.0.2.7/32 dev lo');
    assert.equal(await call('192.0.2.7'), 200);
    assert.equal((await logged('not-listening')).length, 1);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
    ip('address del 192.0.2.7/32 dev lo');
  });

  test('a daemon that waits for its address ends at once when it is stopped', async (t) => {
    const { file, ended, logged } = start(t, { listen: '192.0.2.8' });
    await logged('not-listening');
    assert.equal((await runCli(['shutdown', '--config', file])).status, 0);
    assert.equal(await ended, 0);
  });

  test('an interface that comes late or is made again has its addresses back', async (t) => {
    const { logged, call, child, ended } = start(t, { listen: '192.0.2.9' });
    await logged('not-listening');
    for (let nth = 0; nth < 2; nth++) {
      ip('link add lan0 type veth peer name lan1');
      ip('link set lan0 up');
      ip('link set lan1 up');
      ip('address add 192.0.2.9/24 dev lan0');
      await logged('listening');
      assert.equal(await call('192.0.2.9'), 200);
      ip('link del lan0');
    }
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  test('an IPv6 address that is still tentative, and an interface that does not exist yet, are waited for', async (t) => {
    const late = start(t, { listen: 'fe80::7%lan0' });
    await late.logged('not-listening');
    const global = start(t, { listen: '2001:db8::7' });
    await global.logged('not-listening');
    ip('link add lan0 type veth peer name lan1');
    ip('link set lan0 up');
    ip('link set lan1 up');
    ip('address add fe80::7/64 dev lan0');
    ip('address add 2001:db8::7/64 dev lan0');
    await late.logged('listening');
    await global.logged('listening');
    assert.equal(await global.call('[2001:db8::7]'), 200);
    late.child.kill('SIGTERM');
    global.child.kill('SIGTERM');
    assert.deepEqual([await late.ended, await global.ended], [0, 0]);
    ip('link del lan0');
  });

  test('if another program has the port when the address comes, the daemon names it and ends with status 1', async (t) => {
    const { ended, logged, printed } = start(t, { listen: '192.0.2.10' });
    await logged('not-listening');
    const other = net.createServer().listen(port, '0.0.0.0');
    t.after(() => other.close());
    await once(other, 'listening');
    ip('address add 192.0.2.10/32 dev lo');
    assert.equal(await ended, 1);
    const message = `Cannot listen on port ${port} of 192.0.2.10: another program does`;
    assert.ok(printed().includes(`${message} [port-taken]\n  Stop that program`), printed());
    assert.deepEqual(await logged('stopping'), [`Stopping (${message})`]);
  });

  test('the tasks are served without the admin page, until its port is free', async (t) => {
    const other = net.createServer().listen(port + 1, '127.0.0.1');
    t.after(() => other.close());
    await once(other, 'listening');
    const admin = { gate: 'password', password: adminPasswordHash, port: port + 1 };
    const { logged, call, child, ended, file } = start(t, { listen: '127.0.0.1' }, { admin });
    assert.deepEqual(await logged('listening'), [`Listening on http://127.0.0.1:${port}`]);
    assert.deepEqual(await logged('not-listening'), [
      `Admin page: Cannot listen on port ${port + 1} of 127.0.0.1: another program does; trying again until it works`,
    ]);
    assert.equal(await call('127.0.0.1'), 200);
    assert.match((await runCli(['status', '--config', file])).stdout, /Admin page: Cannot listen/);
    other.close();
    assert.deepEqual(
      (await logged('listening', 2))[1],
      `The admin page listens on http://127.0.0.1:${port + 1}`,
    );
    assert.equal((await fetch(`http://127.0.0.1:${port + 1}/healthz`)).status, 200);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });
});
