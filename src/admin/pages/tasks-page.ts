// The first page: the tasks, the active runs, and whether anything is wrong.
import type { Run } from '../../runs/run.ts';
import type { RunView } from '../../runs/run-view.ts';
import type { Task } from '../../tasks.ts';
import { renderCertificateWarnings, renderHealth, renderRestartNeeds } from './health-note.ts';
import type { AdminDeps } from './admin-deps.ts';
import { renderAllNext } from './following.ts';
import { html, renderName, type Html } from './html.ts';
import { renderElapsed, renderMoment, renderRunMark } from './marks.ts';
import type { AdminPage, Reader } from './page.ts';
import { isFailed, listTasks, renderTaskFilter, toTaskQuery, type TaskQuery } from './task-list.ts';
import { renderRounded, renderRun, renderRunner, renderStop, renderTile, toTaskPath } from './task-parts.ts';

/** How many tasks are shown at first: as many as a phone loads again and again without effort. */
const shownTasks = 60;

export function toTasksPage(house: AdminDeps, query: TaskQuery, isAll: boolean, reader: Reader): AdminPage {
  const { tasks, runs, followUps, config, clock } = house;
  const { language } = reader;
  const { admin } = language;
  const live = runs.live().toReversed();
  const all = tasks();
  const found = listTasks(all, runs.last, query, language);
  const shown = isAll ? found : found.slice(0, shownTasks);
  const liveOf = new Map(live.toReversed().map((run) => [run.task.id, run]));
  const cards = shown.map(({ task, last }) =>
    renderCard(task, { last, live: liveOf.get(task.id), reader, nowMs: clock.wallMs() }),
  );
  const failed = found.filter(({ last }) => isFailed(last)).length;
  const counts = [
    ...(found.length === all.length ? [] : [admin.shownOf(found.length, all.length)]),
    ...(failed === 0 ? [] : [admin.counts.failed(failed)]),
  ];
  const none = all.length === 0 ? admin.tasks.empty : admin.tasks.noMatch;
  return {
    title: live.length === 0 ? admin.sections.tasks : admin.runningTitle(admin.sections.tasks, live.length),
    section: '/',
    refreshSeconds: 5,
    query: [toTaskQuery(query), isAll ? 'all' : ''].filter((part) => part !== '').join('&'),
    main: html`<h1>${admin.sections.tasks}</h1>
      ${renderTaskFilter(query, all.length, language)}
      <div data-news>
        ${renderHealth(house, language)}${renderCertificateWarnings(house, language)}
        ${renderRestartNeeds(config(), language)}${renderLive(live, reader)}${renderAllNext(followUps.all(), reader)}
        <h2>${admin.tasks.all} <span class="soft">${counts.join(', ')}</span></h2>
        ${
          cards.length === 0
            ? html`<p class="soft">${none}</p>`
            : html`<ul class="grid">
                ${cards}
              </ul>`
        }
        ${shown.length < found.length ? renderShowAll(query, found.length, reader) : undefined}
      </div>`,
  };
}

function renderShowAll(query: TaskQuery, count: number, { language: { admin } }: Reader): Html {
  const address = `?${[toTaskQuery(query), 'all'].filter((part) => part !== '').join('&')}`;
  return html`<p class="more">
    <a class="button quiet" href="${address}"
      >${admin.tasks.showAll} (${admin.shownOf(count - shownTasks, count)})</a
    >
  </p>`;
}

function renderLive(live: readonly Run[], reader: Reader): Html | undefined {
  if (live.length === 0) return undefined;
  const rows = live.map((run) => {
    const view = run.view();
    return html`<li>
      <div>${renderRunMark(view, reader.language)}</div>
      <div class="what">
        <a href="runs/${view.run}">${renderName(view.name)}</a>
      </div>
      <div class="end">
        ${renderElapsed(view.elapsedMs, false, reader.language)}${renderStop(view.run, view.name, reader)}
      </div>
    </li>`;
  });
  return html`<h2>${reader.language.admin.tasks.live}</h2>
    <ul class="rows">
      ${rows}
    </ul>`;
}

function renderCard(
  task: Task,
  {
    last,
    live,
    reader,
    nowMs,
  }: {
    readonly last: RunView | undefined;
    readonly live: Run | undefined;
    readonly reader: Reader;
    readonly nowMs: number;
  },
): Html {
  const { language } = reader;
  const { admin } = language;
  const outcome =
    last === undefined
      ? html`<p>${admin.tasks.none}</p>`
      : html`<p>
          <a href="runs/${last.run}">${renderRunMark(last, language)}</a>
          ${renderMoment(last.startedAt ?? last.acceptedAt, nowMs, language)}
        </p>`;
  const usual =
    last?.usualMs === undefined
      ? undefined
      : html`<p>${admin.usually(renderRounded(last.usualMs, language))}</p>`;
  return html`<li class="card">
    <div class="head">
      ${renderTile(task, reader.root)}
      <div class="name">
        <h3>
          <a href="${reader.root}${toTaskPath(task.id)}">${renderName(task.name)}</a>
        </h3>
        <p>${renderRunner(task, language)}</p>
      </div>
      <div class="acts">${renderActs(task, live, reader)}</div>
    </div>
    <div class="foot">${outcome}${usual}</div>
  </li>`;
}

/** A button to start the task, unless that would start nothing, and one to stop the active run. */
function renderActs(task: Task, live: Run | undefined, reader: Reader): readonly Html[] {
  const isBusy = live !== undefined && (task.whenBusy === 'join' || task.whenBusy === 'reject');
  return [
    ...(live === undefined ? [] : [renderStop(live.id, task.name, reader)]),
    ...(task.isEnabled && !isBusy ? [renderRun(task, reader)] : []),
    ...(task.isEnabled ? [] : [html`<span class="soft">${reader.language.admin.tasks.off}</span>`]),
  ];
}
