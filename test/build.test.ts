// What is shipped: the package as npm packs it, and the steps of the Dockerfile, each tried without Docker.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { findPort, keyOf, magicKey, until } from './support/daemon.ts';
import { parsePng } from './support/png.ts';
import { findProgram } from './support/program.ts';

const root = path.join(import.meta.dirname, '..');
const dockerfile = fs.readFileSync(path.join(root, 'Dockerfile'), 'utf8');
const compose = fs.readFileSync(path.join(root, 'compose.yaml'), 'utf8');
const environment = { ...process.env, REMOTETASK_NODE: process.execPath };
let folder = '';
let launcher = '';

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-build-'));
  // As `npm run build` leaves it.
  fs.cpSync(path.dirname(findProgram()), path.join(root, 'dist'), { recursive: true });
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    stdio: 'pipe',
  });
  const [tarball = ''] = fs.readdirSync(folder);
  execFileSync('tar', ['-xzf', tarball], { cwd: folder });
  fs.mkdirSync(path.join(folder, 'on the path'));
  launcher = path.join(folder, 'on the path/remotetask');
  fs.symlinkSync('../package/bin/remotetask', launcher);
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], env: NodeJS.ProcessEnv = environment): SpawnSyncReturns<string> {
  return spawnSync('/bin/sh', [launcher, ...args], { env, encoding: 'utf8', cwd: '/' });
}

test('the package holds the program and its documents, and neither sources nor tests nor keys', () => {
  const files = fs
    .readdirSync(path.join(folder, 'package'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(folder, 'package'), path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('docs/') && !file.startsWith('dist/.cache/'));
  const documents = [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'config.example.json',
    'config.schema.json',
    'package.json',
  ];
  const dist = [
    'remotetask.cjs',
    'draw-icons.cjs',
    'licences.txt',
    'resvg.wasm',
    'emoji.txt',
    'emoji.br',
  ].map((file) => `dist/${file}`);
  assert.deepEqual(files.toSorted(), [...documents, 'bin/remotetask', ...dist].toSorted());
});

const loadBuilt = (file: string): string => fs.readFileSync(path.join(folder, 'package/dist', file), 'utf8');

test('the bundles name no folder of the machine that built them, and are in ASCII, which V8 keeps in half the memory', () => {
  for (const file of ['remotetask.cjs', 'draw-icons.cjs']) {
    const bundle = loadBuilt(file);
    assert.ok(!bundle.includes(root), file);
    assert.match(bundle, /^[\0-\x7F]*$/, file);
  }
});

test('the program is smaller than 1.72 MB, and its own functions keep their names for the stacks of bugs', () => {
  const bundle = loadBuilt('remotetask.cjs');
  assert.ok(bundle.length < 1_720_000, `${bundle.length} bytes`);
  for (const name of ['createKeyring', 'answerStranger', 'startDaemon', 'inspectConfig'])
    assert.match(bundle, new RegExp(`function ${name}\\(`));
});

test('the licences of what is in the bundles lie beside them', () => {
  const licences = loadBuilt('licences.txt');
  assert.match(licences, /^@resvg\/resvg-wasm [\d.]+\n\n[^]{0,100}Mozilla Public License 2\.0/m);
  assert.match(
    licences,
    /^@iconify-json\/fluent-emoji-flat [\d.]+\n\n[^]{0,200}MIT License\n\nCopyright \(c\) Microsoft Corporation/m,
  );
  for (const part of licences.split('\n\n----\n\n'))
    assert.match(part, /copyright|public domain/i, 'each package has its whole licence');
  for (const name of ['fastify', 'execa', 'pino', 'zod'])
    assert.match(licences, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+\n\n[^]{0,200}MIT`, 'm'));
});

test('the launcher, reached by a symbolic link, runs the program without any package beside it', () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  assert.deepEqual([run(['--version']).stdout, run(['--version']).status], [`${version}\n`, 0]);
  assert.equal(run(['nonsense']).status, 2);
});

test('the launcher keeps compiled code where only its user can write', () => {
  run(['--version']);
  const cache = fs.statSync(path.join(folder, 'package/dist/.cache'));
  assert.deepEqual([cache.mode & 0o777, cache.uid], [0o700, process.getuid?.()]);
});

test('the launcher takes a Node from 22.13 on, and says what is wanted where there is none', () => {
  const pathWith = (version: string | undefined): NodeJS.ProcessEnv => {
    const bin = fs.mkdtempSync(path.join(folder, 'bin-'));
    for (const tool of ['dirname', 'readlink', 'mkdir'])
      fs.symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), path.join(bin, tool));
    if (version !== undefined)
      fs.writeFileSync(path.join(bin, 'node'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    return { PATH: bin };
  };
  for (const version of ['v22.13.0', 'v22.99.1', 'v24.0.0', 'v100.0.0']) {
    assert.deepEqual([version, run(['x'], pathWith(version)).stdout.trim()], [version, version]);
  }
  for (const version of ['v22.12.9', 'v20.19.0', 'v18.0.0', 'nonsense', '""', undefined]) {
    const { status, stdout, stderr } = run(['x'], pathWith(version));
    assert.deepEqual([version, status, stdout], [version, 1, '']);
    assert.match(stderr, /^Found no Node 22\.13 or newer\. On DSM, install/);
  }
  assert.match(
    run(['x'], { ...pathWith(undefined), REMOTETASK_NODE: '/no/node' }).stderr,
    /^Found no Node 22\.13 or newer, and nothing at \/no\/node, which REMOTETASK_NODE names\. On DSM/,
  );
});

test('the shipped program checks a config, runs a task, answers the health check of compose.yaml, and stops', async () => {
  const port = await findPort();
  const file = path.join(folder, 'config.json');
  const hello = { identifier: keyOf('hello'), command: ['/bin/echo', 'all is well'], output: 'all' };
  fs.writeFileSync(
    file,
    JSON.stringify({ server: { listen: '127.0.0.1', port, magickey: magicKey }, tasks: { hello } }),
    { mode: 0o600 },
  );
  assert.match(run(['check', '--config', file]).stdout, /is fine: 1 task/);

  const checkHealth = (): number | null => {
    const [kind, command, ...args] = JSON.parse(/# +test: (\[.*\])/.exec(compose)?.[1] ?? '[]') as string[];
    assert.deepEqual([kind, command], ['CMD', '/opt/remotetask/bin/remotetask']);
    return spawnSync(launcher, args, { env: { ...environment, REMOTETASK_CONFIG: file } }).status;
  };
  assert.equal(checkHealth(), 1);
  const daemon = spawn(launcher, ['serve', '--config', file], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(daemon, 'exit');
  try {
    let printed = '';
    daemon.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await until(() => (printed.includes('"event":"listening"') ? true : undefined), 'the daemon to listen');
    const answer = await fetch(`http://127.0.0.1:${port}/${magicKey}/${keyOf('hello')}?wait=20`);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /^all is well\n/);
    assert.equal(checkHealth(), 0);
    assert.ok(!printed.includes('"refused"'), 'a health check is no refused call');
  } finally {
    daemon.kill('SIGTERM');
    await exited;
  }
  assert.equal(daemon.exitCode, 0);
});

test('the shipped program draws icons of emoji and pictures, and the daemon does not grow by it', async () => {
  const port = await findPort();
  const file = path.join(folder, 'icons.json');
  fs.writeFileSync(
    path.join(folder, 'dot.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle cx="1" cy="1" r="1"/></svg>',
  );
  const toTask = (id: string, icon?: string): object => ({
    identifier: keyOf(id),
    command: ['/bin/true'],
    ...(icon === undefined ? {} : { icon }),
  });
  const tasks = {
    camera: toTask('camera', '📷'),
    dot: toTask('dot', 'dot.svg'),
    plain: toTask('plain'),
    flag: toTask('flag', '🇩🇪'),
  };
  fs.writeFileSync(
    file,
    JSON.stringify({ server: { listen: '127.0.0.1', port, magickey: magicKey }, tasks }),
    { mode: 0o600 },
  );
  const { stdout, stderr } = run(['check', '--config', file]);
  assert.match(stdout, /is fine: 4 tasks, warnings: 1/);
  assert.match(stderr, /tasks\.flag\.icon: Choose another emoji/);

  const daemon = spawn(launcher, ['serve', '--config', file], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(daemon, 'exit');
  try {
    let printed = '';
    daemon.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await until(() => (printed.includes('"event":"listening"') ? true : undefined), 'the daemon to listen');
    const loadKilobytes = (): number =>
      Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))?.[1]);
    const before = loadKilobytes();
    const drawn = await Promise.all(
      Object.keys(tasks).map(async (id) => {
        const answer = await fetch(`http://127.0.0.1:${port}/${magicKey}/${keyOf(id)}/icon-192.png`);
        const png = Buffer.from(await answer.arrayBuffer());
        assert.deepEqual([answer.status, parsePng(png).width], [200, 192], id);
        return png.toString('base64');
      }),
    );
    assert.deepEqual(
      drawn.map((png) => drawn.indexOf(png)),
      [0, 1, 2, 2],
      'each its own, and the plain one for the flag',
    );
    assert.ok(loadKilobytes() - before < 25_000, `${before} kB before, ${loadKilobytes()} kB after`);
  } finally {
    daemon.kill('SIGTERM');
    await exited;
  }
});

test('a daemon whose Node was removed meanwhile is restarted with another; a boot script names a Node that the launcher would not find', async (t) => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-node-'));
  t.after(() => fs.rmSync(home, { recursive: true, force: true }));
  const file = path.join(home, 'config.json');
  const port = await findPort();
  fs.writeFileSync(
    file,
    JSON.stringify({
      server: { listen: '127.0.0.1', port, magickey: magicKey },
      tasks: { hello: { identifier: keyOf('hello'), command: ['true'] } },
    }),
    { mode: 0o600 },
  );
  const old = path.join(home, 'node');
  fs.copyFileSync(process.execPath, old);
  const env = {
    ...process.env,
    PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}`,
    REMOTETASK_NODE: old,
  };
  const script = run(['boot-script', '--config', file], env).stdout;
  assert.ok(script.includes(` env REMOTETASK_NODE=${old} ${folder}/package/bin/remotetask <`), script);
  const daemon = spawn(launcher, ['serve', '--config', file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(daemon, 'exit');
  let printed = '';
  for (const stream of [daemon.stdout, daemon.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await until(() => (printed.includes('"event":"listening"') ? true : undefined), 'the daemon to listen');
  fs.rmSync(old);
  const restarted = run(['restart', '--config', file]);
  assert.equal(restarted.status, 0, restarted.stderr);
  await exited;
  assert.match(printed, /There is no Node at .*, which REMOTETASK_NODE names; used node instead/);
  assert.equal(run(['shutdown', '--config', file]).status, 0);
});

test('the Dockerfile builds from what it copies, and its program needs neither root nor a place of its own to write', (t) => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
    sources.split(' '),
  );
  const allowed = fs.readFileSync(path.join(root, '.dockerignore'), 'utf8');
  const build = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-image-'));
  t.after(() => fs.rmSync(build, { recursive: true, force: true }));
  for (const source of copied) {
    assert.ok(allowed.split('\n').includes(`!${source}`), `.dockerignore lets ${source} in`);
    fs.cpSync(path.join(root, source), path.join(build, source), { recursive: true });
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(build, 'node_modules'));
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: build });
  for (const [, file = ''] of dockerfile.matchAll(/^COPY --from=build \/build\/(\S+) /gm))
    assert.ok(fs.existsSync(path.join(build, file)), file);
  assert.deepEqual(
    fs.readdirSync(path.join(build, 'dist')),
    fs.readdirSync(path.join(root, 'dist')).filter((file) => file !== '.cache'),
  );
  assert.match(dockerfile, /^USER 10765:10765$/m);
  assert.doesNotMatch(dockerfile, /^HEALTHCHECK/m);
  for (const text of [dockerfile, compose]) assert.match(text, /TZ[=:] ?Europe\/Berlin/);
  assert.match(dockerfile, /^ENTRYPOINT \["tini", "--"/m);
  fs.chmodSync(build, 0o755);
  const { status, stdout, stderr } = spawnSync(path.join(build, 'bin/remotetask'), ['--version'], {
    env: environment,
    encoding: 'utf8',
    ...(process.getuid?.() === 0 ? { uid: 10_765, gid: 10_765 } : {}),
  });
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});
