// The first page: the tasks, the active runs, and whether anything is wrong.
import path from 'node:path';
import { roundDuration } from '../../values/duration.ts';
import type { Language } from '../../languages/language.ts';
import type { Run } from '../../runs/run.ts';
import type { RunView } from '../../runs/run-view.ts';
import type { Task } from '../../tasks.ts';
import { renderHealth } from './health-note.ts';
import type { AdminDeps } from './admin-deps.ts';
import { html, type Html } from './html.ts';
import { renderElapsed, renderMoment, renderRunMark } from './marks.ts';
import { renderToken, type AdminPage, type Reader } from './page.ts';

export function toTasksPage(house: AdminDeps, reader: Reader): AdminPage {
  const { tasks, runs, clock } = house;
  const { admin } = reader.language;
  const live = runs.live().toReversed();
  const cards = tasks().map((task) =>
    renderCard(task, {
      last: runs.last(task.id),
      live: live.find((run) => run.task.id === task.id),
      reader,
      nowMs: clock.wallMs(),
    }),
  );
  const none = html`<p class="soft">${admin.tasks.empty}</p>`;
  return {
    title: live.length === 0 ? admin.sections.tasks : admin.runningTitle(admin.sections.tasks, live.length),
    section: '/',
    refreshSeconds: 5,
    main: html`<h1>${admin.sections.tasks}</h1>
      <div data-news>
        ${renderHealth(house, reader.language)}${renderLive(live, reader)}
        <h2>${admin.tasks.all}</h2>
        ${
          cards.length === 0
            ? none
            : html`<ul class="grid">
                ${cards}
              </ul>`
        }
      </div>`,
  };
}

function renderLive(live: readonly Run[], reader: Reader): Html | undefined {
  if (live.length === 0) return undefined;
  const rows = live.map((run) => {
    const view = run.view();
    return html`<li>
      <div>${renderRunMark(view, reader.language)}</div>
      <div class="what"><a href="runs/${view.run}">${view.name}</a></div>
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
      ? html`<p>${admin.tasks.never}</p>`
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
      ${renderTile(task)}
      <div class="name">
        <h3><a href="${reader.root}${toTaskPath(task.id)}">${task.name}</a></h3>
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

/** A duration, rounded for people. */
export function renderRounded(ms: number, { duration }: Language): string {
  return duration(roundDuration(ms));
}

/** The button that starts a task. */
export function renderRun(
  { id, name }: Pick<Task, 'id' | 'name'>,
  reader: Reader,
  words = reader.language.admin.tasks.run,
): Html {
  return html`<form method="post" action="${reader.root}${toTaskPath(id)}/run">
    ${renderToken(reader)}<button aria-label="${words} ${name}">${words}</button>
  </form>`;
}

/** The button that stops a run. */
export function renderStop(run: string, name: string, reader: Reader): Html {
  const { stop } = reader.language.admin.tasks;
  return html`<form method="post" action="${reader.root}runs/${run}/stop">
    ${renderToken(reader)}<button class="stop" aria-label="${stop} ${name}">${stop}</button>
  </form>`;
}

/** The symbol of a task: its emoji, or else its first letter. */
function renderTile({ name, icon }: Pick<Task, 'name' | 'icon'>): Html {
  return html`<span class="tile" aria-hidden="true"
    >${icon?.kind === 'emoji' ? icon.emoji : Array.from(name)[0]?.toUpperCase()}</span
  >`;
}

/** The page of a task, as seen from the root. */
export function toTaskPath(id: string): string {
  return `tasks/${encodeURIComponent(id)}`;
}

/** How a task is run, in a few words; for a command only the program, because its arguments may contain anything. */
export function renderRunner({ runner }: Pick<Task, 'runner'>, { admin }: Language): string {
  switch (runner.kind) {
    case 'command':
      return path.basename(runner.command.argv[0] ?? '');
    case 'dsm': {
      const where = runner.nas === '' ? 'DSM' : runner.nas;
      return runner.task.kind === 'scheduled'
        ? admin.scheduled(runner.task.id, where)
        : admin.triggered(where);
    }
    default:
      return runner satisfies never;
  }
}
