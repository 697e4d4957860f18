// A stand-in for DSM's synoschedtask: its state lies in a folder, and modes give it the moods of the real one.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { compileCacheEnv } from './compile-cache.ts';

/** What the tool prints differs by version: no `User` on DSM 5 and early 6, more keys on some 6 and from 7.2 on. */
export type Flavour = 'dsm5' | 'dsm6' | 'dsm7' | 'dsm72';

/** The moods of the tool. */
export interface Moods {
  readonly flavour: Flavour;
  readonly isRoot: boolean;
  /**
   * `start`: starts the task and returns at once. `wait`: returns when the task has ended. `noop`: nothing,
   * exit status 0. `hang`: never returns. `error-text`: prints that it failed, exit status 0. `refuse`: exit status 1.
   */
  readonly run: 'start' | 'wait' | 'noop' | 'hang' | 'error-text' | 'refuse';
  /** `hang`: never returns. `junk`: prints something else. `blank`: prints nothing. */
  readonly get: 'print' | 'hang' | 'junk' | 'blank';
  /** The exit status for an id that there is not. */
  readonly unknownId: 0 | 1;
  /** Whether `--get` prints how the last run ended. */
  readonly hasStatus: boolean;
  /** Whether `--get` prints that a task is running. */
  readonly showsRunning: boolean;
  /** The time of the simulated clock; each task is due at 4:45. */
  readonly clock: string;
}

/** A task as the stand-in keeps it; its command is run by sh in the tool's folder. */
export interface FakeTask {
  readonly id: number;
  readonly name: string;
  readonly command: string;
  readonly state: 'enabled' | 'disabled';
  readonly status: string;
  readonly lastRun: string;
  readonly isRunning?: boolean;
  /** A task of DSM's own: its command is printed with a backslash before each character, and it has no status. */
  readonly isBuiltIn?: boolean;
}

const dueAt = '4:45';

export interface FakeTool {
  /** What to write as `dsm.synoschedtask` into a config. */
  readonly file: string;
  setMoods(moods: Partial<Moods>): void;
  /** The arguments of each call so far. */
  calls(): string[][];
}

const usual: Moods = {
  flavour: 'dsm7',
  isRoot: true,
  run: 'start',
  get: 'print',
  unknownId: 1,
  hasStatus: true,
  showsRunning: false,
  clock: '0:00',
};

/** Writes a tool with these tasks into a folder. */
export function createFakeTool(
  folder: string,
  tasks: readonly (Pick<FakeTask, 'id'> & Partial<FakeTask>)[],
  moods: Partial<Moods> = {},
): FakeTool {
  const at = (name: string): string => path.join(folder, name);
  fs.mkdirSync(folder, { recursive: true });
  for (const task of tasks) {
    save(folder, {
      name: `Task ${task.id}`,
      command: 'true',
      state: 'enabled',
      status: 'No last run record',
      lastRun: '',
      ...task,
    });
  }
  fs.writeFileSync(at('calls'), '');
  const setMoods = (changed: Partial<Moods>): void =>
    fs.writeFileSync(at('moods.json'), JSON.stringify({ ...usual, ...moods, ...changed }));
  setMoods({});
  const file = at('synoschedtask');
  fs.writeFileSync(
    file,
    `#!/bin/sh\nNODE_COMPILE_CACHE='${compileCacheEnv.NODE_COMPILE_CACHE}' exec '${process.execPath}' '${import.meta.filename}' '${folder}' "$@"\n`,
    { mode: 0o755 },
  );
  return {
    file,
    setMoods,
    calls: () =>
      fs
        .readFileSync(at('calls'), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as string[]),
  };
}

/** The record of a task as `--get` prints it. */
export function renderRecord(
  task: FakeTask,
  { flavour, hasStatus }: Pick<Moods, 'flavour' | 'hasStatus'>,
): string {
  const runTime = `${flavour === 'dsm72' ? 'Run time / until' : 'Run time'}: [${dueAt.replace(':', ']:[')}]`;
  const more: Record<Flavour, readonly string[]> = {
    dsm5: [],
    dsm6: [`Last work time: [${task.lastRun}]`, 'Next Trigger: [2030-01-01 04:45]'],
    dsm7: [],
    dsm72: [
      'App: [SYNO.SDS.TaskScheduler.Script]',
      'AppName: [#common:command_line#]',
      `Last Run Time: [${task.lastRun}]`,
    ],
  };
  const lines = [
    ...(flavour === 'dsm5' || flavour === 'dsm6' ? [] : ['User: [root]']),
    `ID: [${task.id}]`,
    `Name: [${task.name}]`,
    `State: [${task.state}]`,
    'Owner: [root]',
    'Type: [daily]',
    'Start date: [0/0/0]',
    runTime,
    ...more[flavour],
    `Command: [${task.isBuiltIn === true ? task.command.replaceAll(/./gs, String.raw`\$&`) : task.command}]`,
    ...(hasStatus ? [`Status: [${task.isBuiltIn === true ? 'Not Available' : task.status}]`] : []),
  ];
  return `${lines.map((line) => `${' '.repeat(Math.max(0, 17 - line.indexOf(':')))}${line}`).join('\n')}\n\n`;
}

function save(folder: string, task: FakeTask): void {
  const file = path.join(folder, `${task.id}.task`);
  fs.writeFileSync(`${file}.new`, JSON.stringify(task));
  fs.renameSync(`${file}.new`, file);
}

function loadTasks(folder: string): FakeTask[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.task'))
    .map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as FakeTask);
}

/** Runs a task to its end and writes down how that was. */
function runTask(folder: string, task: FakeTask, moods: Moods): void {
  const status = moods.showsRunning ? 'Running' : task.status;
  const running = { ...task, lastRun: new Date().toISOString(), status, isRunning: true };
  save(folder, running);
  const child = spawn('/bin/sh', ['-c', task.command], { cwd: folder, stdio: 'ignore' });
  child.once(
    'exit',
    (code) =>
      fs.existsSync(folder) &&
      save(folder, {
        ...running,
        isRunning: false,
        status: code === 0 ? 'Success' : `Error(${code ?? 255})`,
      }),
  );
}

/** Whether `--run` starts a task: it is what cron calls, and asks whether the task is due, enabled and not running, unless its options say otherwise. */
function isToBeRun({ state, isRunning }: FakeTask, args: readonly string[], { clock }: Moods): boolean {
  const isTime = args.includes('check_time=0') || clock === dueAt;
  const isReady = args.includes('check_status=0') || (state === 'enabled' && isRunning !== true);
  return isTime && isReady;
}

function main([folder = '', ...args]: readonly string[]): void {
  fs.appendFileSync(path.join(folder, 'calls'), `${JSON.stringify(args)}\n`);
  const moods = JSON.parse(fs.readFileSync(path.join(folder, 'moods.json'), 'utf8')) as Moods;
  // Until the test is over.
  const hang = (): void => void setInterval(() => fs.existsSync(folder) || process.exit(), 100);
  if (!moods.isRoot) {
    console.error('synoschedtask: Permission denied');
    process.exitCode = 13;
    return;
  }
  const id = Number(args.find((arg) => arg.startsWith('id='))?.slice(3));
  const tasks = loadTasks(folder).filter(
    (task) => !args.some((arg) => arg.startsWith('id=')) || task.id === id,
  );
  if (args[0] === '--get') {
    if (moods.get === 'hang') hang();
    else if (moods.get === 'junk') console.log('Scheduled tasks: see Control Panel');
    else if (moods.get === 'print')
      process.stdout.write(tasks.map((task) => renderRecord(task, moods)).join(''));
    if (tasks.length === 0) process.exitCode = moods.unknownId;
    return;
  }
  const [task] = tasks;
  if (args[0] === 'task-itself' && task !== undefined) return runTask(folder, task, moods);
  if (args[0] !== '--run') return;
  if (task === undefined) process.exitCode = moods.unknownId;
  else if (!isToBeRun(task, args, moods)) return;
  else if (moods.run === 'hang') hang();
  else if (moods.run === 'error-text') console.log(`Failed to run task ${id}`);
  else if (moods.run === 'refuse') process.exitCode = 1;
  else if (moods.run === 'wait') runTask(folder, task, moods);
  else if (moods.run === 'start') {
    spawn(process.execPath, [import.meta.filename, folder, 'task-itself', `id=${id}`], {
      detached: true,
      stdio: 'ignore',
    }).unref();
  }
}

if (process.argv[1] === import.meta.filename) main(process.argv.slice(2));
