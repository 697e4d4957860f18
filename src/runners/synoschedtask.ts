// The runner `synoschedtask`: starts a scheduled task of DSM by DSM's own tool, and claims only what DSM confirms.
import { setTimeout as pause } from 'node:timers/promises';
import { parseScheduledTasks, toLastStatus, type ScheduledTaskRecord } from '../dsm/scheduled-tasks-text.ts';
import { explain, failedToStart, unconfirmed, type Outcome } from '../outcome.ts';
import type { Trouble } from '../reasons/reason.ts';
import { toFirstLines } from '../untrusted-text.ts';
import type { DsmRunner } from './dsm.ts';
import { giveUp, refuse, type Execution, type RunIo } from './execution.ts';
import { callSynoschedtask } from '../dsm/synoschedtask-tool.ts';
import type { OpenPipe } from '../processes/process.ts';
import type { TellUnclear } from './unclear.ts';
import { untilAborted } from '../until-aborted.ts';

/** How long one check of a task may take. A start has no limit except the task's own, because the tool may wait for the task. */
const lookMs = 10_000;
/** Pauses between checks of the task; the last one repeats. */
const pausesMs = [300, 500, 1000, 2000, 5000];
/** The times that some versions of DSM print: a new time proves a new run, but not that the status belongs to it. */
const runTimeKeys = ['Last Run Time', 'Last work time'];

/** A scheduled task of DSM. */
interface ScheduledTask {
  readonly dsmId: number;
  /** Full path of synoschedtask. */
  readonly tool: string;
  readonly followMs: number;
  readonly tellUnclear: TellUnclear;
  /** For the tool's start of a task, which may outlive the daemon. */
  readonly openPipe?: OpenPipe | undefined;
}

/** Runs the scheduled tasks of this machine; there is nothing to close. */
export function createSynoschedtaskRunner(options: Omit<ScheduledTask, 'dsmId'>): DsmRunner {
  return {
    start: (task, io) =>
      task.kind === 'scheduled'
        ? startScheduledTask({ dsmId: task.id, ...options }, io)
        : refuse({ code: 'triggered-by-synoschedtask' }),
    resume: () => giveUp({ code: 'not-resumed-by-synoschedtask' }),
    close: () => Promise.resolve(),
    retire: () => Promise.resolve(),
  };
}

/**
 * Starts a scheduled task. `--run id=N` alone silently does nothing outside of the task's scheduled time
 * (exit status 0), hence `check_time=0 check_status=0`; these two are known from one script only, so the start counts
 * as proven only if the output of `--get` for the task changes. Facts and their grades: docs/notes/synoschedtask.md.
 */
function startScheduledTask(task: ScheduledTask, io: RunIo): Execution {
  return { process: undefined, ended: run(task, io.stop) };
}

async function run(task: ScheduledTask, stop: AbortSignal): Promise<Outcome> {
  const before = await loadRecord(task, stop);
  if ('code' in before) return failedToStart(before);
  if (stop.aborted) return failedToStart({ code: 'ended-before-asked' });
  // The tool is never killed; this only stops waiting for it. It may be waiting for the task, and killing it could end the task.
  const starting = callSynoschedtask(
    task.tool,
    ['--run', `id=${task.dsmId}`, 'check_time=0', 'check_status=0'],
    new AbortController().signal,
    task.openPipe,
  );
  const started = await untilAborted(starting, stop);
  if (started === undefined) return unconfirmed({ code: 'start-unanswered-by-synoschedtask' });
  if (started.kind === 'refused') return failedToStart(started.why);
  if (/error|fail|denied|invalid|not found|no such/i.test(started.text))
    return failedToStart({ code: 'start-refused-by-synoschedtask' });
  return await follow(task, before, stop);
}

/** Checks the task until it shows a new run, or the time is over. */
async function follow(task: ScheduledTask, before: ScheduledTaskRecord, stop: AbortSignal): Promise<Outcome> {
  const untilMs = performance.now() + task.followMs;
  let isNewTime = false;
  let isNewStatus = false;
  for (let look = 0; performance.now() < untilMs; look++) {
    await pause(Math.min(pausesMs[look] ?? 5000, Math.max(0, untilMs - performance.now())), undefined, {
      signal: stop,
    }).catch(() => {});
    if (stop.aborted) return unconfirmed({ code: 'dsm-end-late' });
    const now = await loadRecord(task, stop);
    if ('code' in now) continue;
    isNewTime ||= runTimeKeys.some((key) => before.get(key) !== now.get(key));
    isNewStatus ||= before.get('Status') !== now.get('Status');
    if (!isNewStatus) continue;
    const status = toLastStatus(now);
    if (status.kind === 'success') return { kind: 'succeeded', exitCode: 0 };
    if (status.kind === 'error') return { kind: 'failed', exitCode: status.exitCode };
  }
  return unconfirmed({
    code: isNewTime ? 'dsm-end-unreported-though-started' : 'dsm-end-unreported',
  });
}

/** The task as DSM reports it, or why it is not available. */
async function loadRecord(task: ScheduledTask, stop: AbortSignal): Promise<ScheduledTaskRecord | Trouble> {
  const answer = await callSynoschedtask(
    task.tool,
    ['--get', `id=${task.dsmId}`],
    AbortSignal.any([stop, AbortSignal.timeout(lookMs)]),
  );
  if (answer.kind === 'refused') {
    if (!stop.aborted) task.tellUnclear(answer.reason, answer.lines);
    return answer.why;
  }
  const records = parseScheduledTasks(answer.text);
  if (records === undefined) {
    const { reason, why } = explain<Trouble>({ code: 'tool-unclear', tool: 'synoschedtask' });
    task.tellUnclear(reason, toFirstLines(answer.text));
    return why;
  }
  return (
    records.find((record) => record.get('ID') === String(task.dsmId)) ?? { code: 'no-such-scheduled-task' }
  );
}
