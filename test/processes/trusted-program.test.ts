// What root runs, only root may be able to change: tasks, DSM's tools, programs of the admin gate, and the interpreters of all of them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { mock, test } from 'node:test';
import { createAskDsm } from '../../src/dsm/dsm-programs.ts';
import { findRefusal } from '../../src/processes/trusted-program.ts';
import { callSynoschedtask } from '../../src/dsm/synoschedtask-tool.ts';
import { createSynowebapiClient } from '../../src/dsm/synowebapi.ts';
import { createFolder } from '../support/daemon.ts';
import { createTestLogger } from '../support/logger.ts';
import { runCommand } from '../support/run-command.ts';
import { renderExposed } from '../../src/reasons/english-dsm.ts';

type T = Parameters<typeof createFolder>[0];

const isRoot = process.getuid?.() === 0;
const forever = new AbortController().signal;

/** Makes programs in a folder; a program without a text is a copy of `sh`. */
function createPrograms(t: T): {
  readonly folder: string;
  make(name: string, mode: number, text?: string): string;
} {
  const folder = createFolder(t);
  return {
    folder,
    make(name, mode, text) {
      const file = path.join(folder, name);
      if (text === undefined) fs.copyFileSync('/bin/sh', file);
      else fs.writeFileSync(file, text);
      fs.chmodSync(file, mode);
      return file;
    },
  };
}

if (isRoot) {
  const writable = 'the file is writable for group or others';
  const ofProgram = `Others than root can change the program (${writable})`;
  const ofInterpreter = `Others than root can change the interpreter of the program (${writable})`;

  test('a program is refused for its own mode, sticky or not, and for that of each interpreter that its first line leads to', (t) => {
    const { folder, make } = createPrograms(t);
    const bad = make('bad', 0o777);
    const good = make('good', 0o755);
    const script = (name: string, firstLine: string): string =>
      make(name, 0o755, `${firstLine}\necho hello\n`);
    const byBad = script('by-bad', `#!${bad}`);
    const openFolder = path.join(folder, 'open');
    fs.mkdirSync(openFolder);
    fs.chmodSync(openFolder, 0o777);
    const cases: readonly [file: string, refusal: string | undefined][] = [
      [good, undefined],
      ['/bin/sh', undefined],
      [bad, ofProgram],
      [make('sticky', 0o1777), ofProgram],
      [make('group', 0o1775), ofProgram],
      [script('by-good', `#!${good}`), undefined],
      [byBad, ofInterpreter],
      [script('with-space', `#!  ${bad} -x -y`), ofInterpreter],
      [script('windows', `#!${good}\r`), undefined],
      [script('by-script', `#!${byBad}`), ofInterpreter],
      [script('relative', '#!bad'), ofInterpreter],
      [script('env', '#!/usr/bin/env sh'), undefined],
      [script('env-bad', '#!/usr/bin/env bad'), ofInterpreter],
      [script('env-split', '#!/usr/bin/env -S A=b bad -x'), ofInterpreter],
      [script('env-split-at-once', '#!/usr/bin/env -Sbad -x'), ofInterpreter],
      [script('env-split-long', '#!/usr/bin/env --split-string=bad -x'), ofInterpreter],
      [script('env-quoted', '#!/usr/bin/env -vS "bad" -x'), ofInterpreter],
      [script('env-unset', '#!/usr/bin/env -S -u HOME bad'), ofInterpreter],
      [script('env-folder', '#!/usr/bin/env -S -C / bad'), ofInterpreter],
      [script('env-open-folder', `#!/usr/bin/env -S -C ${openFolder} sh`), undefined],
      [script('env-missing', '#!/usr/bin/env no-such-program'), undefined],
      [script('missing', '#!/no/such/interpreter'), undefined],
      [script('itself', `#!${path.join(folder, 'itself')}`), undefined],
      [script('blank', '#!'), undefined],
      [script('no-script', `# !${bad}`), undefined],
      [path.join(folder, 'nothing'), undefined],
    ];
    for (const [file, expected] of cases) {
      const refusal = findRefusal(file, { cwd: folder, path: `${folder}:/usr/bin:/bin` });
      assert.equal(refusal === undefined ? undefined : renderExposed(refusal), expected, path.basename(file));
    }
  });

  test('what cannot be looked at is refused, at whatever call and place that shows', async (t) => {
    const { folder, make } = createPrograms(t);
    const program = make('program', 0o755, '#!/bin/sh\n');
    for (const call of ['lstatSync', 'statSync', 'openSync', 'readSync', 'readlinkSync'] as const) {
      const real: unknown = fs[call];
      for (const code of ['EACCES', 'ESTALE', 'EIO', 'ENOTCONN']) {
        const failing = mock.method(fs, call, (...args: unknown[]) => {
          const isMeant =
            typeof args[0] === 'number' || args[0] === program || args[0] === folder || args[0] === '/bin';
          if (!isMeant && typeof real === 'function') return Reflect.apply(real, fs, args);
          throw Object.assign(new Error(code), { code });
        });
        const run = runCommand([program]);
        failing.mock.restore();
        const outcome = await run.ended;
        if (call === 'readlinkSync' && !fs.lstatSync('/bin').isSymbolicLink()) continue;
        assert.equal(run.pid, undefined, `${call} ${code}`);
        assert.match(
          outcome.kind === 'failed' ? (outcome.reason ?? '') : outcome.kind,
          new RegExp(
            `^The daemon cannot see who could change .*${code}\\)\\. The daemon runs as root and refuses it\\.$`,
          ),
        );
      }
    }
    assert.equal((await runCommand([program]).ended).kind, 'succeeded');
  });

  test("DSM's tools and programs are looked at before each start of theirs", async (t) => {
    const { folder, make } = createPrograms(t);
    const mark = path.join(folder, 'mark');
    const program = make('program', 0o755, `#!/bin/sh\necho x >> '${mark}'\necho 'admin'\n`);
    const ask = createAskDsm({
      programs: { authenticateCgi: program, loginCgi: program, group: 101 },
      id: program,
      maxMs: 60_000,
      onStarted: () => {},
    });
    const browser = { address: '192.168.1.5', host: undefined };
    const client = createSynowebapiClient({ tool: program, logger: createTestLogger().logger });
    const list = {
      api: 'SYNO.Core.TaskScheduler',
      method: 'list',
      forms: [{ version: 1, params: {} }],
    } as const;
    const askAll = async (): Promise<string[]> => [
      JSON.stringify(await callSynoschedtask(program, ['--get'], forever)),
      JSON.stringify(await client.call(list, forever)),
      JSON.stringify(await ask.loadUser(browser, undefined)),
      JSON.stringify(await ask.signIn(browser, 'a', 'b')),
      JSON.stringify(await ask.isMember('admin')),
    ];
    const count = (): number => fs.readFileSync(mark, 'utf8').length;
    for (const answer of await askAll()) assert.doesNotMatch(answer, /by root/);
    const before = count();
    fs.chmodSync(program, 0o1777);
    for (const answer of await askAll())
      assert.match(
        answer,
        /is not run by root[.:] Others than root can change the program \(the file is writable for group or others\)/,
      );
    assert.equal(count(), before);
    fs.chmodSync(program, 0o755);
    await askAll();
    assert.ok(count() > before);
  });

  test('a task is refused if other users can change its interpreter', async (t) => {
    const { folder, make } = createPrograms(t);
    make('bad', 0o777);
    const run = runCommand([make('script', 0o755, '#!/usr/bin/env bad\n')], {
      env: { PATH: `${folder}:/bin` },
    });
    assert.deepEqual(await run.ended, {
      kind: 'failed',
      reason: `${ofInterpreter}. The daemon runs as root and refuses it.`,
    });
  });
} else {
  test('a daemon that is not root runs what it may', (t) => {
    assert.equal(findRefusal(createPrograms(t).make('bad', 0o777)), undefined);
  });
}
