// What the log says of follow-ups.
import type { Logger } from '../log/log.ts';
import type { RunFeed } from '../runs/run-view.ts';
import type { Task } from '../tasks.ts';
import { renderDuration } from '../values/duration.ts';
import type { Plan } from './plan.ts';

/** Being late by less than this is not worth a word. */
const worthyLateMs = 60_000;

/** The caller who decides about a follow-up. */
export interface Decider {
  readonly address: string;
  readonly label: string | undefined;
}

/** How a follow-up came to a run. */
interface Led {
  readonly kind: 'started' | 'queued' | 'joined';
  readonly run: RunFeed;
}

export interface Notes {
  /** It is started, or joins a run; without `by` because its time has come. */
  led(
    plan: Plan,
    task: Task,
    led: Led,
    how: { readonly by: Decider | undefined; readonly lateMs: number },
  ): void;
  /** It is never started. */
  dropped(plan: Plan, why: string): void;
  /** It is tried again. */
  waits(plan: Plan, why: string): void;
  /** A caller has decided about it. */
  decided(event: 'follow-up-chosen' | 'follow-up-left', plan: Plan, by: Decider, what: string): void;
}

export function createNotes(logger: Logger, findTask: (id: string) => Task | undefined): Notes {
  const toName = ({ task }: Plan): string => findTask(task)?.name ?? task;
  return {
    led({ run, from, fromName, afterMs, ...cause }, task, { kind, run: started }, { by, lateMs }) {
      const { address, label } = by ?? cause;
      const what = { started: 'Started', queued: 'Queued', joined: 'Joined a run of' }[kind];
      const when = by === undefined ? `${renderDuration(afterMs)} after` : 'on request after';
      const late =
        by === undefined && lateMs >= worthyLateMs
          ? `; ${renderDuration(lateMs)} late, because it could not be started before`
          : '';
      logger.info(
        {
          event: 'follow-up',
          result: kind,
          task: task.id,
          run: started.id,
          follows: run,
          from,
          label,
          address,
        },
        `${what} ${task.name}, ${when} ${fromName}, for ${renderDecider({ address, label })}${late}`,
      );
    },
    dropped(plan, why) {
      const { run, task, from, fromName } = plan;
      logger.warn(
        { event: 'follow-up-dropped', task, follows: run, from },
        `Does not start ${toName(plan)}, which was to follow ${fromName}: ${why}`,
      );
    },
    waits(plan, why) {
      logger.warn(
        { event: 'follow-up-waits', task: plan.task, follows: plan.run },
        `${toName(plan)} is to follow ${plan.fromName}, and cannot be started now (${why}); it is tried again`,
      );
    },
    decided(event, plan, by, what) {
      const { run, task } = plan;
      logger.info(
        { event, task, follows: run, ...by },
        `${toName(plan)}, after ${plan.fromName}: ${what}, for ${renderDecider(by)}`,
      );
    },
  };
}

function renderDecider({
  address,
  label,
}: {
  readonly address: string;
  readonly label?: string | undefined;
}): string {
  return label === undefined ? address : `${label}, ${address}`;
}
