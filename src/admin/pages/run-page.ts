// The page of a run: its state, who started it, and its output.
import type { Following } from '../../follow-ups/follow-ups.ts';
import type { RunRecord } from '../../history/records.ts';
import { toRefusal } from '../../entry/refused.ts';
import { renderCoded } from '../../reasons/texts.ts';
import { renderNotShown } from '../../languages/not-shown.ts';
import type { Language } from '../../languages/language.ts';
import { toWorthyWaitMs, type RunFeed, type RunView } from '../../runs/run-view.ts';
import type { Task } from '../../tasks.ts';
import { renderLines, renderOutputBox } from '../../listener/output-html.ts';
import { toLines } from '../../terminal-text/terminal.ts';
import { renderCardOfNext } from './following.ts';
import { html, renderName, trustHtml, type Html } from './html.ts';
import { renderDateAndTime, renderElapsed, renderRunMark } from './marks.ts';
import type { AdminPage, Reader } from './page.ts';
import { renderRun, renderStop, toTaskPath } from './task-parts.ts';

/** How much of the output is shown at first; more than is ever kept. */
const shownBytes = 1_000_000;

/** Why a start led to an earlier run. */
export const noNewRun = ['joined', 'busy', 'full'] as const;
export type NoNewRun = (typeof noNewRun)[number];

export interface RunPageParts {
  readonly feed: RunFeed;
  readonly record: RunRecord | undefined;
  /** Its task, if the config still has it. */
  readonly task: Task | undefined;
  /** What follows it. */
  readonly next: Following | undefined;
  /** Why the reader sees this run instead of a new one. */
  readonly note: NoNewRun | undefined;
}

export function toRunPage({ feed, record, task, next, note }: RunPageParts, reader: Reader): AdminPage {
  const { language } = reader;
  const { admin } = language;
  const words = admin.run;
  const view = feed.view();
  const isOver = view.state === 'ended';
  const text = readOutput(feed, language);
  const following = isOver ? undefined : html`data-events="${reader.root}runs/${view.run}/events"`;
  const elapsed = renderElapsed(view.elapsedMs, isOver, language);
  const facts: readonly (readonly [string, Html | string | undefined])[] = [
    [isOver ? words.took : words.elapsed, isOver ? elapsed : renderCounting(view.elapsedMs, language)],
    [words.waited, renderWaited(view, language)],
    [words.accepted, renderDateAndTime(view.acceptedAt)],
    [words.label, record?.start.label ?? words.noLabel],
    [words.from, record?.start.address],
    [words.run, view.run],
    [words.reason, renderReason(view, language)],
  ];
  const acts = [
    ...(isOver ? [] : [renderStop(view.run, view.name, reader)]),
    ...(isOver && task?.isEnabled === true ? [renderRun(task, reader, admin.tasks.runAgain)] : []),
    ...(task === undefined
      ? []
      : [html`<a class="button quiet" href="${reader.root}${toTaskPath(task.id)}">${words.task}</a>`]),
  ];
  return {
    title: `${view.outcome === undefined ? '… ' : ''}${view.name}`,
    section: undefined,
    refreshSeconds: isOver ? undefined : 3,
    main: html`<h1>${renderName(view.name)}</h1>
      ${note === undefined ? undefined : html`<p class="note odd">${renderNoNewRun(note, language)}</p>`}
      <p class="lead" role="status" data-state="${view.state}" ${following}>
        ${renderRunMark(view, language)}
      </p>
      <div class="card">${renderFacts(facts)}</div>
      ${renderCardOfNext(next, `runs/${view.run}`, reader)}
      <div class="acts more">${acts}</div>
      ${renderPrinted(text, isOver, language)}`,
  };
}

/** Why a run ended as it did; in English if an earlier version recorded it without its code. */
function renderReason({ outcome }: RunView, { tag, reason }: Language): Html | string | undefined {
  if (outcome?.why !== undefined) return reason(outcome.why);
  return outcome?.reason === undefined || tag === 'en'
    ? outcome?.reason
    : html`<span lang="en">${outcome.reason}</span>`;
}

/** Why the reader sees an earlier run. */
function renderNoNewRun(note: NoNewRun, { nothingStarted, refusals }: Language): string {
  return note === 'joined' ? nothingStarted.joined : renderCoded(refusals, toRefusal({ kind: note }));
}

/** A time that a script of the page counts on; undefined if it has not begun. */
function renderCounting(ms: number | undefined, language: Language): Html | undefined {
  return ms === undefined
    ? undefined
    : html`<span data-since="${Math.round(ms)}">${renderElapsed(ms, false, language)}</span>`;
}

function renderWaited(view: RunView, language: Language): Html | string | undefined {
  if (view.state === 'queued') return renderCounting(view.waitedMs, language);
  const waitedMs = toWorthyWaitMs(view);
  return waitedMs === undefined ? undefined : renderElapsed(waitedMs, true, language);
}

/** Names and values; entries without a value are left out. */
export function renderFacts(facts: readonly (readonly [string, Html | string | undefined])[]): Html {
  const rows = facts.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl class="facts">
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** The output so far; undefined if it is not shown. */
function readOutput(feed: RunFeed, language: Language): string | undefined {
  const { state, output, notShown } = feed.view();
  if (output === undefined) return undefined;
  if (state === 'ended') return renderNotShown(notShown, language) + output;
  const { bytes, from } = feed.read(feed.start(), shownBytes);
  return renderNotShown(from, language) + bytes.toString();
}

/** The output, in lines that the script of the page replaces. */
function renderPrinted(text: string | undefined, isOver: boolean, { admin }: Language): Html {
  if (text === undefined) return html`<p class="soft more">${admin.run.outputHidden}</p>`;
  if (isOver && text === '') return html`<p class="soft more">${admin.run.outputEmpty}</p>`;
  const hidden = text === '' ? html`hidden` : undefined;
  const lines = text === '' ? [] : renderLines(toLines(text), true);
  const box = renderOutputBox(
    lines.map((line) => `<span>${line}</span>`).join(''),
    admin.task.output,
    isOver ? 'region' : 'log',
  );
  return html`<section ${hidden}>
    <h2>${admin.task.output}</h2>
    ${trustHtml(box)}
  </section>`;
}
