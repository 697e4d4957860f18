// The runner of DSM's tasks: a scheduled or triggered one, started by calls of DSM's Web API, however they reach it, and followed by its history.
import { setTimeout as pause } from 'node:timers/promises';
import type { CallDsm } from '../dsm/call.ts';
import { loadIsOutputSaved, type DsmHistory, type DsmTask, type DsmTaskName, type Lookup } from '../dsm/dsm-task.ts';
import { isOfTheMoment } from '../dsm/errors.ts';
import type { WebApiAccess } from '../dsm/options.ts';
import { createScheduledTask } from '../dsm/scheduled.ts';
import { createTriggeredTask } from '../dsm/triggered.ts';
import { failedToStart, type Outcome } from '../outcome.ts';
import type { Execution, RunIo } from './execution.ts';
import { follow } from './follow-dsm.ts';
import { createDsmTurns, type DsmTurn } from './dsm-turns.ts';

/** Pauses before DSM is asked again, as long as it cannot have started anything. */
const retryPausesMs = [1000, 3000];

const notKnown = 'DSM did not answer: whether the task was started is not known.';
const noHistory = 'DSM took the start, but this version of DSM does not report how the task ended.';
const cannotAsk = 'DSM started the task, and can no longer be asked how it ended.';
const mixedUp = 'DSM ran the task more than once at the same moment, with different ends, and does not tell which run is this one.';

/** Runs the tasks of one NAS. */
export interface DsmRunner {
  start(task: DsmTaskName, io: RunIo): Execution;
  /** Takes no more part in runs that go on, and closes the client. */
  close(): Promise<void>;
  /** Closes the client once the runs that go on have ended. */
  retire(): Promise<void>;
}

/** What a runner calls DSM by. */
export interface DsmRunnerClient {
  readonly call: CallDsm;
  readonly close: () => Promise<void>;
}

/**
 * Runs tasks by one client. DSM offers no way to stop them: what is stopped is the following. `followMs` is how long
 * a start is waited for to show in DSM's history; `versions` are those that the config forces.
 */
export function createDsmRunner(
  { call, close }: DsmRunnerClient,
  { followMs, versions }: { readonly followMs: number; readonly versions: WebApiAccess['versions'] },
): DsmRunner {
  const takeTurn = createDsmTurns();
  const closing = new AbortController();
  const live = new Set<Promise<Outcome>>();
  return {
    start(name, io) {
      const task = name.kind === 'scheduled' ? createScheduledTask(call, name.id, versions) : createTriggeredTask(call, name.name);
      const stop = AbortSignal.any([io.stop, closing.signal]);
      const run = async (): Promise<Outcome> => {
        const turn = await takeTurn(task.key, stop);
        try {
          return await runTask({ task, turn, call, followMs, stop, isClosing: () => closing.signal.aborted, onOutput: io.onOutput });
        } finally {
          turn.end();
        }
      };
      const ended = run();
      live.add(ended);
      void ended.finally(() => live.delete(ended));
      return { process: undefined, ended };
    },
    async close() {
      closing.abort();
      await Promise.all(live);
      await close();
    },
    async retire() {
      await Promise.all(live);
      await close();
    },
  };
}

interface Work {
  readonly task: DsmTask;
  readonly turn: DsmTurn;
  readonly call: CallDsm;
  readonly followMs: number;
  readonly stop: AbortSignal;
  readonly isClosing: () => boolean;
  readonly onOutput: RunIo['onOutput'];
}

async function runTask({ task, turn, call, followMs, stop, isClosing, onOutput }: Work): Promise<Outcome> {
  const found = await persist(async () => await task.find(stop), stop, isPassing);
  const history = found.kind === 'found' ? await persist(async () => await task.loadHistory(stop), stop, isPassing) : undefined;
  if (stop.aborted) return failedToStart('It was ended before DSM was asked to start it.');
  if (found.kind !== 'found') return failedToStart(found.reason);
  if (history === undefined || history.kind === 'unanswered') return failedToStart(history?.reason ?? '');
  const started = await persist(
    async () => await found.start(stop),
    stop,
    (answer) => answer.kind === 'unanswered' && !answer.mayHaveActed && !answer.isLasting,
  );
  const isCertain = started.kind === 'answered';
  if (started.kind === 'refused' || (started.kind === 'unanswered' && !started.mayHaveActed)) return failedToStart(started.reason);
  turn.noteStart();
  if (history.kind === 'none') return { kind: 'unconfirmed', reason: isCertain ? noHistory : notKnown };
  const followed = await follow({
    task,
    before: new Set(history.rows.map(({ key }) => key)),
    turn,
    followMs,
    stop,
  });
  switch (followed.kind) {
    case 'ended': {
      const output = await task.loadOutput(followed.run, stop);
      if (output !== undefined) onOutput(Buffer.from(output));
      return followed.outcome;
    }
    case 'unseen':
      return await toUnseen(isCertain, call, stop);
    case 'stopped':
      return { kind: 'unconfirmed', reason: explainStop(isCertain || followed.wasFound, isClosing()) };
    case 'away':
      return { kind: 'unconfirmed', reason: isCertain || followed.wasFound ? `${cannotAsk} ${followed.reason}` : notKnown };
    case 'lost':
      return { kind: 'unconfirmed', reason: 'DSM started the task, but its history no longer shows that run.' };
    case 'too-long':
      return { kind: 'unconfirmed', reason: 'DSM started the task and has not reported its end for a day.' };
    case 'mixed-up':
      return { kind: 'unconfirmed', reason: mixedUp };
    default:
      return followed satisfies never;
  }
}

/** Asks again, with pauses, as long as that makes sense. */
async function persist<T>(ask: () => Promise<T>, stop: AbortSignal, isWorthAnother: (answer: T) => boolean): Promise<T> {
  let answer = await ask();
  for (const pauseMs of retryPausesMs) {
    if (stop.aborted || !isWorthAnother(answer)) break;
    await pause(pauseMs, undefined, { signal: stop }).catch(() => {});
    if (!stop.aborted) answer = await ask();
  }
  return answer;
}

/** Whether DSM was away or busy while it was only asked for something. */
function isPassing(answer: Lookup | DsmHistory): boolean {
  return (answer.kind === 'unanswered' && !answer.isLasting) || (answer.kind === 'refused' && isOfTheMoment(answer.code));
}

/** The outcome where DSM's history shows no new run. */
async function toUnseen(isCertain: boolean, call: CallDsm, stop: AbortSignal): Promise<Outcome> {
  if (!isCertain) return { kind: 'unconfirmed', reason: notKnown };
  const isSaved = await loadIsOutputSaved(call, stop);
  return {
    kind: 'unconfirmed',
    reason:
      isSaved === true
        ? 'DSM took the start, but its history shows no run of the task in time.'
        : 'DSM took the start, but does not report how the task ended. To learn it, switch on "Save output results" in DSM: Control Panel > Task Scheduler > Settings.',
  };
}

function explainStop(isCertain: boolean, isClosing: boolean): string {
  if (!isCertain) return notKnown;
  if (isClosing) return 'DSM started the task, and the daemon was stopped before DSM reported the end.';
  return 'DSM started the task and did not report its end in time. It may still be running: DSM offers no way to stop it.';
}
