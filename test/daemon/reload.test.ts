// The config is changed while the daemon runs: taken up as a whole, or not at all.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { Socket } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createFolder, findPort, keyOf, magicKey, startDaemon, until } from '../support/daemon.ts';
import { startReloadable } from '../support/reload.ts';
import { exchange, withoutDate } from '../support/raw-http.ts';
import { replace } from '../support/watch.ts';

const quick = { command: ['/bin/true'], cooldown: '0s', whenBusy: 'parallel' };
const otherKey = 'another-key-V4bN7mQ1zX';

describe('a reload', { concurrency: 3 }, () => {
  test('a new task can be started; a removed key stops at once, also over a connection that is open', async (t) => {
    const daemon = await startReloadable(t, { tasks: { a: quick, b: quick }, secrets: [keyOf('c')] });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const sockets = new Set<Socket>();
    const call = async (id: string): Promise<number> => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const request = http.get(daemon.url(id), { agent }, (response) =>
        response.resume().on('end', () => resolve(response.statusCode ?? 0)),
      );
      request.on('socket', (socket) => sockets.add(socket)).on('error', reject);
      return await promise;
    };
    assert.deepEqual([await call('a'), await call('b'), await call('c')], [202, 202, 404]);
    fs.writeFileSync(
      daemon.configFile,
      JSON.stringify({
        ...daemon.config(),
        tasks: { a: { identifier: keyOf('a'), ...quick }, c: { identifier: keyOf('c'), ...quick } },
      }),
    );
    await until(
      async () => ((await call('b')) === 404 ? true : undefined),
      'the key of the removed task to open nothing',
    );
    assert.deepEqual([await call('a'), await call('b'), await call('c')], [202, 404, 202]);
    assert.equal(sockets.size, 1);
    assert.deepEqual((await daemon.logged(({ event }) => event === 'config-taken'))['changes'], [
      'added c',
      'removed b',
    ]);
  });

  test('a config that cannot be used is reported once, with its problems, and changes nothing, for strangers neither', async (t) => {
    const daemon = await startReloadable(t, { tasks: { a: quick } });
    const requests = [`/${magicKey}/wrong-task-key`, '/wrong-magic-key/x', '/', `/${magicKey}`].map(
      (url) => `GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    const askAll = async (): Promise<string[]> =>
      await Promise.all(
        [...requests, 'x\r\n\r\n'].map(async (bytes) => withoutDate(await exchange(daemon.port, bytes))),
      );
    const before = await askAll();
    const good = fs.readFileSync(daemon.configFile, 'utf8');
    const bad: [string, RegExp][] = [
      [good.replace('"tasks"', '"taks"'), /^config\.json:\d+:\d+ .*tasks/],
      [good.slice(0, -20), /Correct the JSON here/],
      ['', /the file is empty/],
    ];
    for (const [text, problem] of bad) {
      const problems = (await daemon.refuses(text)) as string[];
      assert.match(problems.join('\n'), problem);
      assert.equal(await daemon.call(magicKey, keyOf('a')), 202);
      assert.deepEqual(await askAll(), before);
    }
    // The same problem again is no news.
    replace(daemon.configFile, '');
    process.kill(daemon.pid, 'SIGHUP');
    await pause(700);
    fs.rmSync(daemon.configFile);
    await daemon.logged(({ msg }) => String(msg).startsWith('There is no '));
    assert.equal(daemon.count('config-refused'), 4);
    assert.equal(await daemon.call(magicKey, keyOf('a')), 202);
    replace(daemon.configFile, good);
    await daemon.logged(({ event }) => event === 'config-taken');
    assert.deepEqual(await askAll(), before);
  });

  test('a config that names a file which comes later is taken up once that is there', async (t) => {
    const daemon = await startReloadable(t, { tasks: { a: quick }, secrets: [otherKey] });
    const elsewhere = path.join(createFolder(t), 'key.txt');
    const config = daemon.config();
    await daemon.refuses(
      JSON.stringify({ ...config, tasks: { a: { ...quick, identifier: { file: elsewhere } } } }),
    );
    fs.writeFileSync(elsewhere, otherKey);
    await daemon.logged(({ event }) => event === 'config-taken');
    assert.deepEqual(
      [await daemon.call(magicKey, otherKey), await daemon.call(magicKey, keyOf('a'))],
      [202, 404],
    );
  });

  test('a key in a file of its own is changed there', async (t) => {
    const folder = createFolder(t);
    const file = path.join(folder, 'key.txt');
    fs.writeFileSync(file, keyOf('a'));
    const daemon = await startReloadable(t, {
      folder,
      tasks: { a: { ...quick, identifier: { file: 'key.txt' } } },
      secrets: [otherKey],
    });
    assert.equal(await daemon.call(magicKey, keyOf('a')), 202);
    fs.writeFileSync(file, otherKey);
    const { changes } = await daemon.logged(({ event }) => event === 'config-taken');
    assert.deepEqual(changes, ['other keys for a']);
    assert.deepEqual(
      [await daemon.call(magicKey, otherKey), await daemon.call(magicKey, keyOf('a'))],
      [202, 404],
    );
  });

  test('HUP opens the log anew and reads the config again', async (t) => {
    const daemon = await startReloadable(t, { tasks: { a: quick } });
    const log = path.join(daemon.folder, 'log.txt');
    fs.renameSync(log, `${log}.old`);
    process.kill(daemon.pid, 'SIGHUP');
    const line = await daemon.logged(({ event }) => event === 'config-taken');
    assert.equal(line['msg'], 'Reloaded the config: no relevant changes');
    assert.doesNotMatch(fs.readFileSync(`${log}.old`, 'utf8'), /config-taken/);
  });

  test('a storm of HUPs costs a few reads of the config, and the last change in it is taken up', async (t) => {
    const daemon = await startReloadable(t, { tasks: { a: quick } });
    const began = performance.now();
    const config = daemon.config();
    for (let i = 0; i < 100; i++) {
      if (i === 90)
        replace(daemon.configFile, JSON.stringify({ ...config, server: { ...config.server, debug: true } }));
      process.kill(daemon.pid, 'SIGHUP');
      await daemon.call('wrong-magic-key', 'wrong-task-key');
    }
    await daemon.logged(({ changes }) => Array.isArray(changes) && changes.includes('log level debug'));
    const tenths = (performance.now() - began) / 100;
    const reads = daemon.count('config-taken');
    assert.ok(reads <= tenths + 3, `${reads} reads in ${tenths} tenths of a second`);
    assert.equal(await daemon.call(magicKey, keyOf('a')), 202);
  });

  test('another address or port is named as what needs a new start, as long as it does', async (t) => {
    const daemon = await startReloadable(t, { tasks: { a: quick } });
    const other = await findPort();
    const changes = await daemon.takes(
      ({ server }) => void Object.assign(server, { listen: '127.0.0.2', port: other }),
    );
    assert.deepEqual(changes, []);
    const { names, msg } = await daemon.logged(({ event }) => event === 'restart-needed');
    assert.deepEqual(
      [names, msg],
      [['server.listen', 'server.port'], 'Start the daemon again for server.listen, server.port'],
    );
    assert.equal(await daemon.call(magicKey, keyOf('a')), 202);
    await assert.rejects(fetch(`http://127.0.0.2:${other}/`));
    await daemon.takes(({ server, tasks }) => {
      server['listen'] = '127.0.0.1';
      tasks['a'] = { ...tasks['a'], name: 'A' };
    });
    await daemon.logged(({ event, names }) => event === 'restart-needed' && String(names) === 'server.port');
    await daemon.takes(({ server }) => void (server['port'] = daemon.port));
    assert.equal(daemon.count('restart-needed'), 2);
  });

  test('other limits count from then on', async (t) => {
    const daemon = await startReloadable(t, {
      tasks: { a: quick },
      server: { rateLimit: { runs: 1, per: '1h' } },
    });
    const call = async (): Promise<number> => await daemon.call(magicKey, keyOf('a'));
    assert.deepEqual([await call(), await call()], [202, 429]);
    assert.deepEqual(
      await daemon.takes(({ server }) => void (server['rateLimit'] = { runs: 2, per: '1h' })),
      ['other limits'],
    );
    assert.deepEqual([await call(), await call(), await call()], [202, 202, 429]);
    assert.deepEqual(await daemon.takes(({ tasks }) => void (tasks['a'] = { ...tasks['a'], name: 'A' })), [
      'changed a',
    ]);
    assert.equal(await call(), 429);
  });

  test('keys change hands: for a time both open, then only the new one, after a new start as well', async (t) => {
    const folder = createFolder(t);
    const tasks = { a: quick };
    const server = { rateLimit: { runs: 1_000_000 } };
    const daemon = await startReloadable(t, { folder, tasks, server, secrets: [otherKey] });
    const expiresMs = Date.now() + 4000;
    const magickey = [
      { label: 'old', key: magicKey, expires: new Date(expiresMs).toISOString() },
      { label: 'new', key: otherKey },
    ];
    assert.deepEqual(await daemon.takes(({ server }) => void (server['magickey'] = magickey)), [
      'other magic keys',
    ]);
    const call = async (magic: string): Promise<number> => await daemon.call(magic, keyOf('a'));
    assert.equal(await call(otherKey), 202);
    for (let isOpen = true; isOpen;) {
      const beforeMs = Date.now();
      isOpen = (await call(magicKey)) === 202;
      if (isOpen) assert.ok(beforeMs < expiresMs);
      else assert.ok(Date.now() >= expiresMs);
      await pause(20);
    }
    assert.equal(await call(otherKey), 202);
    await daemon.stop();
    const next = await startDaemon(t, { folder, tasks, server: { ...server, magickey } });
    assert.equal((await fetch(`${next.base}/${magicKey}/${keyOf('a')}`)).status, 404);
    assert.equal((await fetch(`${next.base}/${otherKey}/${keyOf('a')}`)).status, 202);
  });
});
