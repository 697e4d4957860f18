// The worker: does the work of runs, and reports it to the server. It starts what its own config has, and nothing else.
import type { Clock } from '../clock.ts';
import {
  isAlive,
  findLeaderByEnvironment,
  loadAgeMs,
  type ProcessIdentity,
} from '../processes/process-identity.ts';
import type { Logger } from '../log/log.ts';
import { failedToStart, unconfirmed, type Outcome } from '../outcome.ts';
import type { EarlierDsmRun, Runner } from '../runners/execute.ts';
import type { DsmRunIo, Execution, RunIo } from '../runners/execution.ts';
import type { Reason } from '../reasons/reason.ts';
import { createRemovedTask, type Task } from '../tasks.ts';
import type { ToServer, ToWorker } from './contract.ts';
import { createAnswering, type AnswerQuestion } from './answering.ts';
import { toRunnerDigest } from './digest.ts';
import type { Guard } from './guard.ts';
import { createHeldRun, type HeldRun } from './held-runs.ts';
import type { WorkerEnd } from './link.ts';
import { createOutputWindow } from './output-window.ts';
import { createSpentStarts } from './spent-starts.ts';
import { beginWork } from './work.ts';

type Order<Kind extends ToWorker['kind']> = Extract<ToWorker, { readonly kind: Kind }>;

/** How many runs a server may ask for before it says that it has asked for all. */
const maxResumes = 10_000;
/** The outputs of how many ended runs are kept for a server that comes back. */
const maxEndedOutputs = 50;

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
  readonly guard: Guard;
  /** How much of each run's output is kept for a server that comes back. */
  readonly keptBytes: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface Worker {
  /** Serves the server at the other end of a link, in place of the one before. */
  attach(link: WorkerEnd): void;
  /** The link has ended. */
  detach(link: WorkerEnd): void;
  /** Sends something to the server of the moment, if there is one. */
  send(message: ToServer): void;
}

/** Creates a worker without a server. Its runs go on, whether a server is there or not. */
export function createWorker({
  findTask,
  execute,
  adopt,
  resume,
  answer,
  guard,
  keptBytes,
  logger,
  clock,
}: WorkerOptions): Worker {
  const held = new Map<string, HeldRun>();
  const spendStart = createSpentStarts(clock);
  let server: WorkerEnd | undefined;
  /** How many more runs the server may ask for that are not held here. */
  let resumesLeft = 0;
  /** Ended runs whose output is kept, oldest first. */
  const endedOutputs: HeldRun[] = [];
  const send: WorkerEnd['send'] = (message) => server?.send(message);
  const window = createOutputWindow(() => server?.isFull() ?? true);

  const refuse = (run: string, outcome: Outcome): void => send({ kind: 'ended', run, outcome });
  const begin = (run: string, task: Task, doWork: (io: DsmRunIo) => Execution, ageMs: number): HeldRun => {
    const one = createHeldRun(run, { send, keptBytes, window, logger, clock });
    held.set(run, one);
    const work = beginWork({
      run,
      task,
      execute: (io) => doWork({ ...io, note: one.note }),
      ageMs,
      onOutput: one.print,
      onEnded(outcome) {
        one.end(outcome);
        if (endedOutputs.push(one) > maxEndedOutputs) endedOutputs.shift()?.forgetOutput();
      },
      logger,
    });
    one.begin(work, ageMs);
    return one;
  };
  const findRefusal = (
    { run, digest, expiresAt }: Order<'start'>,
    task: Task | undefined,
  ): Reason | undefined => {
    if (task === undefined) return { code: 'task-removed' };
    if (!task.isEnabled) return { code: 'task-disabled' };
    if (toRunnerDigest(task.runner) !== digest) return { code: 'task-changed' };
    if (!spendStart({ run, expiresAt })) return { code: 'start-expired' };
    if (held.size >= guard.maxHeld) return { code: 'too-many-runs' };
    return guard.refuse(task);
  };
  const startRun = (order: Order<'start'>): void => {
    const { run } = order;
    const known = held.get(run);
    // A server that does not know whether its start arrived sends it again.
    if (known !== undefined) return known.isMuted() ? known.recall() : undefined;
    const task = findTask(order.task);
    const refusal = findRefusal(order, task);
    if (refusal !== undefined || task === undefined) {
      guard.noteStart(order, { refusal });
      return refuse(run, failedToStart(refusal ?? { code: 'task-removed' }));
    }
    const { process } = begin(run, task, (io) => execute(task.runner, io), 0).work() ?? {};
    guard.noteStart(order, { process });
    return send({ kind: 'begun', run, process });
  };
  /** Finds the work of a run that this worker did not begin, and watches it. */
  const takeUp = ({ run, task: id, process: known, dsm }: Order<'resume'>): void => {
    if (resumesLeft-- <= 0 || held.size >= guard.maxHeld) return send({ kind: 'unknown', run });
    const task = findTask(id);
    if (dsm !== undefined) {
      if (task === undefined || !guard.hasInDsm(dsm)) return refuse(run, unconfirmed({ code: 'task-gone' }));
      return begin(run, task, (io) => resume(dsm, io), dsm.agoMs).recall();
    }
    // A worker that was cut off between starting a process and reporting it left only the run id in the environment.
    const process = known ?? findLeaderByEnvironment(`REMOTETASK_RUN=${run}`);
    if (process === undefined || !isAlive(process) || !guard.isOfRun(process, run))
      return send({ kind: 'unknown', run });
    return begin(
      run,
      task ?? createRemovedTask(id, id),
      (io) => adopt(process, io),
      loadAgeMs(process),
    ).recall();
  };
  /** Forgets what no server will ask for: its history has those ends. */
  const forgetOthers = (): void => {
    resumesLeft = 0;
    for (const [run, one] of held) if (one.isMuted() && one.hasEnded()) held.delete(run);
  };
  const answerAsk = createAnswering(answer, logger);
  const take = (message: ToWorker, link: WorkerEnd): void => {
    switch (message.kind) {
      case 'start':
        return startRun(message);
      case 'resume': {
        const known = held.get(message.run);
        return known === undefined ? takeUp(message) : known.recall();
      }
      case 'stop':
        return held.get(message.run)?.work()?.stop();
      case 'acknowledge':
        // A run under way is never forgotten, whatever a server asks for.
        return void (held.get(message.run)?.hasEnded() === true && held.delete(message.run));
      case 'restored':
        return forgetOthers();
      case 'noted':
        return held.get(message.run)?.answer(message.note, message.isWritten);
      case 'ask':
        // The numbers of questions mean something to this server only.
        return answerAsk(message, (reply) => void (server === link && link.send(reply)));
      default:
        return message satisfies never;
    }
  };
  const release = (): void => {
    server = undefined;
    window.reset();
    for (const one of held.values()) one.mute();
  };
  return {
    attach(link) {
      release();
      server = link;
      resumesLeft = maxResumes;
      link.receive((message) => {
        // A link that was replaced may still carry what an earlier server sent.
        if (server === link) take(message, link);
      });
    },
    detach(link) {
      if (server === link) release();
    },
    send,
  };
}
