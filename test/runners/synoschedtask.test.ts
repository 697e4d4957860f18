// The runner `synoschedtask` against a stand-in for DSM's tool in each of its moods, alone and through a real daemon.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { Outcome } from '../../src/outcome.ts';
import { createSynoschedtaskRunner } from '../../src/runners/synoschedtask.ts';
import type { TellUnclear } from '../../src/runners/unclear.ts';
import { withoutCode } from '../support/outcome.ts';
import { createFolder, startDaemon, until } from '../support/daemon.ts';
import { mapSome } from '../support/raw-http.ts';
import { createDsmIo } from '../support/run-in-dsm.ts';
import { createFakeTool, type FakeTask, type FakeTool, type Moods } from '../support/fake-synoschedtask.ts';

interface Case {
  readonly moods?: Partial<Moods>;
  readonly task?: Partial<FakeTask>;
  /** The id that is asked for; the tool knows 7. */
  readonly id?: number;
  readonly followMs?: number;
  /** After this many calls of the tool the run is stopped. */
  readonly stopAtCall?: number;
}

type Cases = Record<string, readonly [Case, Outcome]>;

const long = 60_000;
/** A task that runs until the folder of its tool is gone. */
const endless = 'while [ -e calls ]; do sleep 0.1; done';
/** A task that runs until it was looked at at least once while it ran: besides that, there is a look before the start, and the start. */
const seenOnce = 'until [ ! -e calls ] || [ "$(wc -l <calls)" -ge 5 ]; do sleep 0.1; done';
const took: Outcome = {
  kind: 'unconfirmed',
  reason: 'DSM took the start, but does not report how the task ended.',
};
const refused = (reason: string): Outcome => ({ kind: 'failed', reason });

async function runCase(
  tool: FakeTool,
  { id = 7, followMs = long, stopAtCall }: Case,
  tellUnclear: TellUnclear = () => {},
): Promise<Outcome> {
  const stop = new AbortController();
  const { ended } = createSynoschedtaskRunner({ tool: tool.file, followMs, tellUnclear }).start(
    { kind: 'scheduled', id },
    createDsmIo(stop.signal),
  );
  if (stopAtCall !== undefined) {
    await until(() => tool.calls().length >= stopAtCall || undefined, 'the tool to be called');
    stop.abort();
  }
  return withoutCode(await ended);
}

async function checkAll(t: Parameters<typeof createFolder>[0], cases: Cases): Promise<void> {
  const folder = createFolder(t);
  const check = async ([what, [one]]: readonly [string, Cases[string]]): Promise<
    readonly [string, Outcome]
  > => {
    const tool = createFakeTool(path.join(folder, what), [{ id: 7, ...one.task }], one.moods);
    return [what, await runCase(tool, one)];
  };
  // A few at a time: each call of the tool is a process, and only so many answer in time.
  const results = await mapSome(Object.entries(cases), check, 4);
  assert.deepEqual(
    Object.fromEntries(results),
    Object.fromEntries(Object.entries(cases).map(([what, [, outcome]]) => [what, outcome])),
  );
}

suite('synoschedtask', { concurrency: 2 }, () => {
  test('the stand-in is like the real tool: `--run id=N` alone does nothing, with exit status 0', (t) => {
    const folder = createFolder(t);
    const tool = createFakeTool(folder, [{ id: 7, command: 'touch ran' }], { run: 'wait' });
    const call = (...args: string[]): string =>
      execFileSync(tool.file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const before = call('--get', 'id=7');
    assert.match(before, /^ {13}User: \[root\]\n {15}ID: \[7\]\n/);
    assert.equal(call('--run', 'id=7'), '');
    assert.equal(call('--get', 'id=7'), before);
    assert.equal(fs.existsSync(path.join(folder, 'ran')), false);
    call('--run', 'id=7', 'check_time=0', 'check_status=0');
    assert.match(call('--get', 'id=7'), / {11}Status: \[Success\]\n/);
    assert.equal(fs.existsSync(path.join(folder, 'ran')), true);
    tool.setMoods({ isRoot: false });
    assert.throws(() => call('--get'), { status: 13 });
  });

  test('the stand-in is like the real tool: `--run id=N` starts what is due, enabled and not running', (t) => {
    const folder = createFolder(t);
    const tool = createFakeTool(
      folder,
      [
        { id: 1, command: 'touch ran-1' },
        { id: 2, command: 'touch ran-2', state: 'disabled' },
        { id: 3, command: 'touch ran-3', isRunning: true },
      ],
      { run: 'wait' },
    );
    const run = (...args: string[]): number[] => {
      for (const id of [1, 2, 3]) execFileSync(tool.file, ['--run', `id=${id}`, ...args]);
      const ran = [1, 2, 3].filter((id) => fs.existsSync(path.join(folder, `ran-${id}`)));
      for (const id of ran) fs.rmSync(path.join(folder, `ran-${id}`));
      return ran;
    };
    assert.deepEqual(run(), []);
    assert.deepEqual(run('check_status=0'), []);
    assert.deepEqual(run('check_time=0'), [1]);
    tool.setMoods({ clock: '4:45' });
    assert.deepEqual(run(), [1]);
    assert.deepEqual(run('check_status=0'), [1, 2, 3]);
  });

  test('the end of a task is reported as DSM reports it, on every version', async (t) => {
    const failing = { command: 'sleep 0.4; exit 3', name: 'a] b: [c' };
    await checkAll(t, {
      dsm5: [
        { moods: { flavour: 'dsm5' }, task: failing },
        { kind: 'failed', exitCode: 3 },
      ],
      dsm7: [
        { moods: { flavour: 'dsm7' }, task: failing },
        { kind: 'failed', exitCode: 3 },
      ],
      dsm72: [
        { moods: { flavour: 'dsm72' }, task: failing },
        { kind: 'failed', exitCode: 3 },
      ],
      success: [{ task: { status: 'Error(3)' } }, { kind: 'succeeded', exitCode: 0 }],
      'a status in between, then the same one as last time': [
        { moods: { showsRunning: true }, task: { status: 'Success', command: seenOnce } },
        { kind: 'succeeded', exitCode: 0 },
      ],
      'a tool that returns only when the task has ended': [
        { moods: { run: 'wait' }, task: { command: 'sleep 1; exit 4' } },
        { kind: 'failed', exitCode: 4 },
      ],
    });
  });

  test('nothing is claimed that DSM did not report', async (t) => {
    const followMs = 1000;
    await checkAll(t, {
      'the tool does nothing': [{ moods: { run: 'noop' }, followMs }, took],
      'the status is the same as last time': [{ task: { status: 'Success' }, followMs }, took],
      'the version tells no status': [{ moods: { hasStatus: false }, followMs }, took],
      'the task takes longer than it is followed': [{ task: { command: endless }, followMs }, took],
      'a new time, and the status of last time': [
        { moods: { flavour: 'dsm72', run: 'wait' }, task: { status: 'Success' }, followMs },
        { kind: 'unconfirmed', reason: 'DSM started the task, but does not report how it ended.' },
      ],
      'stopped while the task runs': [
        // Before it: a look, the start, and the task itself, which is a call as well.
        { task: { command: endless }, stopAtCall: 4 },
        {
          kind: 'unconfirmed',
          reason:
            'DSM started the task and did not report its end in time. It may still be running: DSM offers no way to stop it.',
        },
      ],
      'stopped while the tool hangs': [
        { moods: { run: 'hang' }, stopAtCall: 2 },
        {
          kind: 'unconfirmed',
          reason: "DSM's synoschedtask did not answer in time: whether the task was started is not known.",
        },
      ],
    });
  });

  test('a tool that waits for the task is not ended with the run: the task runs to its end', async (t) => {
    const folder = createFolder(t);
    const command = 'touch begun; while [ -e calls ] && [ ! -e go ]; do sleep 0.1; done; touch done';
    const tool = createFakeTool(folder, [{ id: 7, command }], { run: 'wait' });
    const stop = new AbortController();
    const { ended } = createSynoschedtaskRunner({
      tool: tool.file,
      followMs: long,
      tellUnclear: () => {},
    }).start({ kind: 'scheduled', id: 7 }, createDsmIo(stop.signal));
    const there = async (name: string): Promise<true> =>
      await until(() => (fs.existsSync(path.join(folder, name)) ? true : undefined), name);
    await there('begun');
    stop.abort();
    assert.equal((await ended).kind, 'unconfirmed');
    fs.writeFileSync(path.join(folder, 'go'), '');
    await there('done');
  });

  test('a refusal is a failure, with the reason', async (t) => {
    const noSuchTask = refused('DSM has no such scheduled task.');
    await checkAll(t, {
      'not root': [{ moods: { isRoot: false } }, refused("DSM's synoschedtask refused (exit status 13).")],
      'the start is refused': [
        { moods: { run: 'refuse' } },
        refused("DSM's synoschedtask refused (exit status 1)."),
      ],
      'an error as text': [
        { moods: { run: 'error-text' } },
        refused("DSM's synoschedtask reported an error and did not start the task."),
      ],
      'unknown id, 0': [{ id: 8, moods: { unknownId: 0 } }, noSuchTask],
      'unknown id, 1': [
        { id: 8, moods: { unknownId: 1 } },
        refused("DSM's synoschedtask refused (exit status 1)."),
      ],
      'another format': [
        { moods: { get: 'junk' } },
        refused("DSM's synoschedtask answered in a form that is not understood."),
      ],
      'no text at all': [{ moods: { get: 'blank' } }, noSuchTask],
      'no answer': [{ moods: { get: 'hang' } }, refused("DSM's synoschedtask did not answer.")],
    });
    const tool = createFakeTool(createFolder(t), [{ id: 7 }]);
    fs.chmodSync(tool.file, 0o644);
    assert.deepEqual(await runCase(tool, {}), refused("DSM's synoschedtask could not be started (EACCES)."));
    fs.rmSync(tool.file);
    assert.deepEqual(await runCase(tool, {}), refused("DSM's synoschedtask is not on this machine."));
  });

  test('unexpected output of the tool is logged with its first lines, and callers do not see them', async (t) => {
    const folder = createFolder(t);
    const told: unknown[] = [];
    const note: TellUnclear = (reason, lines) => void told.push([reason, lines]);
    const junk = createFakeTool(path.join(folder, 'junk'), [{ id: 7 }], { get: 'junk' });
    const unclear = "DSM's synoschedtask answered in a form that is not understood.";
    assert.deepEqual(await runCase(junk, {}, note), refused(unclear));
    const guest = createFakeTool(path.join(folder, 'guest'), [{ id: 7 }], { isRoot: false });
    const { reason } = await runCase(guest, {}, note);
    assert.deepEqual(told, [
      [unclear, ['Scheduled tasks: see Control Panel']],
      [reason, ['synoschedtask: Permission denied']],
    ]);
    assert.match(reason ?? '', /refused \(exit status 13\)/);
  });

  test('a triggered task is refused with the remedy, and the tool is not called', async (t) => {
    const tool = createFakeTool(createFolder(t), [{ id: 7 }]);
    const runner = createSynoschedtaskRunner({ tool: tool.file, followMs: long, tellUnclear: () => {} });
    const { ended } = runner.start(
      { kind: 'triggered', name: 'camera' },
      createDsmIo(new AbortController().signal),
    );
    assert.match(
      (await ended).reason ?? '',
      /^Triggered tasks cannot be started by synoschedtask, .*dsm\.webapi\)\.$/,
    );
    assert.deepEqual(tool.calls(), []);
  });

  test('callers and history of a daemon get the same, and the tool is called as it has to be', async (t) => {
    const tool = createFakeTool(createFolder(t), [
      { id: 1 },
      { id: 2, command: 'exit 5' },
      { id: 3, status: 'Success' },
    ]);
    const daemon = await startDaemon(t, {
      tasks: Object.fromEntries(['1', '2', '3', '4'].map((id) => [id, { name: `Task ${id}` }])),
      more: { dsm: { via: 'synoschedtask', synoschedtask: tool.file, followFor: '10s' } },
    });
    const cases: [id: number, status: number, outcome: Outcome][] = [
      [1, 200, { kind: 'succeeded', exitCode: 0 }],
      [2, 500, { kind: 'failed', exitCode: 5 }],
      [3, 202, took],
      [4, 500, refused("DSM's synoschedtask refused (exit status 1).")],
    ];
    await Promise.all(
      cases.map(async ([id, status, { kind, exitCode, reason }]) => {
        const response = await fetch(`${daemon.url(String(id))}?wait=60`, {
          headers: { accept: 'application/json' },
        });
        const run = (await response.json()) as Record<string, unknown>;
        assert.deepEqual(
          [response.status, run['state'], run['exitCode'], run['reason']],
          [status, kind, exitCode ?? null, reason],
          `task ${id}`,
        );
        const end = await until(
          () => daemon.history().find((line) => line['event'] === 'end' && line['run'] === run['run']),
          'the end',
        );
        assert.deepEqual(withoutCode(Outcome.parse(end['outcome'])), {
          kind,
          ...(exitCode === undefined ? {} : { exitCode }),
          ...(reason === undefined ? {} : { reason }),
        });
      }),
    );
    const starts = tool.calls().filter(([what]) => what === '--run');
    assert.deepEqual(
      starts.map(([, ...rest]) => rest.join(' ')).sort(),
      [1, 2, 3].map((id) => `id=${id} check_time=0 check_status=0`),
    );
  });
});
