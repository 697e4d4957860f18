// The page of a task: its rules, its last runs, and on demand its address.
import { renderSVG } from 'uqr';
import { renderDuration } from '../duration.ts';
import type { Task } from '../tasks.ts';
import type { House, TaskAddress } from './house.ts';
import { html, trustHtml, type Html } from './html.ts';
import { renderToken, type AdminPage, type Reader } from './page.ts';
import { renderFacts } from './run-page.ts';
import { renderRunRow } from './run-rows.ts';
import { renderRun, renderStop, renderUsual, renderWay, toTaskPath } from './tasks-page.ts';

/** How many of its last runs a task shows. */
const shownRuns = 5;
const busyWords = { join: 'joins that run', parallel: 'one of its own', queue: 'one of its own later', reject: 'a refusal' } as const;
const outputWords = { none: 'not shown', tail: 'the last 20 lines', all: 'the last 64 KiB' } as const;

/** `address` is there when the reader has asked for it; or why it cannot be shown. */
export function toTaskPage(
  task: Task,
  { runs, history, clock }: Pick<House, 'runs' | 'history' | 'clock'>,
  reader: Reader,
  address?: TaskAddress | { readonly problem: string },
): AdminPage {
  const records = [...history.records.values()].filter(({ start }) => start.task === task.id).toReversed();
  const live = runs.live().filter((run) => run.task.id === task.id);
  const usualMs = runs.last(task.id)?.usualMs;
  return {
    title: task.name,
    section: '/',
    main: html`<h1>${task.name}</h1>
      <div class="card">
        ${renderFacts([
          ['Run by', renderWay(task)],
          ['Id', task.id],
          ['Usually takes', usualMs === undefined ? undefined : renderUsual(usualMs)],
          ['Runs', task.isEnabled ? undefined : 'Not at all: it is not enabled'],
          ['Asks first', task.asksFirst ? 'Callers, not here' : undefined],
          ['Callable from', task.allow?.join(', ')],
          ['Hours', task.hours?.map(({ from, until }) => `${renderMinutes(from)}–${renderMinutes(until)}`).join(', ')],
          ['A day at most', task.maxPerDay === undefined ? undefined : String(task.maxPerDay)],
          ['Time-out', task.timeoutMs === undefined ? undefined : renderDuration(task.timeoutMs)],
          ['A call while it runs', busyWords[task.whenBusy]],
          ['Output', outputWords[task.output]],
        ])}
        <div class="acts">
          ${task.isEnabled ? renderRun(task, reader) : undefined}${live.map((run) => renderStop(run.id, task.name, reader))}
        </div>
      </div>
      <h2>Its address</h2>
      ${address === undefined ? renderAsked(task, reader) : renderAddress(task, reader, address)}
      <h2>Last runs</h2>
      ${
        records.length === 0
          ? html`<p class="soft">It was never started.</p>`
          : html`<ul class="rows">
                ${records.slice(0, shownRuns).map((record) => renderRunRow(record, clock.wallMs()))}
              </ul>
              <p class="more"><a href="/history?task=${encodeURIComponent(task.id)}">All of its runs</a></p>`
      }`,
  };
}

/** An address that callers may use for the daemon, without what does not belong there; undefined for anything else. */
export function parseBase(text: string): string | undefined {
  return /^https?:\/\/[^\s?#@]{1,200}$/.test(text) && URL.canParse(text) ? text.replace(/\/+$/, '') : undefined;
}

/** The keys are not even looked up until somebody asks. */
function renderAsked({ id }: Task, reader: Reader): Html {
  return html`<div class="card">
    <p><code>…/••••••••/••••••••</code></p>
    <p>Whoever sees the address can start the task.</p>
    <div class="acts">
      <form method="post" action="${toTaskPath(id)}/address">
        ${renderToken(reader)}<button class="quiet">Show address and QR code</button>
      </form>
    </div>
  </div>`;
}

function renderAddress({ id }: Task, reader: Reader, address: TaskAddress | { readonly problem: string }): Html {
  if ('problem' in address) return html`<p class="note poor">${address.problem}</p>`;
  const { base, magicKey, taskKey } = address;
  if (magicKey === undefined || taskKey === undefined)
    return html`<p class="note odd">The keys of this task do not both stand in clear in the config, so nobody can show them.</p>`;
  const url = `${base}/${encodeURIComponent(magicKey)}/${encodeURIComponent(taskKey)}`;
  return html`<div class="card">
    <div class="qr" role="img" aria-label="QR code of the address">${trustHtml(renderSVG(url, { border: 0 }))}</div>
    <p><code>${url}</code></p>
    <p>For a script:</p>
    <p><code>curl -sS --fail-with-body -X POST "${url}?wait=50"</code></p>
    <form class="line" method="post" action="${toTaskPath(id)}/address">
      ${renderToken(reader)}<label>Address of the daemon as callers see it <input name="base" type="url" value="${base}" required /></label
      ><button class="quiet">Show with this address</button>
    </form>
  </div>`;
}

function renderMinutes(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
