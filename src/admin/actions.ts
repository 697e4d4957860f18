// The actions of the admin pages: start a task, stop a run; recorded like every other attempt.
import type { RunFeed } from '../runs/run-view.ts';
import type { StartResult } from '../runs/runs.ts';
import type { Language } from '../languages/language.ts';
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
  | Refusal;

/** Why a task was not started, and when it may be started. */
interface Refusal {
  readonly kind: 'refused';
  readonly status: number;
  readonly why: 'hours' | 'maxPerDay' | 'unwritable' | 'closing';
  readonly retryAfterSeconds?: number;
}

type Tools = Pick<AdminDeps, 'start' | 'recorder' | 'runs'>;

/** Starts a task; undefined if no such task exists, or it may not be started. */
export async function startTask(
  { id, name }: { readonly id: string; readonly name: string },
  { user, address }: Actor,
  { start, recorder }: Omit<Tools, 'runs'>,
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
  { runs, recorder }: Omit<Tools, 'start'>,
): RunFeed | undefined {
  const label = toLabel(user);
  const run = runs.stop(id);
  if (run === undefined) return undefined;
  recorder.stopped(run.view(), { label, address });
  return run;
}

function toLabel(user: string): string {
  return `admin (${user.slice(0, maxUserLength)})`;
}

/** A refusal as sentences. */
export function renderRefusal({ why, retryAfterSeconds }: Refusal, { admin, duration }: Language): string {
  const retry =
    retryAfterSeconds === undefined ? '' : ` ${admin.allowedIn(duration(retryAfterSeconds * 1000))}`;
  return admin.messages[why] + retry;
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
    case 'not-now': {
      const why = result.why === 'hours' ? 'hours' : 'maxPerDay';
      return { kind: 'refused', status: 429, why, retryAfterSeconds: result.retryAfterSeconds };
    }
    case 'unwritable':
    case 'closing':
      return { kind: 'refused', status: 503, why: result.kind };
    default:
      return result satisfies never;
  }
}
