// A run as text and as JSON, for scripts.
import { toIso } from '../clock.ts';
import type { Following } from '../follow-ups/follow-ups.ts';
import { en } from '../languages/en.ts';
import { renderNext } from '../languages/following.ts';
import { renderOutput, renderState, renderTimes, type RunView } from '../runs/run-view.ts';
import { toRunPath } from './pages/visit.ts';

/** The output if the task shows it, then one line with the run's state, and one with what follows it. */
export function renderRunText(view: RunView, following?: Following): string {
  const output = renderOutput(view) ?? '';
  return `${output}${output === '' || output.endsWith('\n') ? '' : '\n'}${renderRunLine(view)}${following === undefined ? '' : `${renderNext(following, en)}.\n`}`;
}

/** One line with the run's state. */
export function renderRunLine(view: RunView): string {
  const { name, state, outcome, elapsedMs, waitedMs } = view;
  const time =
    state === 'queued'
      ? renderTimes({ durationMs: waitedMs }, 'for')
      : renderTimes({ durationMs: elapsedMs, waitedMs }, outcome === undefined ? 'for' : 'after');
  const reason = outcome?.reason === undefined ? '' : ` ${outcome.reason}`;
  return `${name}: ${renderState(view)}${time}.${reason}\n`;
}

/** The run as one line of JSON, with what follows it. */
export function renderRunJson(view: RunView, attempt?: string, following?: Following): string {
  const { run, task, name, state, elapsedMs, usualMs, outcome } = view;
  const { acceptedAt, startedAt, endedAt, waitedMs } = view;
  const output = renderOutput(view);
  return `${JSON.stringify({
    run,
    task,
    name,
    ...(attempt === undefined ? {} : { attempt }),
    state: outcome?.kind ?? state,
    acceptedAt,
    startedAt: startedAt ?? null,
    endedAt: endedAt ?? null,
    waitedMs: waitedMs === undefined ? null : Math.round(waitedMs),
    elapsedMs: elapsedMs === undefined ? null : Math.round(elapsedMs),
    usualMs: usualMs ?? null,
    exitCode: outcome?.exitCode ?? null,
    signal: outcome?.signal ?? null,
    ...(outcome?.reason === undefined ? {} : { reason: outcome.reason }),
    ...(outcome?.why === undefined ? {} : { code: outcome.why.code }),
    ...(output === undefined ? {} : { output }),
    ...(following === undefined
      ? {}
      : { then: { task: following.task, name: following.name, at: toIso(following.atMs) } }),
    location: toRunPath(view),
  })}\n`;
}
