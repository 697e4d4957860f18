// A row of DSM's list of scheduled tasks, which also contains triggered tasks.
import * as z from 'zod';
import { maybe, TaskId, Truth } from './dsm-values.ts';

const ScheduledRow = z.object({
  id: maybe(TaskId),
  name: maybe(z.string().min(1)),
  owner: maybe(z.string()),
  /** The owner of the task; older versions do not report it. */
  real_owner: maybe(z.string().min(1)),
  enable: maybe(Truth),
  can_run: maybe(Truth),
  /** `script`, `recycle`, `beep`, `service` and others. */
  type: maybe(z.string().min(1)),
  next_trigger_time: maybe(z.string()),
});
export type ScheduledRow = z.infer<typeof ScheduledRow>;

/** Reads a row; undefined for anything else. */
export function parseScheduledRow(row: unknown): ScheduledRow | undefined {
  return ScheduledRow.safeParse(row).data;
}

/**
 * Whether a row is that of a triggered task, which is started by its name, because its number may also be that of a scheduled task.
 * DSM writes `event_script`; older versions write the event in place of a time; and a scheduled task has a number.
 */
export function isTriggeredRow({ id, type, next_trigger_time }: ScheduledRow): boolean {
  return (
    id === undefined ||
    type?.startsWith('event_') === true ||
    ['bootup', 'shutdown'].includes(next_trigger_time ?? '')
  );
}
