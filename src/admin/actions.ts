// The actions of the admin pages: start a task, stop a run; recorded like every other attempt.
import type { RunFeed } from '../runs/run-view.ts';
import type { StartResult } from '../runs/runs.ts';
import { toRefusal } from '../entry/refused.ts';
import type { Refusal } from '../reasons/refusal.ts';
import type { AdminDeps } from './pages/admin-deps.ts';
import type { NoNewRun } from './pages/run-page.ts';

/** Longer names are cut in the log and the history. */
const maxUserLength = 64;

/** The admin who acts. */
export interface Actor {
  readonly user: string;
  readonly address: string;
}

/** The result of an action: a run, possibly with an explanation, or a refusal. */
export type Consequence =
  | { readonly kind: 'run'; readonly run: string; readonly note: NoNewRun | undefined }
  | Refused;

/** A task was not started. */
interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  readonly refusal: Refusal;
}

type Tools = Pick<AdminDeps, 'start' | 'recorder' | 'runs' | 'followUps'>;

/** Starts a task; undefined if no such task exists, or it may not be started. */
export async function startTask(
  { id, name }: { readonly id: string; readonly name: string },
  { user, address }: Actor,
  { start, recorder }: Pick<Tools, 'start' | 'recorder'>,
): Promise<Consequence | undefined> {
  const label = toLabel(user);
  const result = await start(id, { address, label });
  if (result === undefined) return undefined;
  recorder.attempted(result, { intent: 'start', task: id, name, label, address });
  return toConsequence(result);
}

/** Stops a run; undefined if no active run has this id. The owner may stop runs that callers may not. */
export function stopRun(
  id: string,
  { user, address }: Actor,
  { runs, recorder }: Pick<Tools, 'runs' | 'recorder'>,
): RunFeed | undefined {
  const label = toLabel(user);
  const run = runs.stop(id);
  if (run === undefined) return undefined;
  recorder.stopped(run.view(), { label, address });
  return run;
}

/** Starts what follows a run now; undefined if nothing does. */
export async function startNext(
  run: string,
  { user, address }: Actor,
  { followUps, recorder }: Pick<Tools, 'followUps' | 'recorder'>,
): Promise<Consequence | undefined> {
  const by = { address, label: toLabel(user) };
  const next = followUps.ofRun(run);
  const result = next === undefined ? undefined : await followUps.startNow(run, by);
  if (next === undefined || result === undefined) return undefined;
  recorder.attempted(result, { intent: 'then', task: next.task, name: next.name, ...by });
  return toConsequence(result);
}

/** Gives what follows a run another time, or leaves it off with `undefined`; false if that cannot be written. */
export async function moveNext(
  run: string,
  afterMs: number | undefined,
  { user, address }: Actor,
  { followUps }: Pick<Tools, 'followUps'>,
): Promise<boolean> {
  const by = { address, label: toLabel(user) };
  return afterMs === undefined ? await followUps.leave(run, by) : await followUps.choose(run, afterMs, by);
}

function toLabel(user: string): string {
  return `admin (${user.slice(0, maxUserLength)})`;
}

function toConsequence(result: StartResult): Consequence {
  switch (result.kind) {
    case 'started':
    case 'queued':
      return { kind: 'run', run: result.run.id, note: undefined };
    case 'joined':
    case 'busy':
    case 'full':
      return { kind: 'run', run: result.run.id, note: result.kind };
    case 'not-now':
      return { kind: 'refused', status: 429, refusal: toRefusal(result) };
    case 'unwritable':
    case 'closing':
    case 'away':
      return { kind: 'refused', status: 503, refusal: toRefusal(result) };
    default:
      return result satisfies never;
  }
}
