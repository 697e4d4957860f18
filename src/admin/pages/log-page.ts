// The last lines of the log, the newest first.
import { listDetails, type LogLine } from '../../log/tail.ts';
import { toOneLine } from '../../untrusted-text.ts';
import type { AdminDeps } from './admin-deps.ts';
import { html, type Html } from './html.ts';
import { renderDateAndTime } from './marks.ts';
import type { AdminPage, Reader } from './page.ts';

const [warning, error] = [40, 50];
const lengths = [100, 500, 2000] as const;
const kinds = ['usual', 'warnings', 'all'] as const;

/** What the page is asked for. */
export interface LogQuery {
  readonly lines: (typeof lengths)[number];
  readonly show: (typeof kinds)[number];
}

/** Reads a query; what is missing or unknown has its usual value. */
export function parseLogQuery(search: URLSearchParams): LogQuery {
  return {
    lines: lengths.find((length) => String(length) === search.get('lines')) ?? lengths[0],
    show: kinds.find((kind) => kind === search.get('show')) ?? kinds[0],
  };
}

export async function toLogPage(
  query: LogQuery,
  { readLog }: Pick<AdminDeps, 'readLog'>,
  { language }: Reader,
): Promise<AdminPage> {
  const { log: words } = language.admin;
  const lines = await readLog({ limit: query.lines, fits: (line) => isWanted(line, query) });
  return {
    title: words.title,
    section: '/system',
    main: html`<h1>${words.title}</h1>
      <form class="filter" method="get" action="log">
        ${renderChoice('show', words.show, kinds, query.show, (kind) => words[kind])}${renderChoice('lines', words.lines, lengths, query.lines, String)}<button
          class="quiet"
        >
          ${words.button}
        </button>
      </form>
      ${
        lines.length === 0
          ? html`<p class="soft">${words.empty}</p>`
          : html`<ol class="log" lang="en">
              ${lines.map(renderLine)}
            </ol>`
      }`,
  };
}

function isWanted({ level, event }: LogLine, { show }: LogQuery): boolean {
  if (show === 'all') return true;
  return show === 'warnings' ? level >= warning : event !== 'refused' && event !== 'flood';
}

function renderLine(line: LogLine): Html {
  const { time, level, msg } = line;
  const tone = level >= error ? 'poor' : level >= warning ? 'odd' : '';
  return html`<li class="${tone}">
    <time datetime="${time}">${renderDateAndTime(time)}</time> <span>${toOneLine(msg)}</span>
    ${listDetails(line).map((detail) => html`<p>${toOneLine(detail)}</p>`)}
  </li>`;
}

function renderChoice<T extends string | number>(
  name: string,
  label: string,
  values: readonly T[],
  chosen: T,
  toWords: (value: T) => string,
): Html {
  return html`<label
    >${label}<select name="${name}">
      ${values.map(
        (value) =>
          html`<option value="${value}" ${value === chosen ? html` selected` : undefined}>
            ${toWords(value)}
          </option>`,
      )}
    </select></label
  >`;
}
