// What becomes of a run that an earlier daemon left: watched further, or lost.
import type { Clock } from '../clock.ts';
import type { History } from '../history/history.ts';
import type { RunRecord } from '../history/records.ts';
import { toRunTimes } from '../history/run-times.ts';
import { failedToStart, type Outcome } from '../outcome.ts';
import { createRemovedTask, type Task } from '../tasks.ts';
import type { EarlierRun, WorkerClient, WorkOfRun } from '../worker/client.ts';
import { createNote, withoutOthers } from './dsm-notes.ts';
import { createRun, type Run } from './run.ts';
import { createRunOutput } from './run-output.ts';
import type { Usual } from './usual.ts';

/** A run that continues, and where; or how a run ended. */
export type TakenUp =
  | { readonly kind: 'adopted'; readonly run: Run; readonly pid: number | undefined }
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly work: Pick<WorkOfRun, 'acknowledge'> };

export interface TakingUp {
  readonly history: Pick<History, 'record' | 'runs'>;
  readonly worker: Pick<WorkerClient, 'resume'>;
  readonly findTask: (id: string) => Task | undefined;
  readonly usual: Pick<Usual, 'toMs'>;
  readonly clock: Clock;
}

/** Takes up a remembered run without an end: it continues if the worker knows or finds its work. */
export async function takeUp(
  record: RunRecord,
  { history, worker, findTask, usual, clock }: TakingUp,
): Promise<TakenUp> {
  const { start, begin } = record;
  const wasWaiting = start.isQueued === true && begin === undefined;
  /** The outcome if the worker does not know the run: it did not get the start if it is the one that should have got it. */
  const ifUnknown = (instance: string | undefined): Outcome => {
    if (wasWaiting) return failedToStart({ code: 'cut-off-before-turn' });
    const isSameWorker = instance !== undefined && instance === start.worker;
    return isSameWorker && begin === undefined
      ? failedToStart({ code: 'cut-off-before-start' })
      : { kind: 'lost' };
  };
  const task = findTask(start.task) ?? createRemovedTask(start.task, start.name);
  const output = createRunOutput(task.output);
  const now = (): string => begin?.at ?? start.at;
  const io = { onOutput: output.push, note: createNote(history, { run: start.run, now }, begin?.dsm) };
  const found = await worker.resume(toEarlier(record, { history, clock }), io, ifUnknown);
  if (found.kind === 'ended') return found;
  const { acceptedAt, startedAt = acceptedAt, ...times } = toRunTimes(record);
  const { work } = found;
  const [ageMs, process] =
    found.kind === 'resumed'
      ? [found.ageMs, found.process]
      : [Math.max(0, clock.wallMs() - Date.parse(startedAt)), begin?.process];
  const run = createRun({
    id: start.run,
    task,
    clock,
    usualMs: () => usual.toMs(start.task),
    earlier: {
      acceptedAt,
      startedAt,
      acceptedAgoMs: ageMs + Math.max(0, Date.parse(startedAt) - Date.parse(acceptedAt)),
      begunAgoMs: ageMs,
      waitedMs: start.isQueued === true ? times.waitedMs : undefined,
    },
    output,
    startWork: () => work,
  });
  return { kind: 'adopted', pid: process?.pid, run };
}

/** What the worker needs to find a run. */
export function toEarlier(
  { start: { run, task }, begin }: RunRecord,
  { history, clock }: Pick<TakingUp, 'clock'> & { readonly history: Pick<History, 'runs'> },
): EarlierRun {
  if (begin?.dsm === undefined) return { run, task, process: begin?.process };
  const agoMs = Math.max(0, clock.wallMs() - Date.parse(begin.at));
  return { run, task, dsm: withoutOthers({ ...begin.dsm, agoMs }, run, history.runs) };
}
