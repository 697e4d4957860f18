// What the pages show of a task: its symbol, its buttons, and how it is run.
import path from 'node:path';
import { roundDuration } from '../../values/duration.ts';
import type { Language } from '../../languages/language.ts';
import type { Task } from '../../tasks.ts';
import { html, type Html } from './html.ts';
import { renderToken, type Reader } from './page.ts';

/** A duration, rounded for people. */
export function renderRounded(ms: number, { duration }: Language): string {
  return duration(roundDuration(ms));
}

/** The button that starts a task, or leads to a question if the task asks first. */
export function renderRun(
  { id, name, asksFirst }: Pick<Task, 'id' | 'name' | 'asksFirst'>,
  reader: Reader,
  words = reader.language.admin.tasks.run,
): Html {
  if (asksFirst)
    return html`<a class="button" href="${reader.root}${toTaskPath(id)}/run" aria-label="${words} … ${name}"
      >${words} …</a
    >`;
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

/** The symbol of a task: its picture, its emoji, or else its first letter. */
export function renderTile({ id, name, icon }: Pick<Task, 'id' | 'name' | 'icon'>, root: string): Html {
  if (icon?.kind === 'picture')
    return html`<img
      class="tile"
      src="${root}${toTaskPath(id)}/icon.png?${icon.digest.slice(0, 16)}"
      alt=""
      width="44"
      height="44"
      loading="lazy"
    />`;
  return html`<span class="tile" aria-hidden="true"
    >${icon?.kind === 'emoji' ? icon.emoji : Array.from(name.trim())[0]?.toUpperCase()}</span
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
