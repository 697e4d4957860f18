// The page of a task: its rules, its last runs, and its address on request.
import { renderHours } from '../../values/hours.ts';
import type { Task } from '../../tasks.ts';
import type { AdminDeps, TaskAddress } from './admin-deps.ts';
import { listLabels, renderAddress, renderAsked, type NoAddress } from './address-card.ts';
import { toCommandFacts } from './command-facts.ts';
import { renderLinks, type MadeLink } from './guest-links.ts';
import { renderCardOfNext } from './following.ts';
import { html, renderName } from './html.ts';
import { renderKeys } from './key-rows.ts';
import { findKeyUses } from './key-uses.ts';
import { renderMoment } from './marks.ts';
import type { AdminPage, Reader } from './page.ts';
import { renderFacts } from './run-page.ts';
import { findRuns } from './run-filter.ts';
import { renderRunRow } from './run-rows.ts';
import { renderRounded, renderRun, toTaskPath, renderStop, renderRunner } from './task-parts.ts';

/** How many of its last runs the page of a task shows. */
const shownRuns = 5;

/** `address` is set if the reader has asked for it: the address, or why it cannot be shown; `link` if the reader has asked for a new link. */
export async function toTaskPage(
  task: Task,
  house: Pick<
    AdminDeps,
    'runs' | 'followUps' | 'history' | 'attempts' | 'keys' | 'blocks' | 'links' | 'clock'
  >,
  reader: Reader,
  { address, link }: { readonly address?: TaskAddress | NoAddress; readonly link?: MadeLink } = {},
): Promise<AdminPage> {
  const { runs, followUps, history, keys, blocks, clock } = house;
  const nowMs = clock.wallMs();
  const { magic, tasks } = keys();
  const taskKeys = tasks.get(task.id) ?? [];
  const labels = listLabels(magic, taskKeys, nowMs);
  const uses = await findKeyUses(task.id, house);
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
          [words.runBy, task.runner.kind === 'command' ? undefined : renderRunner(task, language)],
          ...(task.runner.kind === 'command' ? toCommandFacts(task.runner.command, language) : []),
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
      ${renderCardOfNext(followUps.ofTask(task.id), toTaskPath(task.id), reader)}
      <h2>${words.address}</h2>
      ${address === undefined ? renderAsked(task, labels, reader) : renderAddress(task, labels, address, reader)}
      <h2>${admin.keys.title}</h2>
      ${renderKeys(taskKeys, { uses, partners: magic, isMagic: false, isBlocked: blocks.has, back: toTaskPath(task.id), nowMs }, reader)}
      <h2 id="links">${admin.links.title}</h2>
      ${renderLinks(task, house, link, reader)}
      <h2>${words.lastRuns}</h2>
      ${
        records.length === 0
          ? html`<p class="soft">${words.neverStarted}</p>`
          : html`<ul class="rows">
                ${records.map((record) => renderRunRow(record, renderMoment(record.start.at, nowMs, language), reader))}
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
