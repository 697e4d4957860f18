// Runs as rows of a list.
import type { RunRecord } from '../history/records.ts';
import { html, type Html } from './html.ts';
import { renderElapsed, renderMoment, renderRecordMark } from './marks.ts';

/** A run in one row: how it ended, of what, for whom, when. */
export function renderRunRow(record: RunRecord, nowMs: number): Html {
  const { start, end } = record;
  const who = start.label === undefined ? start.address : `${start.label}, ${start.address}`;
  return html`<li>
    <div>${renderRecordMark(record)}</div>
    <div class="what"><a href="/runs/${start.run}">${start.name}</a> <span class="soft">${who}</span></div>
    <div class="end">${renderElapsed(end?.durationMs, true)} ${renderMoment(start.at, nowMs)}</div>
  </li>`;
}
