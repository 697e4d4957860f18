// Which tasks the first page lists, and in which order: those that failed last time come first.
import { foldText } from '../../fold-text.ts';
import type { Language } from '../../languages/language.ts';
import type { Outcome } from '../../outcome.ts';
import type { RunView } from '../../runs/run-view.ts';
import type { Task } from '../../tasks.ts';
import { html, type Html } from './html.ts';

/** Fewer tasks are seen at a glance, without a search. */
const fewTasks = 6;
/** Longer search texts are not useful. */
const maxLength = 100;

export const taskOrders = ['failed', 'recent', 'name', 'config'] as const;
type TaskOrder = (typeof taskOrders)[number];

/** What the page is asked for. */
export interface TaskQuery {
  readonly text: string;
  readonly order: TaskOrder;
}

/** A task, and its last run if one is remembered. */
export interface ListedTask {
  readonly task: Task;
  readonly last: RunView | undefined;
}

/** Reads a query; what is missing or unknown has its usual value. */
export function parseTaskQuery(search: URLSearchParams): TaskQuery {
  const order = search.get('order');
  return {
    text: (search.get('text') ?? '').trim().slice(0, maxLength),
    order: taskOrders.find((one) => one === order) ?? 'failed',
  };
}

/** The query as a part of an address; empty for the usual one. */
export function toTaskQuery({ text, order }: TaskQuery): string {
  return new URLSearchParams({
    ...(text === '' ? {} : { text }),
    ...(order === 'failed' ? {} : { order }),
  }).toString();
}

/** The tasks that have each word of the text in their name, id or program, in order. */
export function listTasks(
  tasks: readonly Task[],
  last: (id: string) => RunView | undefined,
  { text, order }: TaskQuery,
  { tag }: Pick<Language, 'tag'>,
): readonly ListedTask[] {
  const words = foldText(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = tasks
    .filter((task) => {
      const searched = words.length === 0 ? '' : toSearched(task);
      return words.every((word) => searched.includes(word));
    })
    .map((task) => ({ task, last: last(task.id) }));
  return order === 'config' ? found : found.toSorted(toComparison(order, tag));
}

/** Whether the last run of a task failed. */
export function isFailed(last: RunView | undefined): boolean {
  return last?.outcome !== undefined && failures.has(last.outcome.kind);
}

const failures: ReadonlySet<Outcome['kind']> = new Set(['failed', 'timed-out', 'lost']);

function toSearched({ id, name, runner }: Task): string {
  const what =
    runner.kind === 'command'
      ? runner.command.argv.join(' ')
      : `${runner.nas} ${runner.task.kind === 'scheduled' ? runner.task.id : runner.task.name}`;
  return foldText(`${id}\n${name}\n${what}`);
}

function toComparison(order: TaskOrder, tag: string): (a: ListedTask, b: ListedTask) => number {
  const toTime = ({ last }: ListedTask): number => (last === undefined ? 0 : Date.parse(last.acceptedAt));
  const byTime = (a: ListedTask, b: ListedTask): number => toTime(b) - toTime(a);
  if (order === 'recent') return byTime;
  if (order === 'name') {
    const { compare } = new Intl.Collator(tag, { numeric: true });
    return (a, b) => compare(a.task.name, b.task.name);
  }
  return (a, b) => {
    const [isA, isB] = [isFailed(a.last), isFailed(b.last)];
    return isA && isB ? byTime(a, b) : Number(isB) - Number(isA);
  };
}

/** The form for search and order; nothing if the tasks are few, and all of them are shown. */
export function renderTaskFilter(query: TaskQuery, count: number, { admin }: Language): Html | undefined {
  if (count <= fewTasks && toTaskQuery(query) === '') return undefined;
  const { tasks: words, orders } = admin;
  return html`<form class="filter" method="get" role="search">
    <label>${words.search}<input name="text" type="search" value="${query.text}" autocomplete="off" /></label>
    <label
      >${words.order}<select name="order">
        ${taskOrders.map(
          (order) =>
            html`<option value="${order}" ${order === query.order ? html` selected` : undefined}>
              ${orders[order]}
            </option>`,
        )}
      </select></label
    ><button class="quiet">${words.find}</button>
  </form>`;
}
