// The script for DSM's boot-up task: sh understands it, and what it starts outlives it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { renderBootScript } from '../../src/cli/boot-script.ts';
import { runCli } from '../support/cli.ts';
import { createFolder, findPort, keyOf, magicKey, until } from '../support/daemon.ts';
import { listProcesses } from '../support/processes.ts';
import { findProgram } from '../support/program.ts';

const oddNames = [
  'with space',
  "it's",
  '$HOME `id` $(id)',
  'a"b',
  'back\\slash',
  '*?[x]',
  '-n',
  '#; & | < >',
  'Küche',
  'two\nlines',
];

for (const name of oddNames) {
  test(`a boot script quotes the path ${JSON.stringify(name)}`, () => {
    const config = `/tmp/${name}/config.json`;
    const script = renderBootScript([`/opt/${name}/node`, `/opt/${name}/main.ts`], config);
    assert.equal(spawnSync('sh', ['-n'], { input: script }).status, 0);
    const [command = ''] = /^setsid [^]*(?= <\/dev\/null)/m.exec(script) ?? [];
    const words = spawnSync('sh', ['-c', `setsid() { printf '%s\\0' "$@"; }\n${command}`], {
      encoding: 'utf8',
    }).stdout.split('\0');
    assert.deepEqual(words.slice(3), [
      `/tmp/${name}/start-error.txt`,
      config,
      `/opt/${name}/node`,
      `/opt/${name}/main.ts`,
      '',
    ]);
  });
}

test('a boot script of a worker starts `work` with its socket and user, whatever these are called', async (t) => {
  const folder = createFolder(t);
  const started = path.join(folder, 'started');
  const program = path.join(folder, 'program');
  fs.writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\0' "$@" >'${started}.new'\nmv '${started}.new' '${started}'\n`,
    {
      mode: 0o700,
    },
  );
  const words = ['work', '--socket', `/run/it's $HOME/"w".sock`, '--for', "o'neill"];
  const config = path.join(folder, 'config.json');
  const script = renderBootScript([program], config, words);
  assert.equal(spawnSync('sh', { input: script }).status, 0);
  await until(() => (fs.existsSync(started) ? true : undefined), 'the start');
  assert.deepEqual(fs.readFileSync(started, 'utf8').split('\0'), [...words, '--config', config, '']);
  fs.writeFileSync(config, JSON.stringify({ server: { magickey: magicKey }, tasks: {} }));
  const without = await runCli(['boot-script', '--worker', '--config', config]);
  assert.match(without.stderr, /names no socket/);
});

/** Shells that a DSM has, or that its users put there; each with how it is called. */
const shells: readonly (readonly [shell: string, ...args: readonly string[]])[] = [
  ['dash'],
  ['bash', '--posix'],
  ['busybox', 'sh'],
];

/** Each has a daemon of its own, and waits for most of its time. */
suite('a boot script', { concurrency: 4 }, () => {
  for (const [shell, ...args] of shells) {
    const isThere = spawnSync(shell, [...args, '-c', 'true']).status === 0;
    const skip = isThere ? false : `needs ${shell} (apt-get install ${shell})`;

    test(
      `a boot script under ${shell} keeps one daemon running, outside of its own group, until it is stopped`,
      { skip },
      async (t) => {
        const boot = await createBoot(t, [shell, ...args]);
        await boot.run();
        let pid = await boot.untilAnswered();
        const supervisor = loadParent(pid);
        for (const pause of [1, 2]) {
          process.kill(pid, 'SIGKILL');
          pid = await boot.untilAnswered(pid);
          assert.equal(loadParent(pid), supervisor);
          assert.equal(
            boot.lines().at(-1),
            `remotetask ended with status 137; it is started again in ${pause} s`,
          );
        }
        assert.equal(boot.lines().length, 2);

        await boot.run();
        await until(
          () => (boot.lines().at(-1)?.startsWith('remotetask runs already') === true ? true : undefined),
          'the second script to end',
        );
        assert.ok(
          boot
            .errors()
            .includes(
              `Another remotetask (process ${pid}) uses ${boot.folder}/history.jsonl [history-in-use]\n`,
            ),
        );
        assert.equal(await boot.untilAnswered(), pid);
        await until(() => (boot.countSupervisors() === 1 ? true : undefined), 'the second loop to end');

        // All of a group, as when a system goes down.
        process.kill(-loadGroup(supervisor), 'SIGTERM');
        await until(
          () => (fs.existsSync(`/proc/${supervisor}`) ? undefined : true),
          'the loop to end with its daemon',
        );
        assert.ok(!fs.existsSync(`/proc/${pid}`));
        assert.equal(boot.lastLogged(), 'Stopped');
        assert.equal(boot.lines().length, 3);
      },
    );
  }

  for (const [shell, ...args] of shells) {
    const isThere = spawnSync(shell, [...args, '-c', 'true']).status === 0;
    const skip = isThere ? false : `needs ${shell} (apt-get install ${shell})`;

    test(
      `\`restart\` and \`shutdown\` of a daemon that a boot script under ${shell} has started wait for its run`,
      { skip },
      async (t) => {
        const boot = await createBoot(t, [shell, ...args]);
        await boot.run();
        const first = await boot.untilAnswered();
        assert.equal(await boot.start('slow'), 202);
        const restarting = runCli(['restart', '--config', boot.configFile]);
        await until(() => (boot.logged().includes('"event":"stopping"') ? true : undefined), 'the stop');
        fs.writeFileSync(path.join(boot.folder, 'go'), '');
        const { status, stdout, stderr } = await restarting;
        assert.deepEqual([status, stderr], [0, '']);
        const second = await boot.untilAnswered(first);
        assert.match(
          stdout,
          new RegExp(`^The daemon has been restarted: version [\\d.]+, process ${second}\n$`),
        );
        assert.match(boot.logged(), /"outcome":"succeeded"[^\n]*Slow succeeded/);
        assert.equal((await runCli(['shutdown', '--config', boot.configFile])).status, 0);
        await until(() => (boot.countSupervisors() === 0 ? true : undefined), 'the loop to end');
        assert.deepEqual(boot.lines(), []);
      },
    );
  }

  test('tasks of a daemon that a boot script has started get the umask 022, and its own files are for their owner', async (t) => {
    for (const umask of ['077', '000']) {
      const boot = await createBoot(t, ['sh']);
      await boot.run(umask);
      await boot.untilAnswered();
      assert.equal(await boot.start('files'), 200);
      assert.equal(await boot.start('private'), 200);
      const toMode = (name: string): string =>
        (fs.statSync(path.join(boot.folder, name)).mode & 0o777).toString(8);
      const text = (name: string): string => fs.readFileSync(path.join(boot.folder, name), 'utf8');
      assert.deepEqual([text('files.txt'), toMode('files.txt'), toMode('files')], ['0022\n', '644', '755']);
      assert.deepEqual([text('own.txt'), toMode('own.txt'), toMode('own')], ['0077\n', '600', '700']);
      const names = fs.readdirSync(boot.folder).filter((name) => /^(?:log|history|start-error)/.test(name));
      assert.ok(names.length >= 4, names.join());
      for (const name of names) assert.equal(toMode(name), '600', name);
      assert.equal((await runCli(['shutdown', '--config', boot.configFile])).status, 0);
    }
  });

  test('a daemon that has outlived the loop of its boot script restarts itself', async (t) => {
    const boot = await createBoot(t, ['sh']);
    await boot.run();
    let pid = await boot.untilAnswered();
    process.kill(loadParent(pid), 'SIGKILL');
    await until(() => (boot.countSupervisors() === 0 ? true : undefined), 'the loop to end');
    for (let nth = 0; nth < 2; nth++) {
      const { status, stderr } = await runCli(['restart', '--config', boot.configFile]);
      assert.deepEqual([status, stderr], [0, '']);
      pid = await boot.untilAnswered(pid);
    }
    assert.equal((await runCli(['shutdown', '--config', boot.configFile])).status, 0);
  });

  test('a boot script waits for the volume with its program and its config', async (t) => {
    const boot = await createBoot(t, ['sh']);
    const away = `${boot.folder}-away`;
    fs.renameSync(boot.folder, away);
    await boot.run();
    await until(() => (boot.countSupervisors() === 1 ? true : undefined), 'the loop');
    fs.renameSync(away, boot.folder);
    await boot.untilAnswered();
    assert.equal((await runCli(['shutdown', '--config', boot.configFile])).status, 0);
  });

  test('a boot script makes no config in the empty folder where a volume will be', async (t) => {
    const boot = await createBoot(t, ['sh']);
    const away = `${boot.configFile}-away`;
    fs.renameSync(boot.configFile, away);
    await boot.run();
    await until(() => (boot.lines().length >= 2 ? true : undefined), 'two tries');
    assert.ok(!fs.existsSync(boot.configFile));
    assert.ok(
      boot.errors().startsWith(`There is no ${boot.configFile} [config-missing]\n  Is its volume there?`),
    );
    fs.renameSync(away, boot.configFile);
    await boot.untilAnswered();
    assert.equal((await runCli(['shutdown', '--config', boot.configFile])).status, 0);
  });

  test('TERM for the daemon of a boot script, or for the loop, ends both in order', async (t) => {
    const boot = await createBoot(t, ['sh']);
    for (const toSignal of [(pid: number) => pid, loadParent]) {
      await boot.run();
      const pid = await boot.untilAnswered();
      const supervisor = loadParent(pid);
      process.kill(toSignal(pid), 'SIGTERM');
      await until(() => (fs.existsSync(`/proc/${supervisor}`) ? undefined : true), 'the loop to end');
      assert.ok(!fs.existsSync(`/proc/${pid}`));
      assert.equal(boot.lastLogged(), 'Stopped');
    }
    assert.deepEqual(boot.lines(), []);
  });

  test('a boot script waits for a config that can be used, and notes each try', async (t) => {
    const boot = await createBoot(t, ['sh']);
    const config = fs.readFileSync(boot.configFile, 'utf8');
    fs.writeFileSync(boot.configFile, '{');
    await boot.run();
    await until(() => (boot.lines().length >= 2 ? true : undefined), 'two tries');
    const { stdout } = await runCli(['doctor', '--config', boot.configFile]);
    assert.match(
      stdout,
      /^warning {2}start {4}.*start-error\.txt, last changed .*remotetask ended with status 2/m,
    );
    fs.writeFileSync(boot.configFile, config);
    await boot.untilAnswered();
    const tries = boot.lines();
    assert.deepEqual(
      tries,
      tries.map((_, i) => `remotetask ended with status 2; it is started again in ${2 ** i} s`),
    );
    assert.match(boot.errors(), /^Cannot use .*config\.json: 1 problem \[config-invalid\]\n/);
  });

  test('the notes of a boot script stay small', async (t) => {
    const boot = await createBoot(t, ['sh']);
    const errors = path.join(boot.folder, 'start-error.txt');
    fs.writeFileSync(errors, 'old\n'.repeat(20_000));
    await boot.run();
    await boot.untilAnswered();
    assert.equal(fs.readFileSync(errors, 'utf8'), '');
    assert.equal(fs.statSync(`${errors}.old`).size, 80_000);
  });
});

interface Boot {
  readonly folder: string;
  readonly configFile: string;
  /** Runs the script to its end, and ends what is left of its process group, as DSM does. */
  run(umask?: string): Promise<void>;
  /** Starts a task; returns the status of the answer, which comes at its end, except for `slow`. */
  start(task: string): Promise<number>;
  /** The whole log. */
  logged(): string;
  /** The daemon that answers; with `other`, one that is not that process. */
  untilAnswered(other?: number): Promise<number>;
  /** All that start-error.txt holds, and its notes alone, without their time. */
  errors(): string;
  lines(): string[];
  countSupervisors(): number;
  /** The last message in the log. */
  lastLogged(): string;
}

/** A boot script with a config of its own; whatever it started is ended after the test. */
async function createBoot(
  t: { after(fn: () => Promise<void> | void): void },
  [shell, ...args]: readonly string[],
): Promise<Boot> {
  const folder = path.join(createFolder(t), "it's $HOME & ünï");
  fs.mkdirSync(folder);
  const configFile = path.join(folder, 'config.json');
  const port = await findPort();
  const wait = 'while [ ! -e go ]; do sleep 0.05; done';
  const make = (name: string): object => ({
    command: ['/bin/sh', '-c', `umask > ${name}.txt; mkdir ${name}`],
    cwd: folder,
  });
  const tasks = {
    hello: { identifier: keyOf('hello'), command: ['true'], cooldown: '0s' },
    slow: { identifier: keyOf('slow'), name: 'Slow', command: ['/bin/sh', '-c', wait], cwd: folder },
    files: { identifier: keyOf('files'), ...make('files') },
    private: { identifier: keyOf('private'), ...make('own'), umask: '077' },
  };
  fs.writeFileSync(
    configFile,
    JSON.stringify({ server: { listen: '127.0.0.1', port, magickey: magicKey, stopGrace: '5m' }, tasks }),
    { mode: 0o600 },
  );
  const { stdout: script, status } = await runCli(['boot-script', '--config', configFile]);
  assert.equal(status, 0);
  assert.ok(script.includes(findProgram()));
  // The loop waits for a tenth of the time that it announces.
  const bin = path.join(folder, 'bin');
  fs.mkdirSync(bin);
  fs.writeFileSync(
    path.join(bin, 'sleep'),
    '#!/bin/sh\ncase $1 in *.*) exec /bin/sleep "$1" ;; esac\nexec /bin/sleep "0.$1"\n',
    { mode: 0o755 },
  );
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
  const findOwn = (): number[] => listProcesses('cmdline', configFile);
  t.after(async () => {
    // The loops first, which would start another daemon.
    for (const pid of findOwn().toSorted((a, b) => a - b)) signal(pid, 'SIGKILL');
    await until(
      () => (findOwn().length === 0 ? true : findOwn().forEach((pid) => signal(pid, 'SIGKILL'))),
      'all to be gone',
    );
  });
  const load = (file: string): string =>
    fs.existsSync(path.join(folder, file)) ? fs.readFileSync(path.join(folder, file), 'utf8') : '';
  return {
    folder,
    configFile,
    async run(umask = '022') {
      const child = spawn('sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', shell ?? 'sh', ...args], {
        detached: true,
        env,
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      child.stdin.end(script.replace('setsid sh ', `setsid ${[shell, ...args].join(' ')} `));
      await once(child, 'exit');
      assert.equal(child.exitCode, 0);
      signal(-(child.pid ?? 0), 'SIGKILL');
    },
    untilAnswered: async (other) =>
      await until(async () => {
        const pid = Number.parseInt(load('history.jsonl.lock'));
        if (Number.isNaN(pid) || pid === other) return undefined;
        const answer = await fetch(`http://127.0.0.1:${port}/${magicKey}/${keyOf('hello')}?wait=30`).catch(
          () => undefined,
        );
        return answer?.status === 200 ? pid : undefined;
      }, 'an answer'),
    async start(task) {
      const wanted = task === 'slow' ? '' : '?wait=30';
      return (await fetch(`http://127.0.0.1:${port}/${magicKey}/${keyOf(task)}${wanted}`)).status;
    },
    logged: () => load('log.txt'),
    errors: () => load('start-error.txt'),
    lines: () =>
      [...load('start-error.txt').matchAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (.*)$/gm)].map(
        ([, line = '']) => line,
      ),
    countSupervisors: () => listProcesses('cmdline', configFile, '-c').length,
    lastLogged: () =>
      (JSON.parse(load('log.txt').trimEnd().split('\n').at(-1) ?? '{}') as { msg: string }).msg,
  };
}

function loadStat(pid: number): string[] {
  return fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
}

function loadParent(pid: number): number {
  return Number(loadStat(pid)[1]);
}

function loadGroup(pid: number): number {
  return Number(loadStat(pid)[2]);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone.
  }
}
