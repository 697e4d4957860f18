// The receivers of notices on the system page: what became of the last notice, and a button that sends a test.
import type { Delivery } from '../../notify/delivery.ts';
import type { ReceiverState } from '../../notify/notifier.ts';
import { html, type Html } from './html.ts';
import { renderMark, renderMoment } from './marks.ts';
import { renderToken, type Reader } from './page.ts';

export function renderReceivers(states: readonly ReceiverState[], nowMs: number, reader: Reader): Html {
  const { system: words } = reader.language.admin;
  if (states.length === 0) return html`<p class="soft">${words.noReceivers}</p>`;
  const rows = states.map(
    ({ name, last }, i) =>
      html`<li>
        <div>
          ${last === undefined ? renderMark('still', words.nothingSent) : renderDeliveryMark(last.delivery, reader)}
        </div>
        <div class="what">
          ${name}
          ${
            last === undefined
              ? undefined
              : html`<span class="soft"
                  >${renderMoment(last.at, nowMs, reader.language)} ${toDetail(last.delivery)}</span
                >`
          }
        </div>
        <div class="end">
          <form method="post" action="${reader.root}system/notices/${i}/test">
            ${renderToken(reader)}<button aria-label="${words.sendTest}: ${name}">${words.sendTest}</button>
          </form>
        </div>
      </li>`,
  );
  return html`<ul class="rows">
    ${rows}
  </ul>`;
}

function renderDeliveryMark(delivery: Delivery, { language: { admin } }: Reader): Html {
  if (delivery.code !== 'delivered') return renderMark('poor', admin.failedNotices[delivery.code]);
  return delivery.isConfirmed
    ? renderMark('good', admin.system.arrived)
    : renderMark('odd', admin.system.answered);
}

/** What is the same in every language: the status, the system's code, the receiver's own words. */
function toDetail(delivery: Delivery): string {
  return [
    'status' in delivery ? `HTTP ${delivery.status}` : '',
    'systemCode' in delivery ? delivery.systemCode : '',
    'said' in delivery ? (delivery.said ?? '') : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
