// A stand-in for DSM's synowebapi: an executable whose state lies in a folder, in each mood that the real one is known or feared to have.
import fs from 'node:fs';
import path from 'node:path';
import { compileCacheEnv } from '../compile-cache.ts';
import type { Profile } from '../fake-dsm/catalogue.ts';
import {
  completeTasks,
  createScheduler,
  usualScheduling,
  type FakeRun,
  type GivenTasks,
  type Scheduler,
  type SchedulerSettings,
} from '../fake-dsm/scheduler.ts';

/**
 * What goes wrong with a call. With `-after` it has been done by then. `killed`: by a signal, in the middle of the answer.
 * `cut`: half the answer, exit status 0. `mute`: nothing but the log. `error N`: it is refused with that number.
 */
export type Fault =
  | 'hang'
  | 'hang-after'
  | 'killed'
  | 'killed-after'
  | 'cut'
  | 'cut-after'
  | 'mute'
  | 'empty'
  | 'junk'
  | 'html'
  | 'huge'
  | 'slow'
  | `error ${number}`;

/** A fault of certain calls: of the first so many, or of all. */
export interface FaultRule {
  readonly fault: Fault;
  readonly method?: string;
  /** The name of a triggered task. */
  readonly task?: string;
  readonly times?: number;
}

/** The moods of the tool. */
export interface Moods extends SchedulerSettings {
  /** Whether `-s` has to be given, must not be given (as on DSM 6), is no option at all, or does not matter. */
  readonly silentOption: 'needed' | 'forbidden' | 'unknown' | 'any';
  readonly isRoot: boolean;
  readonly logTo: 'stderr' | 'stdout';
  /** Lines on standard output before and after the answer. */
  readonly before: string;
  readonly after: string;
  /** Whether the answer stands on one line. */
  readonly isOnOneLine: boolean;
  /** The exit status beside an answer: it is no verdict. */
  readonly exitStatus: number;
  readonly faults: readonly FaultRule[];
}

/** How a process of the tool was called. */
export interface FakeToolCall {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What the tool finds in its folder. */
export interface FakeState {
  readonly profile: Profile;
  readonly tasks: GivenTasks;
  readonly moods: Partial<Moods>;
}

export const usualMoods: Moods = {
  ...usualScheduling,
  silentOption: 'any',
  isRoot: true,
  logTo: 'stderr',
  before: '',
  after: '',
  isOnOneLine: false,
  exitStatus: 0,
  faults: [],
};

export interface FakeSynowebapi extends Pick<Scheduler, 'start' | 'end' | 'starts'> {
  /** What to write as `dsm.synowebapi` into a config. */
  readonly file: string;
  /** What stands for `/etc.defaults/VERSION`. */
  readonly versionFile: string;
  setMoods(moods: Partial<Moods>): void;
  /** All calls so far. */
  calls(): FakeToolCall[];
  /** The methods that were called so far. */
  methods(): string[];
}

/** Writes a tool with these tasks into a folder. */
export function createFakeSynowebapi(
  folder: string,
  {
    profile = 7,
    moods: first = {},
    ...tasks
  }: GivenTasks & { readonly profile?: Profile; readonly moods?: Partial<Moods> } = {},
): FakeSynowebapi {
  const at = (name: string): string => path.join(folder, name);
  let moods = first;
  const save = (): void => {
    const state: FakeState = { profile, tasks, moods };
    fs.writeFileSync(at('state.new'), JSON.stringify(state));
    fs.renameSync(at('state.new'), at('state.json'));
  };
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(at('calls'), '');
  fs.writeFileSync(at('runs'), '');
  fs.writeFileSync(
    at('VERSION'),
    `majorversion="${profile}"\nminorversion="2"\nproductversion="${profile}.2"\n`,
  );
  save();
  const file = at('synowebapi');
  const program = path.join(import.meta.dirname, 'tool.ts');
  fs.writeFileSync(
    file,
    `#!/bin/sh\nNODE_COMPILE_CACHE='${compileCacheEnv.NODE_COMPILE_CACHE}' exec '${process.execPath}' '${program}' '${folder}' "$@"\n`,
    {
      mode: 0o755,
    },
  );
  const calls = (): FakeToolCall[] => loadLines<FakeToolCall>(at('calls'));
  return {
    file,
    versionFile: at('VERSION'),
    setMoods(changed) {
      moods = { ...moods, ...changed };
      save();
    },
    calls,
    methods: () =>
      calls().map(
        ({ argv }) => argv.find((argument) => argument.startsWith('method='))?.slice('method='.length) ?? '',
      ),
    start: (task) => useScheduler(folder, ({ start }) => start(task)),
    end: (task, exitCode) => useScheduler(folder, ({ end }) => end(task, exitCode)),
    starts: () => useScheduler(folder, ({ starts }) => starts()),
  };
}

/**
 * Uses the scheduler as its folder has it, and writes down what is new. Several processes do so at a time:
 * each line is written at once, a start as the run and an end as its place in the file.
 */
export function useScheduler<T>(folder: string, use: (scheduler: Scheduler) => T): T {
  const { tasks, moods } = loadState(folder);
  const file = path.join(folder, 'runs');
  const runs: FakeRun[] = [];
  for (const line of loadLines<
    FakeRun | { readonly ended: number; readonly endedMs: number; readonly exitCode: number }
  >(file)) {
    if (!('ended' in line)) runs.push({ ...line, id: 100 + runs.length });
    else Object.assign(runs[line.ended] ?? {}, { endedMs: line.endedMs, exitCode: line.exitCode });
  }
  const before = runs.map(({ endedMs }) => endedMs);
  const result = use(createScheduler(completeTasks(tasks), () => ({ ...usualMoods, ...moods }), runs));
  for (const [i, run] of runs.entries()) {
    if (i >= before.length) fs.appendFileSync(file, `${JSON.stringify(run)}\n`);
    else if (run.endedMs !== before[i])
      fs.appendFileSync(
        file,
        `${JSON.stringify({ ended: i, endedMs: run.endedMs, exitCode: run.exitCode })}\n`,
      );
  }
  return result;
}

export function loadState(folder: string): FakeState & { readonly moods: Partial<Moods> } {
  return JSON.parse(fs.readFileSync(path.join(folder, 'state.json'), 'utf8')) as FakeState;
}

/** The lines of a file as values. */
export function loadLines<T>(file: string): T[] {
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}
