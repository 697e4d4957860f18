// The gate and what lies behind it: keys are looked up in constant time, then a run is started, joined or refused.
import type { Clock } from './clock.ts';
import { createGate, type Admission, type Admitted, type Keys, type OverviewAdmission, type Presented } from './gate.ts';
import { toKeyDigest } from './keys.ts';
import { createNonces } from './nonces.ts';
import type { RunFeed, RunView } from './runs/run.ts';
import type { Runs, StartResult } from './runs/runs.ts';

/** What became of an admitted call: a start or not, or a question, whose nonce belongs into the answer; `isAgain` says that an answer came too late, or a second time. */
export type Answer = StartResult | { readonly kind: 'asked'; readonly nonce: string; readonly isAgain: boolean };

/** What comes with an admitted call, as the caller wrote it. */
interface CallDetails {
  readonly idempotencyKey: string | undefined;
  readonly nonce: string | undefined;
}

/** What was presented to start a task once more: a nonce, the run that it came with, and the address that it came from. */
export interface PresentedOffer {
  readonly nonce: string;
  readonly run: string;
  readonly address: string;
}

export interface Trigger {
  /** Looks both keys up, whatever the first said. */
  admit(presented: Presented): Admission;
  /** The same work for who presents a magic key alone: what the overview shows him, where the config wants one. */
  admitToOverview(presented: Omit<Presented, 'taskKey'>): OverviewAdmission;
  /** Asks whether to start the task of an admission: the nonce that belongs into the answer. */
  ask(admission: Admitted): string;
  /** The last run of a task. */
  last(task: string): RunView | undefined;
  /** Starts the task of an admission, or asks first; undefined where a reload has taken the task away meanwhile. */
  start(admission: Admitted, details: CallDetails): Promise<Answer | undefined>;
  /** Lets the caller of an admission start its task once more from the page of a run: the nonce for that, good once and for an hour. */
  offerAgain(admission: Admitted, run: string): string;
  /** Whether such a nonce would start something, as the keys and the address stand now. */
  isAgainOffered(offer: PresentedOffer): boolean;
  /** What such a nonce opens; undefined if it opens nothing (any more). It is used up by that. */
  admitAgain(offer: PresentedOffer): Admitted | undefined;
  /** The run of a presented run id. */
  look(runId: Uint8Array): RunFeed | undefined;
  /** Stops the run of a presented run id, where its task may be stopped by a caller. */
  stop(runId: Uint8Array): RunView | undefined;
  /** Opens to these keys from now on, and to no others. */
  useKeys(keys: Keys): void;
}

/** What the page of a run lets its caller do once more. */
interface Offer extends Pick<Admitted, 'task' | 'keys'> {
  readonly run: string;
}

/** How long a question may be answered. */
const questionMs = 5 * 60_000;
/** How long a task may be started once more from the page of its run. */
const offerMs = 3_600_000;

/** The door that `http/` knocks at: plain data in. */
export function createTrigger({
  keys,
  runs,
  isLogWritten,
  clock,
}: {
  readonly keys: Keys;
  readonly runs: Runs;
  readonly isLogWritten: () => boolean;
  readonly clock: Clock;
}): Trigger {
  const questions = createNonces<string>(clock, questionMs);
  const offers = createNonces<Offer>(clock, offerMs);
  let gate = createGate(keys, clock);
  const judgeOffer = (offer: Offer | undefined, address: string): Admitted | undefined =>
    offer === undefined ? undefined : gate.admitAgain(offer, address);
  return {
    admit: (presented) => gate.admit(presented),
    admitToOverview: (presented) => gate.admitToOverview(presented),
    ask: ({ task }) => questions.issue(task),
    last: (task) => runs.last(task),
    async start({ task: id, asksFirst, address, label }, { idempotencyKey, nonce }) {
      const task = gate.find(id);
      if (task === undefined || !task.isEnabled) return undefined;
      if (asksFirst && (nonce === undefined || questions.take(nonce, (asked) => asked === id) === undefined))
        return { kind: 'asked', nonce: questions.issue(id), isAgain: nonce !== undefined };
      if (!isLogWritten()) return { kind: 'unwritable' };
      return await runs.start(task, {
        address,
        label,
        idempotencyKey: idempotencyKey === undefined ? undefined : toKeyDigest(idempotencyKey),
      });
    },
    offerAgain: ({ task, keys }, run) => offers.issue({ run, task, keys }),
    isAgainOffered({ nonce, run, address }) {
      const offer = offers.look(nonce);
      return offer?.run === run && judgeOffer(offer, address) !== undefined;
    },
    admitAgain: ({ nonce, run, address }) =>
      judgeOffer(
        offers.take(nonce, (offer) => offer.run === run),
        address,
      ),
    look: (runId) => runs.find(runId),
    stop(runId) {
      const view = runs.find(runId)?.view();
      return view?.isStoppable === true ? runs.stop(view.run)?.view() : undefined;
    },
    useKeys(changed) {
      gate = createGate(changed, clock);
    },
  };
}
