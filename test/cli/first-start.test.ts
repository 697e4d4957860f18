// The first start, without a config: it makes one, once, and shows its address to people only.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { renderUnicodeCompact } from 'uqr';
import { writeFirstConfig } from '../../src/cli/first-config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { judgeFile } from '../support/config.ts';
import { runCli, runInTerminal, spawnCli, startInTerminal } from '../support/cli.ts';
import { createFolder, until } from '../support/daemon.ts';
import { testInOwnNetwork } from '../support/own-network.ts';

/** What a first config says. Another program, or another test run, may have it on this machine. */
const port = 10_765;

function loadKeys(file: string): string[] {
  return [...fs.readFileSync(file, 'utf8').matchAll(/"(?:magickey|identifier)": "(.*)"/g)].map(
    ([, key = '']) => key,
  );
}

test('a first config is for its owner only, has fresh keys, and loads with nothing to mend', (t) => {
  const folder = createFolder(t);
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const files = ['a/b/config.json', 'config.json'].map((name) => path.join(folder, name));
  for (const file of files) writeFirstConfig(file, {});
  for (const file of files) assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  assert.equal(fs.statSync(path.join(folder, 'a/b')).mode & 0o777, 0o700);
  const keys = files.flatMap(loadKeys);
  assert.equal(new Set(keys).size, 4);
  for (const key of keys) assert.match(key, /^[\w-]{32}$/);
  const { code, warnings } = judgeFile(files[0] ?? '');
  assert.deepEqual(
    [code, warnings.map((warning) => warning.slice(0, 27))],
    [undefined, ['Keys can be read on the way']],
  );
});

test('init makes a config once, with log and history in the folder that systemd names', async (t) => {
  const folder = createFolder(t);
  const file = path.join(folder, 'etc/config.json');
  const init = (): ReturnType<typeof runCli> =>
    runCli(['init', '--config', file], { env: { STATE_DIRECTORY: `${folder}/state:/srv` } });
  const made = await init();
  assert.deepEqual([made.status, made.stdout], [0, '']);
  assert.match(made.stderr, /^Made .*config\.json\. Run `.* url --config .*` in a terminal/);
  const text = fs.readFileSync(file, 'utf8');
  const { history, log } = loadConfig(file, {});
  assert.deepEqual([history.path, log.path], [`${folder}/state/history.jsonl`, `${folder}/state/log.txt`]);
  const again = await init();
  assert.deepEqual([again.status, again.stdout], [0, `${file} exists, and is left as it is\n`]);
  assert.equal(fs.readFileSync(file, 'utf8'), text);
});

test('a first config never takes the place of anything', async (t) => {
  const folder = createFolder(t);
  fs.writeFileSync(path.join(folder, 'mine'), 'mine');
  fs.symlinkSync('nowhere', path.join(folder, 'dangling'));
  assert.throws(() => writeFirstConfig(path.join(folder, 'mine'), {}), {
    code: 'config-invalid',
    message: `Cannot make ${folder}/mine (EEXIST)`,
  });
  assert.equal(fs.readFileSync(path.join(folder, 'mine'), 'utf8'), 'mine');
  for (const [name, code] of [
    ['dangling', 'EEXIST'],
    ['mine/config.json', 'EEXIST'],
  ] as const) {
    const { status, stdout, stderr } = await runCli(['serve', '--config', path.join(folder, name)]);
    assert.deepEqual([status, stdout], [2, '']);
    assert.equal(
      stderr,
      `Cannot make ${folder}/${name} (${code}) [config-invalid]\n  Name a place that may be written with --config FILE\n`,
    );
  }
  assert.deepEqual(fs.readdirSync(folder), ['dangling', 'mine']);
});

testInOwnNetwork(import.meta.filename, port, 'the first start, with and without a terminal', () => {
  test('a first start in a terminal shows an address that works and its QR code; closing the terminal stops the daemon', async (t) => {
    const file = path.join(createFolder(t), 'new/config.json');
    const child = startInTerminal(['serve', '--config', file]);
    const closed = once(child, 'close');
    t.after(() => child.kill('SIGKILL'));
    let shown = '';
    // A chunk may end within a character of the QR code, or within one of its colours.
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      shown = (shown + chunk).replaceAll('\r\n', '\n').replaceAll(/\u001b\[[\d;]*m/g, '');
    });
    const url = await until(() => /^ {2}(http:\S+)\n/m.exec(shown)?.[1], 'an address');
    const qrCode = renderUnicodeCompact(`${url}/home`, { border: 2 });
    await until(() => (shown.includes(qrCode) ? true : undefined), 'the QR code of the address');
    assert.deepEqual(new URL(url).pathname.split('/').slice(1), loadKeys(file));
    assert.equal(new URL(url).port, String(port));
    const addresses = Object.values(os.networkInterfaces()).flatMap((all) =>
      (all ?? []).map(({ address }) => address),
    );
    assert.ok(addresses.includes(new URL(url).hostname), `${url} is an address of this machine`);
    const answer = await fetch(url.replace(new URL(url).host, `127.0.0.1:${port}`) + '?wait=30');
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), new RegExp(`Hello from ${os.hostname()}`));
    child.kill('SIGKILL');
    await closed;
    await until(
      () => (fs.existsSync(path.join(path.dirname(file), 'history.jsonl.lock')) ? undefined : true),
      'the daemon to stop',
    );
    assert.match(fs.readFileSync(path.join(path.dirname(file), 'log.txt'), 'utf8'), /Stopping \(SIGHUP\)/);
  });

  test('a first start that finds the port taken names the config that it made; the next one shows address and QR code, until there was a run', async (t) => {
    const file = path.join(createFolder(t), 'config.json');
    const other = net.createServer().listen(port, '0.0.0.0');
    await once(other, 'listening');
    const failed = await runInTerminal(['serve', '--config', file]);
    other.close();
    assert.equal(failed.status, 1);
    const withoutColours = (text: string): string => text.replaceAll(/\u001b\[[\d;]*m/g, '');
    assert.ok(
      withoutColours(failed.stdout).startsWith(`Made ${file} with fresh keys and a harmless task.\n`),
    );
    assert.match(failed.stdout, /Cannot listen on port 10765 .*another program does/);
    assert.doesNotMatch(failed.stdout, /http:/);
    const [magic = '', key = ''] = loadKeys(file);
    const start = async (expected: RegExp): Promise<string> => {
      const child = startInTerminal(['serve', '--config', file]);
      const closed = once(child, 'close');
      t.after(() => child.kill('SIGKILL'));
      let shown = '';
      child.stdout
        ?.setEncoding('utf8')
        .on('data', (chunk: string) => (shown = withoutColours((shown + chunk).replaceAll('\r\n', '\n'))));
      await until(() => (expected.test(shown) ? true : undefined), `${expected} in ${shown}`);
      if (shown.includes('http:'))
        assert.equal((await fetch(`http://127.0.0.1:${port}/${magic}/${key}?wait=60`)).status, 200);
      await runCli(['shutdown', '--config', file]);
      await closed;
      return shown;
    };
    const second = await start(/▀▀▀▀\n/);
    assert.ok(!second.includes('Made ') && second.includes(`/${magic}/${key}\n`), second);
    const hint = `\`remotetask url --config ${file}\` shows the addresses of the tasks, and QR codes.\n`;
    const third = await start(/shows the addresses/);
    assert.ok(third.includes(hint) && !third.includes(key) && !/[▀▄]/.test(third), third);
  });

  test('a first start without a terminal shows no key; a second start leaves the config as it is', async (t) => {
    const file = path.join(createFolder(t), 'config.json');
    const start = async (): Promise<{ printed: string; status: number | null }> => {
      const { child, printed, ended } = spawnCli(t, ['serve', '--config', file]);
      await until(
        () =>
          printed().includes('"event":"listening"') && (printed().includes('Made') || again)
            ? true
            : undefined,
        'the daemon to listen',
      );
      child.kill('SIGTERM');
      return { status: await ended, printed: printed() };
    };
    let again = false;
    const first = await start();
    const config = fs.readFileSync(file, 'utf8');
    again = true;
    const second = await start();
    assert.deepEqual([first.status, second.status], [0, 0]);
    assert.ok(
      first.printed.includes(
        `Made ${file}. Run \`remotetask url --config ${file}\` in a terminal to see the address of its task.\n`,
      ),
    );
    assert.ok(!second.printed.includes('Made'));
    assert.equal(fs.readFileSync(file, 'utf8'), config);
    const log = fs.readFileSync(path.join(path.dirname(file), 'log.txt'), 'utf8');
    for (const key of loadKeys(file)) assert.ok(!(first.printed + second.printed + log).includes(key));
  });
});
