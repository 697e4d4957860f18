// The way in: looks keys up in constant time, then starts a run, joins one or refuses the call.
import type { Clock } from '../clock.ts';
import {
  createGate,
  type Admission,
  type Admitted,
  type Blocked,
  type LockedTasks,
  type OverviewAdmission,
  type Presented,
} from './gate.ts';
import { findPressed, press, toJoined, type AgainButton, type Button } from './buttons.ts';
import type { Links } from './links.ts';
import { toKeyDigest } from '../keys.ts';
import { createNonces } from './nonces.ts';
import type { RunFeed, RunView } from '../runs/run-view.ts';
import type { Runs, StartResult } from '../runs/runs.ts';
import type { Task } from '../tasks.ts';

/** The result of an admitted call: a start, a refusal, or a question whose nonce belongs in the answer; `isAgain` means that an earlier answer came too late. */
export type Answer =
  | StartResult
  | { readonly kind: 'asked'; readonly nonce: string; readonly isAgain: boolean };

/** What an admitted call contains, as the caller wrote it. */
interface CallDetails {
  readonly idempotencyKey: string | undefined;
  /** The nonce that answers a question. */
  readonly nonce: string | undefined;
  /** The nonce of the button that starts a task once more. */
  readonly again: string | undefined;
  /** When the task's `then` is started, if the caller chose that. */
  readonly chosenMs?: number | undefined;
}

/** What a caller presented to start a task once more: a nonce, the run that it belongs to, and the caller's address. */
interface PresentedOffer {
  readonly nonce: string;
  readonly run: string;
  readonly address: string;
}

export interface Trigger {
  /** Looks both keys up, whatever the result of the first. */
  admit(presented: Presented): Admission;
  /** The same work for a caller that presents a magic key alone: what the overview shows, if the config enables it. */
  admitToOverview(presented: Omit<Presented, 'taskKey'>): OverviewAdmission;
  /** Asks whether to start the task of an admission; returns the nonce that belongs in the answer. */
  ask(admission: Admitted): string;
  /** The run that the button of a question has started, or is starting; undefined if it was not pressed. */
  findPressed(nonce: string): Promise<RunFeed | undefined> | undefined;
  /** The last run of a task. */
  last(task: string): RunView | undefined;
  /**
   * Starts the task of an admission, or asks first; undefined if a reload has removed the task meanwhile. A button
   * that has started a run leads to that run when it is pressed again.
   */
  start(admission: Admitted, details: CallDetails): Promise<Answer | undefined>;
  /** Allows the caller of an admission to start its task once more from the page of a run; returns a nonce that is valid for one start and one hour. */
  offerAgain(admission: Admitted, run: string): string;
  /** Whether such a nonce would start something now, given the current keys and the address. */
  isAgainOffered(offer: PresentedOffer): boolean;
  /** The admission of such a nonce; undefined if it opens nothing (any more). */
  admitAgain(offer: PresentedOffer): Admitted | undefined;
  /** Starts a task for the owner, without keys and without a question; undefined if no such task may be started. */
  order(
    task: string,
    who: { readonly address: string; readonly label: string },
  ): Promise<StartResult | undefined>;
  /** The run with a presented run id. */
  look(runId: Uint8Array): RunFeed | undefined;
  /** Stops a run, if callers may stop its task. */
  stop(run: RunFeed): RunView | undefined;
  /** Accepts only these keys from now on. */
  useKeys(locked: LockedTasks): void;
}

/** How long a question may be answered. */
const questionMs = 5 * 60_000;
/** How long a task may be started once more from the page of its run. */
const offerMs = 3_600_000;

/** Creates the way in for `http/`, which passes plain data. */
export function createTrigger({
  locked,
  blocked,
  links,
  runs,
  isLogWritten,
  clock,
  keyClock = clock,
}: {
  readonly locked: LockedTasks;
  readonly blocked?: Blocked | undefined;
  readonly links?: Links | undefined;
  readonly runs: Runs;
  readonly isLogWritten: () => boolean;
  readonly clock: Clock;
  /** Keys end by it. */
  readonly keyClock?: Clock;
}): Trigger {
  const questions = createNonces<Button>(clock, questionMs);
  const offers = createNonces<AgainButton>(clock, offerMs);
  let gate = createGate(locked, keyClock, blocked, links);
  links?.onNew((link) => gate.addLink(link));
  const ask = ({ id, name }: Pick<Task, 'id' | 'name'>): string => questions.issue({ task: id, name });
  const findOffer = ({ nonce, run }: PresentedOffer): AgainButton | undefined => {
    const offer = offers.look(nonce);
    return offer?.run === run ? offer : undefined;
  };
  const admitAgain = (presented: PresentedOffer): Admitted | undefined => {
    const offer = findOffer(presented);
    const admission = offer === undefined ? undefined : gate.admitAgain(offer, presented.address);
    return offer?.keys.task !== undefined || admission?.name === offer?.name ? admission : undefined;
  };
  return {
    admit: (presented) => gate.admit(presented),
    admitToOverview: (presented) => gate.admitToOverview(presented),
    ask: ({ task, name }) => ask({ id: task, name }),
    findPressed(nonce) {
      const pressed = questions.look(nonce)?.pressed;
      return pressed?.then((run) => (run === undefined ? undefined : runs.find(Buffer.from(run))));
    },
    last: (task) => runs.last(task),
    async start(admission, { idempotencyKey, nonce, again, chosenMs }) {
      const { task: id, asksFirst, address, label } = admission;
      const task = gate.find(id);
      if (task === undefined || !task.isEnabled) return undefined;
      const isOf = (button: Button | undefined): boolean =>
        button?.task === id && (admission.keys.task !== undefined || button.name === task.name);
      const offered = again === undefined ? undefined : offers.look(again);
      const offer = isOf(offered) ? offered : undefined;
      if (again !== undefined && offer === undefined) return undefined;
      const asked = nonce === undefined || !asksFirst ? undefined : questions.look(nonce);
      const question = isOf(asked) ? asked : undefined;
      const buttons = [offer, question].filter((button) => button !== undefined);
      for (let pressed = findPressed(buttons); pressed !== undefined; pressed = findPressed(buttons)) {
        const earlier = await pressed;
        if (earlier !== undefined) return toJoined(runs.find(Buffer.from(earlier)));
      }
      if (asksFirst && question === undefined)
        return { kind: 'asked', nonce: ask(task), isAgain: nonce !== undefined };
      if (!isLogWritten()) return { kind: 'unwritable' };
      const key = idempotencyKey === undefined ? undefined : toKeyDigest(idempotencyKey);
      const mayStart = (): boolean => {
        const now = gate.admitAgain(admission, address, { isPaid: true });
        return now !== undefined && (asksFirst || !now.asksFirst);
      };
      const wish = { address, label, idempotencyKey: key, again: offer?.run, chosenMs };
      const start = async (): Promise<StartResult> => await runs.start(task, wish, mayStart);
      return await press(buttons, async () => await startAsGuest(links, admission, start));
    },
    async order(id, who) {
      const task = gate.find(id);
      if (task === undefined || !task.isEnabled) return undefined;
      if (!isLogWritten()) return { kind: 'unwritable' };
      return await runs.start(task, { ...who, idempotencyKey: undefined });
    },
    offerAgain: ({ task, name, keys }, run) => offers.issue({ run, task, name, keys }),
    isAgainOffered: (presented) =>
      findOffer(presented)?.pressed === undefined && admitAgain(presented) !== undefined,
    admitAgain,
    look: (runId) => runs.find(runId),
    stop: (run) => (run.view().isStoppable ? runs.stop(run.id)?.view() : undefined),
    useKeys(changed) {
      gate = createGate(changed, keyClock, blocked, links);
    },
  };
}

/** Starts a run; with a guest link, its use is on disk before. Undefined if the link has no use left. */
async function startAsGuest(
  links: Links | undefined,
  { keys }: Admitted,
  start: () => Promise<StartResult>,
): Promise<StartResult | undefined> {
  const key = keys.task;
  if (links === undefined || key === undefined || links.find(key) === undefined) return await start();
  const used = links.use(key);
  if (used === 'spent') return undefined;
  if (used === 'unwritten') return { kind: 'unwritable' };
  const result = await start();
  if (result.kind !== 'started' && result.kind !== 'queued') links.refund(key);
  return result;
}
