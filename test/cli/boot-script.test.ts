// The script for DSM's boot-up task: sh understands it, and what it starts outlives it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { renderBootScript } from '../../src/cli/boot-script.ts';
import { runCli } from '../support/cli.ts';
import { createFolder, findPort, keyOf, magicKey, main, until } from '../support/daemon.ts';

const oddNames = ['with space', "it's", '$HOME `id` $(id)', 'a"b', 'back\\slash', '*?[x]', '-n', '#; & | < >', 'Küche', 'two\nlines'];

for (const name of oddNames) {
  test(`a boot script quotes the path ${JSON.stringify(name)}`, () => {
    const config = `/tmp/${name}/config.json`;
    const script = renderBootScript([`/opt/${name}/node`, `/opt/${name}/main.ts`], config);
    assert.equal(spawnSync('sh', ['-n'], { input: script }).status, 0);
    const [command = ''] = /^setsid [^]*(?= <\/dev\/null)/m.exec(script) ?? [];
    const words = spawnSync('sh', ['-c', `setsid() { printf '%s\\0' "$@"; }\n${command}`], { encoding: 'utf8' }).stdout.split('\0');
    assert.deepEqual(words.slice(4), [`/opt/${name}/node`, `/opt/${name}/main.ts`, 'serve', '--config', config, '']);
  });
}

test('a boot script starts a daemon that outlives the process group of the script; running it again changes nothing', async (t) => {
  const pids = new Set<number>();
  t.after(async () => {
    for (const pid of pids) {
      process.kill(pid, 'SIGTERM');
      await until(() => (fs.existsSync(`/proc/${pid}`) ? undefined : true), 'the daemon to stop');
    }
  });
  const folder = path.join(createFolder(t), "it's $HOME & ünï");
  fs.mkdirSync(folder);
  const configFile = path.join(folder, 'config.json');
  const port = await findPort();
  const tasks = { hello: { identifier: keyOf('hello'), command: ['echo', 'hello'], output: 'all' } };
  fs.writeFileSync(configFile, JSON.stringify({ server: { listen: '127.0.0.1', port, magickey: magicKey }, tasks }), { mode: 0o600 });
  const { stdout: script, status } = await runCli(['boot-script', '--config', configFile]);
  assert.equal(status, 0);
  assert.ok(script.includes(`${main} serve --config `));

  const lock = path.join(folder, 'history.jsonl.lock');
  const loadPid = (): number => Number.parseInt(fs.readFileSync(lock, 'utf8'));
  const runScript = async (): Promise<void> => {
    const shell = spawn('sh', [], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
    shell.stdin.end(script);
    await once(shell, 'exit');
    assert.equal(shell.exitCode, 0);
    endGroup(shell.pid ?? 0);
  };
  const call = async (): Promise<string | undefined> => {
    const answer = await fetch(`http://127.0.0.1:${port}/${magicKey}/${keyOf('hello')}?wait=30`).catch(() => undefined);
    return await answer?.text();
  };
  await runScript();
  const answer = await until(call, 'an answer');
  const pid = loadPid();
  pids.add(pid);
  assert.match(answer, /hello/);
  await runScript();
  await until(() => {
    const said = fs.readFileSync(path.join(folder, 'start-error.txt'), 'utf8');
    return said.startsWith(`Another remotetask (process ${pid}) uses ${folder}/history.jsonl\n`) ? true : undefined;
  }, 'the second daemon to say why it ends');
  assert.equal(loadPid(), pid);
  assert.match((await call()) ?? '', /hello/);
});

/** Ends what is left of a process group, as DSM does once its script has ended. */
function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing was left.
  }
}
