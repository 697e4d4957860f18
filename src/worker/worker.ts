// The worker: does the work of runs, and reports it to the server. It starts what its own config has, and nothing else.
import {
  isAlive,
  findLeaderByEnvironment,
  loadAgeMs,
  type ProcessIdentity,
} from '../processes/process-identity.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import { explain, failedToStart, unconfirmed, type Outcome } from '../outcome.ts';
import type { EarlierDsmRun, Runner } from '../runners/execute.ts';
import type { DsmRunIo, Execution, RunIo } from '../runners/execution.ts';
import { createAnswering, type AnswerQuestion } from './answering.ts';
import { toRunnerDigest } from './digest.ts';
import { createRemovedTask, type Task } from '../tasks.ts';
import { maxOutputBytes, type ToWorker } from './contract.ts';
import type { WorkerEnd } from './link.ts';
import { beginWork, type Work } from './work.ts';

type Order<Kind extends ToWorker['kind']> = Extract<ToWorker, { readonly kind: Kind }>;

export interface WorkerOptions {
  /** The task with an id in the current config. */
  readonly findTask: (id: string) => Task | undefined;
  /** Starts a command or a task of DSM. */
  readonly execute: (runner: Runner, io: DsmRunIo) => Execution;
  /** Watches a process that an earlier worker started. */
  readonly adopt: (process: ProcessIdentity, io: RunIo) => Execution;
  /** Continues following a run in DSM; starts nothing. */
  readonly resume: (run: EarlierDsmRun, io: DsmRunIo) => Execution;
  /** Answers what starts no run. */
  readonly answer: AnswerQuestion;
  readonly logger: Logger;
}

/** Serves the server at the other end of the link. */
export function serveLink(
  link: WorkerEnd,
  { findTask, execute, adopt, resume, answer, logger }: WorkerOptions,
): void {
  const works = new Map<string, Work>();
  /** What waits for the answer to a note, by run and number of the note. */
  const notes = new Map<string, (isWritten: boolean) => void>();
  let noted = 0;

  const end = (run: string, outcome: Outcome): void => {
    works.delete(run);
    try {
      link.send({ kind: 'ended', run, outcome });
    } catch (error) {
      // An outcome against the contract, by a bug of ours: the run ends all the same.
      logBug(logger, error, 'The outcome of a run could not be reported', { run });
      link.send({ kind: 'ended', run, outcome: { kind: 'lost', ...explain({ code: 'bug' }) } });
    }
  };
  const begin = (
    run: string,
    task: Task,
    executeNoted: (io: DsmRunIo) => Execution,
    ageMs?: number,
  ): Work => {
    const note: DsmRunIo['note'] = async (trace) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const number = ++noted;
      notes.set(`${number} ${run}`, resolve);
      link.send({ kind: 'note', run, note: number, trace });
      return await promise;
    };
    const work = beginWork({
      run,
      task,
      execute: (io) => executeNoted({ ...io, note }),
      ...(ageMs === undefined ? {} : { ageMs }),
      onOutput(chunk) {
        for (let from = 0; from < chunk.length; from += maxOutputBytes)
          link.send({ kind: 'output', run, bytes: chunk.subarray(from, from + maxOutputBytes) });
      },
      onEnded: (outcome) => end(run, outcome),
      logger,
    });
    works.set(run, work);
    return work;
  };
  const startRun = ({ run, task: id, digest }: Order<'start'>): void => {
    if (works.has(run)) return;
    const task = findTask(id);
    if (task === undefined) return end(run, failedToStart({ code: 'task-removed' }));
    if (!task.isEnabled) return end(run, failedToStart({ code: 'task-disabled' }));
    if (toRunnerDigest(task.runner) !== digest) return end(run, failedToStart({ code: 'task-changed' }));
    const { process } = begin(run, task, (io) => execute(task.runner, io));
    link.send({ kind: 'begun', run, process });
  };
  const resumeRun = ({ run, task: id, process: known, dsm }: Order<'resume'>): void => {
    const task = findTask(id);
    if (dsm !== undefined) {
      if (task === undefined) return end(run, unconfirmed({ code: 'task-gone' }));
      begin(run, task, (io) => resume(dsm, io), dsm.agoMs);
      return link.send({ kind: 'resumed', run, ageMs: dsm.agoMs });
    }
    // A worker that was cut off between starting a process and reporting it left only the run id in the environment.
    const process = known ?? findLeaderByEnvironment(`REMOTETASK_RUN=${run}`);
    if (process === undefined || !isAlive(process)) return link.send({ kind: 'unknown', run });
    const ageMs = loadAgeMs(process);
    begin(run, task ?? createRemovedTask(id, id), (io) => adopt(process, io), ageMs);
    return link.send({ kind: 'resumed', run, ageMs, process });
  };
  const answerAsk = createAnswering(link.send, answer, logger);
  link.receive((message) => {
    switch (message.kind) {
      case 'start':
        return startRun(message);
      case 'resume':
        return resumeRun(message);
      case 'stop':
        return works.get(message.run)?.stop();
      case 'noted': {
        const key = `${message.note} ${message.run}`;
        notes.get(key)?.(message.isWritten);
        notes.delete(key);
        return;
      }
      case 'ask':
        return answerAsk(message);
      default:
        return message satisfies never;
    }
  });
}
