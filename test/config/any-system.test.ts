// Whatever the system answers at whatever call, and whatever a path leads to: findings, and nothing else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { mock, test } from 'node:test';
import * as fc from 'fast-check';
import { checkConfig, checkFiles } from '../../src/cli/checks.ts';
import { createJudge, judgeFile, server } from '../support/config.ts';
import { createFolder, keyOf, magicKey } from '../support/daemon.ts';

const codes = (
  'EACCES EPERM ENOENT ENOTDIR EISDIR ELOOP ENAMETOOLONG EIO ESTALE ENOTCONN ENODEV ENXIO EOVERFLOW ETIMEDOUT EAGAIN EBUSY EINTR ' +
  'EMFILE ENOMEM EINVAL EREMOTEIO EUNATCH ERR_INVALID_ARG_VALUE'
).split(' ');
const calls = [
  ...(['statSync', 'lstatSync', 'openSync', 'fstatSync', 'readSync', 'closeSync', 'readFileSync'] as const),
  ...(['readlinkSync', 'realpathSync', 'accessSync', 'statfsSync', 'watch'] as const),
];

/** A config that names a file in each place where one can be named. */
function writeAll(folder: string): string {
  const at = (name: string): string => path.join(folder, name);
  for (const name of ['key', 'password', 'hash', 'ca', 'cert', 'tlskey', 'icon.png'])
    fs.writeFileSync(at(name), 'some-text-or-other\n');
  fs.writeFileSync(at('script'), '#!/usr/bin/env sh\n', { mode: 0o755 });
  fs.symlinkSync('script', at('link'));
  const config = {
    server: { ...server, magickey: { file: 'key' }, tls: { cert: 'cert', key: 'tlskey' } },
    dsm: { webapi: { url: 'https://nas', account: 'a', password: { file: 'password' }, ca: 'ca' } },
    notify: [{ type: 'ntfy', url: { file: 'key' } }],
    admin: { gate: 'password', password: { file: 'hash' }, tls: { cert: 'cert', key: 'tlskey' } },
    tasks: {
      a: { identifier: { file: 'key' }, icon: 'icon.png', command: [at('link'), at('script')], cwd: folder },
      b: { identifier: keyOf('b'), command: ['env', '/9j/4AAQ'], user: 'nobody', cwd: '/' },
    },
  };
  fs.writeFileSync(at('config.json'), JSON.stringify(config), { mode: 0o600 });
  // What is fit for use, so that the warnings are looked for, too.
  const usable = {
    ...config,
    server: { ...server, magickey: { file: 'magic' } },
    notify: [],
    dsm: { synowebapi: at('script') },
    admin: { gate: 'dsm', loginCgi: at('link') },
    tasks: {
      a: { identifier: { file: 'task' }, command: [at('link'), at('script')], cwd: folder },
      b: config.tasks.b,
    },
  };
  fs.writeFileSync(at('magic'), magicKey, { mode: 0o600 });
  fs.writeFileSync(at('task'), keyOf('a'), { mode: 0o600 });
  fs.writeFileSync(at('usable.json'), JSON.stringify(usable), { mode: 0o600 });
  return at('config.json');
}

for (const call of calls) {
  test(`${call} may fail in any way, for all paths or for some: a config and the doctor's checks give findings only`, (t) => {
    const folder = createFolder(t);
    const file = writeAll(folder);
    const usable = path.join(folder, 'usable.json');
    assert.equal(judgeFile(usable).code, undefined);
    const real: unknown = fs[call];
    for (const code of codes) {
      for (const spared of code === 'EIO' || code === 'ENOENT'
        ? [[], [usable, file, 'magic', 'task'], [folder]]
        : [[usable, file]]) {
        const failing = mock.method(fs, call, (...args: unknown[]) => {
          const [at] = args;
          const isSpared =
            spared.length > 0 &&
            (typeof at !== 'string' || spared.some((one) => at === one || at.endsWith(one)));
          if (isSpared && typeof real === 'function') return Reflect.apply(real, fs, args);
          throw Object.assign(new Error(`${code}: ${call} '/9j/4AAQ'`), { code });
        });
        try {
          for (const one of [file, usable]) {
            const { loaded, problems } = judgeFile(one);
            assert.ok(loaded !== undefined || problems.length > 0);
            assert.doesNotMatch([...problems, ...(loaded?.warnings ?? [])].join('\n'), /4AAQ/);
            const { config } = checkConfig(one, {});
            if (config !== undefined) checkFiles(config);
          }
        } finally {
          failing.mock.restore();
        }
      }
    }
  });
}

test('paths that no system call takes, and files that are none, are told at their place in each option that names a file', (t) => {
  const { judge, folder } = createJudge(t);
  const at = (name: string): string => path.join(folder, name);
  fs.symlinkSync('loop', at('loop'));
  fs.symlinkSync('nowhere', at('dangling'));
  fs.mkdirSync(at('folder'));
  spawnSync('mkfifo', [at('fifo')]);
  fs.writeFileSync(at('huge'), '');
  fs.truncateSync(at('huge'), 20_000_000_000);
  const odd = [
    at('loop'),
    at('loop/x'),
    at('dangling'),
    at('folder'),
    at('fifo'),
    at('huge'),
    at('config.json/x'),
    '/dev/zero',
    '/dev/null',
    '/dev/tty',
    '/proc/kmsg',
    '/proc/self/mem',
    '/proc/self/pagemap',
    '/proc/self/fd',
    '/sys/kernel',
    'a\0b',
    `/${'x'.repeat(300)}`,
    `/${'x/'.repeat(3000)}`,
    '/9j/4AAQSkZJRg'.repeat(200),
    ' ',
    '/my–script',
    '\ud800',
    '..',
    '//',
    '~',
  ];
  for (const file of odd) {
    const configs = {
      'server.magickey': { server: { ...server, magickey: { file } }, tasks: {} },
      'server.tls': { server: { ...server, tls: { cert: file, key: file } }, tasks: {} },
      'dsm.webapi.ca': {
        server,
        dsm: { webapi: { url: 'https://nas', account: 'a', password: 'b', ca: file } },
        tasks: {},
      },
      'admin.password': { server, admin: { gate: 'password', password: { file } }, tasks: {} },
      'tasks.a.icon': {
        server,
        tasks: { a: { identifier: keyOf('a'), icon: `${file}/.`, command: ['true'] } },
      },
    };
    for (const [place, config] of Object.entries(configs)) {
      const { code, problems } = judge(config);
      assert.equal(code, 'config-invalid', `${place} ${file.slice(0, 40)}`);
      assert.match(
        problems.join('\n'),
        new RegExp(`^config\\.json:\\d+:\\d+ ${place}`),
        `${place} ${file.slice(0, 40)}`,
      );
    }
  }
});

test('a NUL character is refused in each path that is written or run', (t) => {
  const { judge } = createJudge(t);
  const { problems } = judge({
    server,
    dsm: { synowebapi: '/a\0', synoschedtask: '/a\0' },
    log: { file: 'a\0' },
    admin: { gate: 'dsm', loginCgi: '/a\0', authenticateCgi: '/a\0' },
    tasks: { a: { identifier: keyOf('a'), command: ['true'], cwd: '/a\0' } },
  });
  assert.equal(
    problems.filter((problem) => problem.endsWith('Remove the NUL character: no path can hold one')).length,
    6,
  );
  assert.match(
    judge({ server, history: { file: 'b\0' }, tasks: {} }).problems.join('\n'),
    /^\S+ history\.file: Remove the NUL character/,
  );
});

test('a folder, an argument or a tool may be any path: at most warned of, and arguments are not quoted', (t) => {
  const { judge, folder } = createJudge(t);
  fs.symlinkSync('loop', path.join(folder, 'loop'));
  const jpeg = `/9j/4AAQSkZJRg${'x/y'.repeat(200)}canary`;
  for (const odd of [
    `/${'x'.repeat(300)}`,
    `/${'x/'.repeat(3000)}`,
    path.join(folder, 'loop'),
    '/proc/self/fd/9999/x',
    jpeg,
    '/\ud800',
  ]) {
    const command = ['/bin/echo', odd, jpeg];
    const verdict = judge({
      server,
      dsm: { synowebapi: odd, synoschedtask: odd },
      tasks: {
        a: { identifier: keyOf('a'), command, cwd: odd },
        b: { identifier: keyOf('b'), command: [odd] },
      },
    });
    assert.equal(verdict.code, undefined);
    assert.match(verdict.warnings.join('\n'), /tasks\.a\.cwd: /);
    assert.match(verdict.warnings.join('\n'), /tasks\.b\.command\.0: /);
    assert.doesNotMatch(verdict.warnings.join('\n'), /canary|4AAQ/);
  }
});

test('as an ordinary user: folders that may not be entered, as cwd, program, key file, icon and place of the config', (t) => {
  const folder = createFolder(t);
  fs.chmodSync(folder, 0o755);
  const locked = path.join(folder, 'locked');
  fs.mkdirSync(locked, { mode: 0o700 });
  fs.writeFileSync(path.join(locked, 'config.json'), '{}');
  const write = (name: string, config: unknown): string => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, JSON.stringify(config), { mode: 0o644 });
    return file;
  };
  const files = [
    write('warned.json', {
      server,
      tasks: {
        a: { identifier: keyOf('a'), command: [path.join(locked, 'x')], cwd: path.join(locked, 'y') },
      },
    }),
    write('refused.json', { server: { ...server, magickey: { file: path.join(locked, 'key') } }, tasks: {} }),
    path.join(locked, 'config.json'),
  ];
  const script = `
    import { judgeFile } from ${JSON.stringify(path.join(import.meta.dirname, '../support/config.ts'))};
    console.log(JSON.stringify(${JSON.stringify(files)}.map((file) => judgeFile(file)).map(({ problems, warnings }) => [...problems, ...warnings])));`;
  const isRoot = process.getuid?.() === 0;
  const node = [process.execPath, '--input-type=module', '-e', script];
  const asOther = isRoot ? ['setpriv', '--reuid=64323', '--regid=64323', '--clear-groups', ...node] : node;
  if (!isRoot) fs.chmodSync(locked, 0);
  const { stdout, stderr } = spawnSync(asOther[0] ?? '', asOther.slice(1), { cwd: '/', encoding: 'utf8' });
  fs.chmodSync(locked, 0o700);
  const [warned = '', refused = '', unreadable = ''] = (JSON.parse(stdout || '[]') as string[][]).map(
    (lines) => lines.join('\n'),
  );
  assert.match(
    warned,
    /tasks\.a\.command\.0: See that the daemon can look at the program \(EACCES\)/,
    stderr,
  );
  assert.match(warned, /tasks\.a\.cwd: See that the daemon can look at this folder \(EACCES\)/);
  assert.match(
    refused,
    /server\.magickey: .*Cannot open the file \(EACCES\): the daemon's user may not read it/,
  );
  assert.match(unreadable, /Cannot open the file \(EACCES\)/);
});

test('any JSON value is a config or gives findings, and so does any value in any place of one', (t) => {
  const { judge } = createJudge(t);
  const value = fc.jsonValue({ maxDepth: 3 });
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\0', '/', '..', '/dev/zero', 'x'.repeat(5000), '__proto__'),
  );
  const any = fc.oneof(
    value,
    text,
    fc.record({ file: text }),
    fc.record({ env: text }),
    fc.constant([]),
    fc.constant({}),
  );
  const part = fc.dictionary(
    fc.constantFrom(
      'listen',
      'port',
      'magickey',
      'tls',
      'trustProxy',
      'file',
      'keep',
      'via',
      'webapi',
      'gate',
      'password',
      'cert',
      'key',
    ),
    any,
  );
  const task = fc.dictionary(
    fc.constantFrom(
      'identifier',
      'command',
      'cwd',
      'env',
      'user',
      'group',
      'icon',
      'hours',
      'allow',
      'timeout',
    ),
    any,
  );
  const config = fc.record(
    {
      server: fc.oneof(part, fc.constant(server), any),
      dsm: fc.oneof(part, any),
      log: fc.oneof(part, any),
      history: fc.oneof(part, any),
      admin: fc.oneof(part, any),
      notify: fc.oneof(fc.array(part), any),
      tasks: fc.oneof(fc.dictionary(text, task), any),
    },
    { requiredKeys: ['server', 'tasks'] },
  );
  fc.assert(
    fc.property(fc.oneof(value, config), (one) => {
      const { loaded, problems } = judge(one === undefined ? 'null' : JSON.stringify(one));
      assert.ok(loaded !== undefined || problems.length > 0);
    }),
    { numRuns: 150 },
  );
});

test('a large file of certificates without ends is refused soon', (t) => {
  const { judge, folder } = createJudge(t);
  fs.writeFileSync(path.join(folder, 'ca'), '-----BEGIN CERTIFICATE-----\n'.repeat(300_000));
  const webapi = { url: 'https://nas', account: 'a', password: 'b', ca: 'ca' };
  assert.match(
    judge({ server, dsm: { webapi }, tasks: {} }).problems.join('\n'),
    /dsm\.webapi\.ca: Give a PEM file with certificates/,
  );
});

test('hundreds of thousands of mistakes are findings, too, and a bounded number of lines', (t) => {
  const { judge } = createJudge(t);
  const magickey = Array.from({ length: 150_000 }, () => ({ label: 'a', key: '' }));
  const { problems } = judge(JSON.stringify({ server: { listen: '127.0.0.1', magickey }, tasks: {} }));
  assert.equal(problems.length, 501);
  assert.equal(problems.at(-1), 'config.json and 149500 more');
});
