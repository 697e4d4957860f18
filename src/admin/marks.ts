// How things stand and when they were, as all admin pages show it.
import { renderDuration } from '../duration.ts';
import type { AttemptResult } from '../history/attempt.ts';
import { isRefused } from '../history/attempt.ts';
import type { RunRecord } from '../history/records.ts';
import { renderOutcome, type Outcome } from '../outcome.ts';
import { renderState, type RunView } from '../runs/run.ts';
import { html, type Html } from './html.ts';

type Tone = 'good' | 'poor' | 'odd' | 'live' | 'still';

const outcomeTones: Readonly<Record<Outcome['kind'], Tone>> = {
  succeeded: 'good',
  failed: 'poor',
  'timed-out': 'poor',
  stopped: 'odd',
  lost: 'poor',
  unconfirmed: 'odd',
};

/** A dot and a word or a few, in a colour that says the same. */
export function renderMark(tone: Tone, text: string): Html {
  return html`<span class="mark ${tone}">${capitalize(text)}</span>`;
}

/** The state of a run. */
export function renderRunMark(view: RunView): Html {
  const tone = view.outcome === undefined ? (view.state === 'queued' ? 'odd' : 'live') : outcomeTones[view.outcome.kind];
  return renderMark(tone, renderState(view));
}

/** The state of a remembered run. */
export function renderRecordMark({ begin, end, start }: RunRecord): Html {
  if (end !== undefined) return renderMark(outcomeTones[end.outcome.kind], renderOutcome(end.outcome));
  return start.isQueued === true && begin === undefined ? renderMark('odd', 'queued') : renderMark('live', 'running');
}

/** What each result of an attempt says to the owner. */
export const resultWords: Readonly<Record<AttemptResult, string>> = {
  started: 'started',
  joined: 'joined a run',
  queued: 'queued',
  asked: 'asked first',
  busy: 'not started: busy',
  full: 'not started: queue full',
  'not-now': 'not started: not now',
  unwritable: 'not started: disk',
  closing: 'not started: stopping',
  stopped: 'stopped a run',
  'magic-key': 'wrong magic key',
  'task-key': 'wrong task key',
  'both-keys': 'wrong keys',
  'expired-key': 'expired key',
  'disabled-task': 'disabled task',
  address: 'wrong address',
  run: 'unknown run',
  path: 'unknown path',
  method: 'wrong method',
  syntax: 'broken HTTP',
  limited: 'too often',
  again: 'old button',
  flood: 'flood',
};

/** What an attempt came to. */
export function renderResultMark(result: AttemptResult): Html {
  const tone = result === 'started' || result === 'stopped' ? 'good' : isRefused({ result }) ? 'poor' : 'odd';
  return renderMark(result === 'joined' || result === 'queued' || result === 'asked' ? 'still' : tone, resultWords[result]);
}

/** A moment: in words as seen from now, with date and time behind them. */
export function renderMoment(iso: string, nowMs: number): Html {
  return html`<time datetime="${iso}" title="${renderDateAndTime(iso)}">${renderAgo(Date.parse(iso), nowMs)}</time>`;
}

/** Date and time of this machine, as `2026-11-21 23:05:07`. */
export function renderDateAndTime(iso: string): string {
  const date = new Date(iso);
  return `${date.toLocaleDateString('sv')} ${date.toLocaleTimeString('sv')}`;
}

/** Long ago it is the date that counts, lately the distance. */
function renderAgo(ms: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - ms) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return renderDateAndTime(new Date(ms).toISOString()).slice(0, 16);
}

/** How long a run took, or has taken so far: whole seconds while it goes on. */
export function renderElapsed(ms: number | undefined, isOver: boolean): string {
  return ms === undefined ? '' : renderDuration(isOver ? ms : Math.max(0, Math.floor(ms / 1000) * 1000));
}

/** `1 run`, `2 runs`. */
export function renderCount(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
