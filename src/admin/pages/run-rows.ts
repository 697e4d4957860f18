// Runs as rows of a list.
import type { RunRecord } from '../../history/records.ts';
import { toRunTimes } from '../../history/run-times.ts';
import { html, renderName, type Html } from './html.ts';
import { renderElapsed, renderRecordMark } from './marks.ts';
import type { Reader } from './page.ts';

/** A run in one row: its outcome, its task, its caller, and its time, as `when` shows it. */
export function renderRunRow(
  record: RunRecord,
  when: Html,
  { language, root }: Pick<Reader, 'language' | 'root'>,
): Html {
  const { start } = record;
  const who = start.label === undefined ? start.address : `${start.label}, ${start.address}`;
  return html`<li>
    <div>${renderRecordMark(record, language)}</div>
    <div class="what">
      <a href="${root}runs/${start.run}">${renderName(start.name)}</a>
      <span class="soft">${renderName(who)}</span>
    </div>
    <div class="end">${renderElapsed(toRunTimes(record).durationMs, true, language)} ${when}</div>
  </li>`;
}
