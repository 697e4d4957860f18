// The page of a task: its rules, its last runs, and its address on request.
import { renderSVG } from 'uqr';
import { renderHours } from '../../values/hours.ts';
import type { Task } from '../../tasks.ts';
import type { AdminDeps, TaskAddress } from './admin-deps.ts';
import { html, renderName, trustHtml, type Html } from './html.ts';
import { renderToken, type AdminPage, type Reader } from './page.ts';
import { renderFacts } from './run-page.ts';
import { findRuns } from './run-filter.ts';
import { renderRunRow } from './run-rows.ts';
import { renderRounded, renderRun, renderStop, renderRunner, toTaskPath } from './task-parts.ts';

/** How many of its last runs the page of a task shows. */
const shownRuns = 5;

/** Why an address cannot be shown. */
export interface NoAddress {
  readonly problem: 'gone' | 'configUnreadable';
}

/** `address` is set if the reader has asked for it: the address, or why it cannot be shown. */
export function toTaskPage(
  task: Task,
  { runs, history, clock }: Pick<AdminDeps, 'runs' | 'history' | 'clock'>,
  reader: Reader,
  address?: TaskAddress | NoAddress,
): AdminPage {
  const { language } = reader;
  const { admin, duration, about } = language;
  const words = admin.task;
  const { runs: records } = findRuns(history.runs, { task: task.id }, shownRuns);
  const live = runs.live().filter((run) => run.task.id === task.id);
  const usualMs = runs.last(task.id)?.usualMs;
  return {
    title: task.name,
    section: '/',
    main: html`<h1>${renderName(task.name)}</h1>
      <div class="card">
        ${renderFacts([
          [words.runBy, renderRunner(task, language)],
          [words.id, task.id],
          [words.usually, usualMs === undefined ? undefined : about(renderRounded(usualMs, language))],
          [words.runs, task.isEnabled ? undefined : words.notEnabled],
          [words.asksFirst, task.asksFirst ? words.asksHere : undefined],
          [words.allow, task.allow?.join(', ')],
          [words.hours, task.hours === undefined ? undefined : renderHours(task.hours)],
          [words.maxPerDay, task.maxPerDay === undefined ? undefined : String(task.maxPerDay)],
          [words.timeout, task.timeoutMs === undefined ? undefined : duration(task.timeoutMs)],
          [words.whenBusy, admin.busy[task.whenBusy]],
          [words.output, admin.outputs[task.output]],
        ])}
        <div class="acts">
          ${task.isEnabled ? renderRun(task, reader) : undefined}${live.map((run) => renderStop(run.id, task.name, reader))}
        </div>
      </div>
      <h2>${words.address}</h2>
      ${address === undefined ? renderAsked(task, reader) : renderAddress(task, reader, address)}
      <h2>${words.lastRuns}</h2>
      ${
        records.length === 0
          ? html`<p class="soft">${words.neverStarted}</p>`
          : html`<ul class="rows">
                ${records.map((record) => renderRunRow(record, clock.wallMs(), reader))}
              </ul>
              <p class="more">
                <a href="${reader.root}history?task=${encodeURIComponent(task.id)}">${words.allRuns}</a>
              </p>`
      }`,
  };
}

/** An address that callers may use for the daemon, without any extra parts; undefined for anything else. */
export function parseBase(text: string): string | undefined {
  return /^https?:\/\/[^\s?#@]{1,200}$/.test(text) && URL.canParse(text)
    ? text.replace(/\/+$/, '')
    : undefined;
}

/** The keys are not even looked up until the reader asks for the address. */
function renderAsked({ id }: Task, reader: Reader): Html {
  const words = reader.language.admin.task;
  return html`<div class="card">
    <p><code>…/••••••••/••••••••</code></p>
    <p>${words.addressIsKey}</p>
    <div class="acts">
      <form method="post" action="${reader.root}${toTaskPath(id)}/address">
        ${renderToken(reader)}<button class="quiet">${words.showAddress}</button>
      </form>
    </div>
  </div>`;
}

function renderAddress({ id }: Task, reader: Reader, address: TaskAddress | NoAddress): Html {
  const words = reader.language.admin.task;
  if ('problem' in address) return html`<p class="note poor">${words[address.problem]}</p>`;
  const { base, magicKey, taskKey } = address;
  if (magicKey === undefined || taskKey === undefined)
    return html`<p class="note odd">${words.keysHidden}</p>`;
  const url = `${base}/${encodeURIComponent(magicKey)}/${encodeURIComponent(taskKey)}`;
  return html`<div class="card">
    <div class="qr" role="img" aria-label="${words.qrCode}">${trustHtml(renderSVG(url, { border: 0 }))}</div>
    <p><code>${url}</code></p>
    <p>${words.forScript}</p>
    <p><code>curl -sS --fail-with-body -X POST "${url}?wait=50"</code></p>
    <form class="line" method="post" action="${reader.root}${toTaskPath(id)}/address">
      ${renderToken(reader)}<label
        >${words.base} <input name="base" type="url" value="${base}" required /></label
      ><button class="quiet">${words.showWithBase}</button>
    </form>
  </div>`;
}
