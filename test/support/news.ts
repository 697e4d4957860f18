// News of runs, and receivers of them, for tests of notices.
import type { News, Starter } from '../../src/notify/news.ts';
import type { NotifyTarget } from '../../src/notify/options.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { RunView } from '../../src/runs/run-view.ts';
import { createTask } from './runs.ts';

/** What a notice must not contain: anyone who has it sees the run's page. */
export const runId = 'run-id-Jx82mQ0aZ4tB';

/** News of the task `7`: that a run of it started, or how it ended. */
export function newsOf(
  outcome?: Outcome,
  parts: {
    readonly name?: string;
    readonly waitedMs?: number;
    readonly elapsedMs?: number | undefined;
    readonly by?: Starter;
  } = {},
): News {
  const { name = 'Back up photos' } = parts;
  const view: RunView = {
    task: '7',
    run: runId,
    name,
    icon: undefined,
    state: outcome === undefined ? 'running' : 'ended',
    acceptedAt: '2027-01-31T12:00:00.000Z',
    startedAt: '2027-01-31T12:00:00.000Z',
    endedAt: outcome === undefined ? undefined : '2027-01-31T12:03:20.000Z',
    waitedMs: parts.waitedMs ?? 0,
    elapsedMs: 'elapsedMs' in parts ? parts.elapsedMs : 200_000,
    usualMs: undefined,
    outcome,
    output: 'what it printed',
    isStoppable: false,
  };
  return {
    what: outcome === undefined ? 'started' : 'ended',
    task: createTask({ id: '7', name }),
    by: parts.by,
    view,
  };
}

export const strangers: News = { what: 'strangers', network: '203.0.113.0/24' };

/** A receiver of all news of all tasks. */
export function targetOf(
  type: NotifyTarget['type'],
  url: string,
  parts: Partial<NotifyTarget> = {},
): NotifyTarget {
  return {
    type,
    url,
    token: undefined,
    on: ['started', 'finished', 'failed', 'strangers'],
    tasks: undefined,
    ...parts,
  };
}
