// States and times, as all admin pages show them.
import type { AttemptResult } from '../../attempts/attempt.ts';
import { isRefused } from '../../attempts/attempt.ts';
import type { RunRecord } from '../../history/records.ts';
import type { Language } from '../../languages/language.ts';
import type { Outcome } from '../../outcome.ts';
import type { RunView } from '../../runs/run-view.ts';
import { html, type Html } from './html.ts';

type Tone = 'good' | 'poor' | 'odd' | 'live' | 'still';

export const outcomeTones: Readonly<Record<Outcome['kind'], Tone>> = {
  succeeded: 'good',
  failed: 'poor',
  'timed-out': 'poor',
  stopped: 'odd',
  lost: 'poor',
  unconfirmed: 'odd',
};

/** A dot and a few words, in a colour with the same meaning. */
export function renderMark(tone: Tone, text: string): Html {
  return html`<span class="mark ${tone}">${capitalize(text)}</span>`;
}

/** The state of a run. */
export function renderRunMark({ state, outcome }: RunView, language: Language): Html {
  if (outcome !== undefined) return renderOutcomeMark(outcome, language);
  return renderUnendedMark(state === 'queued', language);
}

function renderUnendedMark(isQueued: boolean, { states }: Language): Html {
  return isQueued ? renderMark('odd', states.queued) : renderMark('live', states.running);
}

function renderOutcomeMark({ kind, signal, exitCode }: Outcome, { states, admin }: Language): Html {
  const state = states[kind];
  const isFailed = kind === 'failed';
  if (isFailed && signal !== undefined) return renderMark('poor', admin.bySignal(state, signal));
  return renderMark(
    outcomeTones[kind],
    isFailed && exitCode !== undefined ? admin.withStatus(state, exitCode) : state,
  );
}

/** The state of a remembered run. */
export function renderRecordMark({ begin, end, start }: RunRecord, language: Language): Html {
  if (end !== undefined) return renderOutcomeMark(end.outcome, language);
  return renderUnendedMark(start.isQueued === true && begin === undefined, language);
}

/** The result of an attempt. */
export function renderResultMark(
  result: AttemptResult,
  { admin }: Language,
  text = admin.results[result],
): Html {
  const tone = result === 'started' || result === 'stopped' ? 'good' : isRefused({ result }) ? 'poor' : 'odd';
  return renderMark(result === 'joined' || result === 'queued' || result === 'asked' ? 'still' : tone, text);
}

/** A moment: in words relative to now, with date and time as a tooltip. */
export function renderMoment(iso: string, nowMs: number, language: Language): Html {
  return html`<time datetime="${iso}" title="${renderDateAndTime(iso)}"
    >${renderAgo(Date.parse(iso), nowMs, language)}</time
  >`;
}

/** The time of day of a moment, for lists whose headings are days. */
export function renderClock(iso: string): Html {
  const date = new Date(iso);
  const clock = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  return html`<time datetime="${iso}" title="${renderDateAndTime(iso)}">${clock}</time>`;
}

/** The day of a moment on this machine, as `2026-11-21`. */
export function toDay(iso: string): string {
  const date = new Date(iso);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

/** Date and time of this machine, as `2026-11-21 23:05:07`. */
export function renderDateAndTime(iso: string): string {
  const date = new Date(iso);
  return `${date.toLocaleDateString('sv')} ${date.toLocaleTimeString('sv')}`;
}

/** An old moment is shown as a date, a recent one as the time since then. */
function renderAgo(ms: number, nowMs: number, { admin: { ago } }: Language): string {
  const minutes = Math.floor((nowMs - ms) / 60_000);
  if (minutes < 1) return ago.now;
  if (minutes < 60) return ago.minutes(minutes);
  if (minutes < 24 * 60) return ago.hours(Math.floor(minutes / 60));
  return renderDateAndTime(new Date(ms).toISOString()).slice(0, 16);
}

/** How long a run took, or has taken so far: whole seconds while it is running. */
export function renderElapsed(ms: number | undefined, isOver: boolean, { duration }: Language): string {
  return ms === undefined ? '' : duration(isOver ? ms : Math.max(0, Math.floor(ms / 1000) * 1000));
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
