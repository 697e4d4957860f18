// The course of one run in DSM: find the task, start it once and follow it, or continue following it after the daemon was restarted.
import type { CallDsm, Refused, Unanswered } from '../dsm/call.ts';
import { loadIsOutputSaved, toBefore, type DsmHistory, type DsmTask } from '../dsm/dsm-task.ts';
import { mayHaveActedDespite } from '../dsm/errors.ts';
import type { DsmTrace } from '../history/records.ts';
import { failedToStart, unconfirmed, type Outcome } from '../outcome.ts';
import type { Reason } from '../reasons/reason.ts';
import { toStateBefore } from './dsm-state.ts';
import type { DsmTurn } from './dsm-turns.ts';
import type { DsmRunIo } from './execution.ts';
import { follow } from './follow-dsm.ts';
import { isPassing, persist } from './persist.ts';
import type { TellUnclear } from './unclear.ts';

const cutOff = { code: 'dsm-start-cut-off' } as const;

/** The input of a run. */
export interface DsmWork {
  readonly task: DsmTask;
  readonly turn: DsmTurn;
  readonly call: CallDsm;
  readonly followMs: number;
  readonly stop: AbortSignal;
  /** Whether to leave the run to DSM, without an outcome. */
  readonly isLeft: () => boolean;
  readonly io: DsmRunIo;
  /** Logs an end that is not understood, for the operator. */
  readonly tellUnclear: TellUnclear;
}

/** A run that an earlier daemon started. */
export interface EarlierRun {
  readonly trace: DsmTrace;
  /** How many milliseconds ago it began. */
  readonly agoMs: number;
}

/** Starts the task once, and follows the run. Returns undefined if the run was left to DSM. */
export async function startAndFollow(work: DsmWork): Promise<Outcome | undefined> {
  const { task, turn, stop, io } = work;
  const found = await persist(async () => await task.find(stop), stop, isPassing);
  const history =
    found.kind === 'found'
      ? await persist(async () => await task.loadHistory(stop), stop, isPassing)
      : undefined;
  if (stop.aborted) return failedToStart({ code: 'ended-before-asked' });
  if (found.kind !== 'found') return failedToStart(found.why);
  if (history === undefined || history.kind === 'unanswered')
    return failedToStart(history?.why ?? { code: 'dsm-late' });
  const state = found.state === undefined ? undefined : toStateBefore(found.state);
  const trace = toTrace(history, state);
  if (trace !== undefined && !(await io.note(trace))) return failedToStart({ code: 'could-not-record' });
  const started = await persist(
    async () => await found.start(stop),
    stop,
    (answer) => answer.kind === 'unanswered' && !answer.mayHaveActed && !answer.isLasting,
  );
  const isAccepted = started.kind === 'answered';
  if (!isAccepted && !mayHaveStarted(started)) return failedToStart(started.why);
  turn.noteStart();
  const notKnown: Reason =
    started.kind === 'refused'
      ? { code: 'dsm-start-unclear', because: started.why }
      : { code: 'dsm-start-unanswered' };
  if (trace === undefined) return unconfirmed(isAccepted ? { code: 'dsm-without-history' } : notKnown);
  const known: DsmTrace = isAccepted ? { ...trace, isAccepted } : trace;
  if (isAccepted) void io.note(known);
  return await followToEnd(work, known, {
    agoMs: undefined,
    notKnown,
    whyUnseen:
      found.isOther === true
        ? { code: 'dsm-scripts-only' }
        : history.kind === 'none'
          ? { code: 'dsm-without-history' }
          : undefined,
  });
}

/** The state before the start, for later comparisons; undefined if DSM shows nothing by which a run could be followed. */
function toTrace(
  history: Exclude<DsmHistory, Unanswered>,
  state: DsmTrace['before']['state'],
): DsmTrace | undefined {
  if (history.kind === 'none' && state === undefined) return undefined;
  const rows = history.kind === 'rows' ? history.rows : [];
  return { before: { ...toBefore(rows), ...(state === undefined ? {} : { state }) } };
}

/** Whether DSM may have started the task without confirming it. */
function mayHaveStarted(answer: Refused | Unanswered): boolean {
  return answer.kind === 'refused' ? mayHaveActedDespite(answer.code) : answer.mayHaveActed;
}

/** Continues following a run. If DSM did not confirm the start, the search for the run takes no longer than it would have without the restart. */
export async function followOn(
  work: DsmWork,
  { trace: written, agoMs }: EarlierRun,
): Promise<Outcome | undefined> {
  const { task, turn, followMs } = work;
  const trace: DsmTrace = {
    ...written,
    before: { ...written.before, keys: written.before.keys.map(task.readKey) },
    ...(written.key === undefined ? {} : { key: task.readKey(written.key) }),
  };
  if (trace.key === undefined) {
    if (trace.isAccepted !== true && agoMs >= followMs) return unconfirmed(cutOff);
    turn.noteStart();
  } else {
    turn.claimed.add(trace.key);
    turn.noteFound();
  }
  return await followToEnd(work, trace, { agoMs, notKnown: cutOff, whyUnseen: undefined });
}

/** What is known when following begins. */
interface FollowedFrom {
  readonly agoMs: number | undefined;
  /** The reason to give if DSM did not confirm the start. */
  readonly notKnown: Reason;
  /** Why DSM shows no run, if that is known in advance. */
  readonly whyUnseen: Reason | undefined;
}

/** Follows a run that has been started. */
async function followToEnd(
  { task, turn, call, followMs, stop, isLeft, io, tellUnclear }: DsmWork,
  trace: DsmTrace,
  { agoMs, notKnown, whyUnseen }: FollowedFrom,
): Promise<Outcome | undefined> {
  const onFound = (key: string): void => void io.note({ ...trace, key });
  const followed = await follow({ task, trace, agoMs, turn, followMs, stop, onFound });
  const isCertain = trace.isAccepted === true || ('wasFound' in followed && followed.wasFound);
  switch (followed.kind) {
    case 'ended': {
      const output = await persist(async () => await task.loadOutput(followed.run, stop), stop, isPassing);
      if (output.kind !== 'untold')
        io.onOutput?.(
          Buffer.from(
            output.kind === 'printed' ? output.text : `[What it printed cannot be had. ${output.reason}]\n`,
          ),
        );
      tellUnclear('DSM says of an end in words that are not known.', followed.run.end?.lines ?? []);
      return followed.outcome;
    }
    case 'ended-unseen':
      return followed.outcome ?? unconfirmed({ code: 'dsm-end-unseen' });
    case 'unseen':
      return unconfirmed(isCertain ? (whyUnseen ?? (await explainUnseen(call, stop))) : notKnown);
    case 'stopped':
      return isLeft() ? undefined : unconfirmed(isCertain ? { code: 'dsm-end-late' } : notKnown);
    case 'away':
      return unconfirmed(isCertain ? { code: 'dsm-not-asked-again', because: followed.why } : notKnown);
    case 'lost':
      return unconfirmed({ code: 'dsm-run-vanished' });
    case 'too-long':
      return unconfirmed({ code: 'dsm-end-too-late' });
    case 'mixed-up':
      return unconfirmed({ code: 'dsm-runs-mixed-up' });
    default:
      return followed satisfies never;
  }
}

/** Why DSM's history shows no new run. */
async function explainUnseen(call: CallDsm, stop: AbortSignal): Promise<Reason> {
  const isSaved = (await loadIsOutputSaved(call, stop)) === true;
  return { code: isSaved ? 'dsm-run-unseen' : 'dsm-output-not-saved' };
}
