// The page of a run: how it stands, who started it, and what it prints.
import type { RunRecord } from '../history/records.ts';
import type { RunFeed } from '../runs/run.ts';
import type { Task } from '../tasks.ts';
import { html, type Html } from './html.ts';
import { renderDateAndTime, renderElapsed, renderRunMark } from './marks.ts';
import type { AdminPage, Reader } from './page.ts';
import { renderRun, renderStop, toTaskPath } from './tasks-page.ts';

/** How much of the output is shown at first; more than what is kept. */
const shownBytes = 1_000_000;

/** What was asked for and did not come to a run of its own. */
export const said = {
  joined: 'It had been started already; nothing was started a second time.',
  busy: 'It is running already, and was not started again.',
  full: 'Too many runs of it are waiting already; it was not started again.',
} as const;

export interface RunPageParts {
  readonly feed: RunFeed;
  readonly record: RunRecord | undefined;
  /** Its task, if the config still has it. */
  readonly task: Task | undefined;
  /** Why the reader sees this run and not a new one. */
  readonly note: string | undefined;
}

export function toRunPage({ feed, record, task, note }: RunPageParts, reader: Reader): AdminPage {
  const view = feed.view();
  const isOver = view.state === 'ended';
  const { text, events } = readOutput(feed);
  const following = events === undefined ? undefined : html`data-events="${events}"`;
  const elapsed = renderElapsed(view.elapsedMs, isOver);
  const facts: readonly (readonly [string, Html | string | undefined])[] = [
    [isOver ? 'Took' : 'Elapsed', isOver ? elapsed : html`<span data-since="${Math.round(view.elapsedMs ?? 0)}">${elapsed}</span>`],
    ['Accepted', renderDateAndTime(view.startedAt)],
    ['For', record?.start.label ?? 'keys without a label'],
    ['From', record?.start.address],
    ['Run', view.run],
    ['Reason', view.outcome?.reason],
  ];
  const acts = [
    ...(isOver ? [] : [renderStop(view.run, view.name, reader)]),
    ...(isOver && task?.isEnabled === true ? [renderRun(task, reader, 'Run again')] : []),
    ...(task === undefined ? [] : [html`<a class="button quiet" href="${toTaskPath(task.id)}">The task</a>`]),
  ];
  return {
    title: `${view.outcome === undefined ? '… ' : ''}${view.name}`,
    section: undefined,
    refreshSeconds: isOver ? undefined : 3,
    main: html`<h1>${view.name}</h1>
      ${note === undefined ? undefined : html`<p class="note odd">${note}</p>`}
      <p class="lead" role="status" data-state="${view.state}" ${following}>${renderRunMark(view)}</p>
      <div class="card">${renderFacts(facts)}</div>
      <div class="acts more">${acts}</div>
      ${renderOutput(text, isOver)}`,
  };
}

/** Names and values; what has no value is left out. */
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

/** What it printed so far, and the address of the events that follow, if any do. */
function readOutput(feed: RunFeed): { readonly text: string | undefined; readonly events: string | undefined } {
  const { run, state, output } = feed.view();
  if (state === 'ended') return { text: output, events: undefined };
  const { bytes, from } = feed.read(feed.start(), shownBytes);
  const cut = from === 0 ? '' : `[${from} bytes before this are not shown.]\n`;
  return { text: output === undefined ? undefined : cut + bytes.toString(), events: `/runs/${run}/events?from=${from + bytes.length}` };
}

function renderOutput(text: string | undefined, isOver: boolean): Html {
  if (text === undefined)
    return html`<p class="soft more">
      What this task prints is not shown: its <code>output</code> is "none", or the run is too long ago.
    </p>`;
  if (isOver && text === '') return html`<p class="soft more">It printed nothing.</p>`;
  const hidden = text === '' ? html`hidden` : undefined;
  return html`<section ${hidden}>
    <h2>Output</h2>
    <pre tabindex="0" role="${isOver ? 'region' : 'log'}" aria-label="Output">${text}</pre>
  </section>`;
}
