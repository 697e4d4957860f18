// The page of a run: what the phone shows after the tap.
import type { Following } from '../../follow-ups/follow-ups.ts';
import { roundDuration } from '../../values/duration.ts';
import type { Outcome } from '../../outcome.ts';
import { toWorthyWaitMs, type RunView } from '../../runs/run-view.ts';
import { renderNotShown } from '../../languages/not-shown.ts';
import type { Language, Standing } from '../../languages/language.ts';
import { renderOutput, renderOutputBox } from '../../listener/output-html.ts';
import { escapeHtml } from '../../listener/page.ts';
import { renderFollowing } from './following.ts';
import { capitalize, outputPages, renderButton, renderNote, renderPhonePage } from './phone-page.ts';
import { toRunPath, renderVisit, type Visit } from './visit.ts';

/** What the page of a run depends on besides the run. */
export interface RunPageParts {
  readonly visit: Visit;
  /** Whether the visitor's nonce would start the task once more. */
  readonly isAgainOffered: boolean;
  /** What follows the run. */
  readonly following?: Following | undefined;
  /** Whether the visitor's nonce lets the visitor decide about that. */
  readonly mayDecide?: boolean;
  readonly language: Language;
}

/** The page of a run. */
export function renderRunPage(
  view: RunView,
  { visit, isAgainOffered, following, mayDecide = false, language }: RunPageParts,
): string {
  const { outcome } = view;
  const standing = outcome?.kind ?? (view.state === 'queued' ? 'queued' : 'running');
  const notes = [
    ...(visit.isSpent ? [language.nothingStarted.spent] : []),
    ...(visit.isJoined ? [language.nothingStarted.joined] : []),
    isExplained(outcome) ? '' : (language.explanations[standing] ?? ''),
  ].filter((note) => note !== '');
  const path = `..${toRunPath(view)}`;
  const holdHref = path + renderVisit({ ...visit, isHeld: !visit.isHeld });
  return renderPhonePage({
    language,
    shown: view,
    standing,
    hasOutput: hasOutput(view),
    state: renderState(view, standing, language),
    rest: [
      outcome === undefined
        ? `<a class="hold" href="${escapeHtml(holdHref)}">${language.updates[visit.isHeld ? 'resume' : 'hold']}</a>`
        : '',
      ...notes.map(renderNote),
      outcome === undefined ? '' : renderReason(outcome, language),
      following === undefined
        ? ''
        : renderFollowing(following, mayDecide ? visit.again : undefined, language),
      renderFacts(toFacts(view, language)),
      renderPrinted(view, language),
      view.isStoppable ? renderButton(`${path}/stop${renderVisit(visit)}`, language.buttons.stop, true) : '',
      isAgainOffered && isWorthAnother(view)
        ? renderButton(`${path}/again?nonce=${visit.again ?? ''}`, language.buttons.again)
        : '',
      `<p class="note about">${escapeHtml(language.aboutRun)}</p>`,
    ].join(''),
  });
}

/** The headers that the page of a run needs besides the usual ones. */
export function toRunPageHeaders(view: RunView): Readonly<Record<string, string>> {
  return hasOutput(view) ? Object.fromEntries(outputPages.headers) : {};
}

/** Whether the page has a box with output. */
function hasOutput({ output, notShown = 0 }: RunView): boolean {
  return output !== undefined && (output !== '' || notShown !== 0);
}

/** Whether a run ended without success, so that a person may want to try again. */
export function isWorthAnother({ outcome }: RunView): boolean {
  return outcome !== undefined && outcome.kind !== 'succeeded';
}

/** After how many seconds the page of a run reloads: soon at first, less often when the run takes long. */
export function toRefreshSeconds({ elapsedMs = 0, waitedMs = 0 }: RunView): number {
  return Math.min(10, Math.max(2, Math.round((elapsedMs + waitedMs) / 30_000)));
}

function renderState({ state, outcome, elapsedMs }: RunView, standing: Standing, language: Language): string {
  if (state === 'running') return language.running(Math.floor((elapsedMs ?? 0) / 1000) * 1000);
  const word = capitalize(language.states[standing]);
  return elapsedMs === undefined || state === 'queued' || outcome?.kind === 'unconfirmed'
    ? word
    : language.reached(word, elapsedMs);
}

/** Whether a run with an unknown end gives the reason itself. */
function isExplained(outcome: RunView['outcome']): boolean {
  return outcome?.reason !== undefined && (outcome.kind === 'lost' || outcome.kind === 'unconfirmed');
}

function toFacts(
  view: RunView,
  { facts, time, about, duration }: Language,
): readonly (readonly [name: string, value: string])[] {
  const { acceptedAt, startedAt, usualMs, outcome } = view;
  const waitedMs = toWorthyWaitMs(view);
  return [
    startedAt === undefined || !hasBegun(view)
      ? [facts.accepted, time(new Date(acceptedAt))]
      : [facts.started, time(new Date(startedAt))],
    ...(waitedMs === undefined ? [] : [[facts.waited, duration(waitedMs)] as const]),
    ...(usualMs === undefined || outcome !== undefined
      ? []
      : [[facts.usually, about(duration(roundDuration(usualMs)))] as const]),
    ...(outcome?.exitCode === undefined || outcome.exitCode === 0
      ? []
      : [[facts.exitStatus, String(outcome.exitCode)] as const]),
    ...(outcome?.signal === undefined || outcome.kind !== 'failed'
      ? []
      : [[facts.signal, outcome.signal] as const]),
  ];
}

function renderFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  return `<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>`;
}

function renderPrinted(view: RunView, language: Language): string {
  const { output = '', notShown } = view;
  return hasOutput(view)
    ? renderOutputBox(renderOutput(renderNotShown(notShown, language) + output), language.output, 'region')
    : '';
}

/** Why a run ended as it did; in English if an earlier version recorded it without its code. */
function renderReason({ reason, why }: Outcome, language: Language): string {
  if (why !== undefined) return renderNote(language.reason(why));
  if (reason === undefined) return '';
  const lang = language.tag === 'en' ? '' : ' lang="en"';
  return `<p class="note"${lang}>${escapeHtml(reason)}</p>`;
}

/** Whether the work has certainly begun: false while a run waits, and if it came to nothing. */
function hasBegun({ state, outcome }: RunView): boolean {
  if (outcome?.kind !== 'failed' && outcome?.kind !== 'stopped') return state !== 'queued';
  return outcome.exitCode !== undefined || outcome.signal !== undefined;
}
