// Programs that print while no daemon is running, and background jobs that print after their task: none of them is disturbed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { searchPath } from '../../src/processes/clean-environment.ts';
import { createFolder, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { createFakeSynowebapi } from '../support/fake-synowebapi/fake-synowebapi.ts';
import { createFakeTool } from '../support/fake-synoschedtask.ts';
import { listProcesses, lives } from '../support/processes.ts';

const server = { stopGrace: '50ms' };
/** More than fits into a pipe, so that a reader is needed. */
const manyLines = 4000;
const line = 'a line of some length, as a back-up prints for each file';
/** Until the gate is there, or the test is over. */
const awaitGate = 'until [ -e gate ] || [ ! -e files ]; do sleep 0.05; done';
const hasPython = spawnSync('python3', ['-c', ''], { env: { PATH: searchPath } }).status === 0;

interface Printer {
  readonly command: readonly string[];
  readonly needs?: string | false;
}

/** Programs that print so many lines once there is a file `gate` in their folder, and make a file `done` then. */
function toPrinters(lines: number): Record<string, Printer> {
  const loop = `i=0; while [ $i -lt ${lines} ]; do echo "${line}"; i=$((i+1)); done`;
  const python = `import os, time
while not os.path.exists("gate") and os.path.exists("files"): time.sleep(0.05)
for _ in range(${lines}): print("${line}", flush=True)
open("done", "w")`;
  return {
    sh: { command: ['/bin/sh', '-c', `echo first; ${awaitGate}; ${loop}; : > done`] },
    'sh, on standard error': {
      command: ['/bin/sh', '-c', `echo first >&2; ${awaitGate}; { ${loop}; } >&2; : > done`],
    },
    bash: { command: ['/bin/bash', '-c', `echo first; ${awaitGate}; ${loop}; : > done`] },
    python: { command: ['python3', '-c', python], needs: hasPython ? false : 'there is no python3' },
    tar: {
      command: [
        '/bin/sh',
        '-c',
        `${awaitGate}; tar -cvf back-up.tar ${'files '.repeat(Math.ceil(lines / 100))}&& : > done`,
      ],
    },
    'a background job': { command: ['/bin/sh', '-c', `(${awaitGate}; ${loop}; : > done) & echo first`] },
    'a background job in a session of its own': {
      command: [
        '/bin/sh',
        '-c',
        `setsid sh -c '${awaitGate}; ${loop.replaceAll("'", '')}; : > done' & echo first`,
      ],
    },
    'a background job that has moved its output': {
      command: [
        '/bin/sh',
        '-c',
        `(exec 5>&1 >/dev/null 2>&1; ${awaitGate}; { ${loop}; } >&5; : > done) & echo first`,
      ],
    },
  };
}

function createPlace(folder: string): string {
  fs.mkdirSync(path.join(folder, 'files'), { recursive: true });
  for (let i = 0; i < 100; i++) fs.writeFileSync(path.join(folder, 'files', `${i}-${line}`), '');
  return folder;
}

async function startRun({ url }: TestDaemon, id = 'a'): Promise<string> {
  const response = await fetch(url(id), { headers: { accept: 'application/json' } });
  assert.equal(response.status, 202);
  return ((await response.json()) as { run: string }).run;
}

const open = (folder: string): void => fs.writeFileSync(path.join(folder, 'gate'), '');
const isDone = (folder: string): true | undefined => fs.existsSync(path.join(folder, 'done')) || undefined;

/** The processes that only read what others print. */
const listDrains = (run: string): number[] => listProcesses('environ', `REMOTETASK_DRAIN=${run}`);

/** A task for each printer and for each kind of output, in a folder of its own. */
function toTasks(folder: string, lines: number): Record<string, object> {
  const printers = Object.entries(toPrinters(lines)).flatMap(([what, { command, needs = false }]) =>
    needs === false
      ? (['none', 'all'] as const).map(
          (output) => [`${what}, output ${output}`, { command, output }] as const,
        )
      : [],
  );
  return Object.fromEntries(
    printers.map(([id, task]) => [id, { ...task, cwd: createPlace(path.join(folder, id)) }]),
  );
}

/** Starts all tasks of a daemon, ends it, starts the next one if there is to be one, and waits for all programs to end their work. */
async function printWithout(
  t: Parameters<typeof startDaemon>[0],
  lines: number,
  how: 'stop' | 'kill',
  isNextThere: boolean,
): Promise<void> {
  const folder = createFolder({ after: (fn) => t.after(fn) });
  const options = { folder, server, tasks: toTasks(folder, lines) };
  const ids = Object.keys(options.tasks);
  const first = await startDaemon(t, options);
  const runs = await Promise.all(ids.map(async (id) => await startRun(first, id)));
  await first[how]();
  for (const id of ids) open(path.join(folder, id));
  if (isNextThere) await startDaemon(t, options);
  for (const id of ids) await until(() => isDone(path.join(folder, id)), `the end of the work of ${id}`);
  await until(
    () => runs.every((run) => listDrains(run).length === 0) || undefined,
    'no process to be left that only reads',
  );
}

test('programs and background jobs that print continue after a stop of the daemon, however much they print', async (t) => {
  await printWithout(t, manyLines, 'stop', false);
});

test('programs and background jobs that print as much as fits into a pipe continue after kill -9 of the daemon', async (t) => {
  await printWithout(t, 600, 'kill', false);
});

test('programs and background jobs that print more continue once the next daemon runs', async (t) => {
  await printWithout(t, manyLines, 'kill', true);
});

test('what a run prints after a restart is shown, and a line says that what came before is not', async (t) => {
  for (const how of ['stop', 'kill'] as const) {
    const folder = createPlace(createFolder(t));
    const command = [
      '/bin/sh',
      '-c',
      `echo before; ${awaitGate}; echo after; until [ -e end ] || [ ! -e files ]; do sleep 0.05; done`,
    ];
    const options = { folder, server, tasks: { a: { command, cwd: folder, output: 'all' } } };
    const first = await startDaemon(t, options);
    const run = await startRun(first);
    const printed = async ({ base }: TestDaemon): Promise<string> => {
      const response = await fetch(`${base}/runs/${run}`, { headers: { accept: 'application/json' } });
      return ((await response.json()) as { output: string }).output;
    };
    await until(async () => ((await printed(first)) === 'before\n' ? true : undefined), 'the first line');
    await first[how]();
    const [drain] = listDrains(run);
    assert.equal(drain === undefined, how === 'kill');
    const second = await startDaemon(t, options);
    if (drain !== undefined) await until(() => !lives(drain) || undefined, 'the daemon to read by itself');
    open(folder);
    const shown = '[What it printed before the daemon was started again is not kept.]\nafter\n';
    await until(async () => ((await printed(second)) === shown ? true : undefined), 'the next line');
    fs.writeFileSync(path.join(folder, 'end'), '');
    await until(() => second.history().find(({ event }) => event === 'end'), 'the run to end');
    assert.equal(await printed(second), shown);
  }
});

test('after a stop and a start again and again, a background job prints on', async (t) => {
  const folder = createPlace(createFolder(t));
  const job = `(while [ ! -e end ] && [ -e files ]; do head -c 10000 /dev/zero || exit; sleep 0.01; done; : > done) & echo first`;
  const options = {
    folder,
    server,
    tasks: { a: { command: ['/bin/sh', '-c', job], cwd: folder, output: 'all' } },
  };
  for (const how of ['stop', 'kill', 'stop', 'stop', 'kill'] as const) {
    const daemon = await startDaemon(t, options);
    if (how === 'stop' && daemon.history().length === 0) await startRun(daemon);
    await daemon[how]();
  }
  fs.writeFileSync(path.join(folder, 'end'), '');
  await startDaemon(t, options);
  await until(() => isDone(folder), 'the job to end');
});

test('a daemon with another history leaves the pipes of this one alone', async (t) => {
  const folder = createPlace(createFolder(t));
  const command = [
    '/bin/sh',
    '-c',
    `${awaitGate}; echo mine; until [ -e end ] || [ ! -e files ]; do sleep 0.05; done`,
  ];
  const daemon = await startDaemon(t, {
    folder,
    server,
    tasks: { a: { command, cwd: folder, output: 'all' } },
  });
  const run = await startRun(daemon);
  await startDaemon(t, { tasks: {} });
  open(folder);
  await until(async () => {
    const response = await fetch(`${daemon.base}/runs/${run}`, { headers: { accept: 'application/json' } });
    return ((await response.json()) as { output: string }).output === 'mine\n' ? true : undefined;
  }, 'the line to come here');
  fs.writeFileSync(path.join(folder, 'end'), '');
});

/** A tool of DSM that waits for the task which it starts, and prints then, more than fits into a pipe; it answers everything else as another one does. */
function writeWaitingTool(folder: string, answers: string, start: string): string {
  const file = path.join(createPlace(folder), 'tool');
  const lines = `yes "${line}" | head -n ${manyLines}`;
  const script = [
    '#!/bin/sh',
    `case "$*" in *${start}*) ;; *) exec '${answers}' "$@" ;; esac`,
    `cd '${folder}' && echo begun && : > begun && ${awaitGate} && ${lines} && ${lines} >&2 && : > done`,
  ];
  fs.writeFileSync(file, `${script.join('\n')}\n`, { mode: 0o755 });
  return file;
}

test("DSM's tools that wait for a task and print go on after a stop of the daemon", async (t) => {
  const folder = createFolder(t);
  const at = (name: string): string => path.join(folder, name);
  const synowebapi = createFakeSynowebapi(at('caller'), { triggered: [{ name: 'camera' }] });
  const synoschedtask = createFakeTool(at('scheduler'), [{ id: 7 }]);
  const dsm = {
    a: { via: 'synowebapi', synowebapi: writeWaitingTool(at('a'), synowebapi.file, 'method=run') },
    b: { via: 'synoschedtask', synoschedtask: writeWaitingTool(at('b'), synoschedtask.file, '--run') },
  };
  const tasks = { a: { nas: 'a', triggered: 'camera' }, b: { nas: 'b', scheduled: 7 } };
  const daemon = await startDaemon(t, { folder, server, tasks, more: { dsm } });
  for (const id of ['a', 'b']) {
    await startRun(daemon, id);
    await until(() => fs.existsSync(path.join(at(id), 'begun')) || undefined, `the tool of ${id} to wait`);
  }
  await daemon.stop();
  for (const id of ['a', 'b']) {
    open(at(id));
    await until(() => isDone(at(id)), `the end of the work of ${id}`);
  }
});
