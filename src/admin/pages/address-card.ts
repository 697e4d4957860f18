// The address of a task on its page: hidden until the reader asks for it, with a choice of whose keys it contains.
import { renderSVG } from 'uqr';
import type { GivenKey } from '../../entry/gate.ts';
import type { Task } from '../../tasks.ts';
import type { TaskAddress } from './admin-deps.ts';
import { renderCopy } from './copy.ts';
import { html, trustHtml, type Html } from './html.ts';
import { renderToken, type Reader } from './page.ts';
import { toTaskPath } from './task-parts.ts';

/** Why an address cannot be shown. */
export interface NoAddress {
  readonly problem: 'gone' | 'configUnreadable' | 'keysHidden';
}

/** What the reader asked for. */
export interface AddressWish {
  /** The address of the daemon as callers see it; undefined for the usual one. */
  readonly base: string | undefined;
  /** The labels of the keys, as the history has them; undefined for the first keys. */
  readonly label: string | undefined;
}

/** The labels under which calls with these keys are recorded, each once; '' for keys without labels. */
export function listLabels(
  magic: readonly Pick<GivenKey, 'label' | 'expiresAtMs'>[],
  task: readonly Pick<GivenKey, 'label' | 'expiresAtMs'>[],
  nowMs: number,
): readonly string[] {
  const [magicKeys, taskKeys] = [magic, task].map((keys) =>
    keys.filter(({ expiresAtMs = Infinity }) => expiresAtMs > nowMs),
  );
  const labels = (magicKeys ?? []).flatMap((one) =>
    (taskKeys ?? []).map((other) => joinLabels([one, other].flatMap(({ label }) => label ?? []))),
  );
  return [...new Set(labels)];
}

/** Several labels as the history has them. */
export function joinLabels(labels: readonly string[]): string {
  return labels.join(' + ');
}

/** The keys are not even looked up until the reader asks for the address. */
export function renderAsked({ id }: Task, labels: readonly string[], reader: Reader): Html {
  const words = reader.language.admin.task;
  return html`<div class="card">
    <p><code>…/••••••••/••••••••</code></p>
    <p>${words.addressIsKey}</p>
    <form class="line" method="post" action="${reader.root}${toTaskPath(id)}/address">
      ${renderToken(reader)}${renderChoice(labels, undefined, reader)}<button class="quiet">
        ${words.showAddress}
      </button>
    </form>
  </div>`;
}

export function renderAddress(
  { id }: Task,
  labels: readonly string[],
  address: TaskAddress | NoAddress,
  reader: Reader,
): Html {
  const { language, root } = reader;
  const words = language.admin.task;
  if ('problem' in address) return html`<p class="note odd">${words[address.problem]}</p>`;
  const { base, label, magicKey, taskKey } = address;
  const url = `${base}/${encodeURIComponent(magicKey)}/${encodeURIComponent(taskKey)}`;
  const curl = `curl -sS --fail-with-body -X POST "${url}?wait=50"`;
  return html`<div class="card">
    <div class="qr" role="img" aria-label="${words.qrCode}">
      ${trustHtml(renderSVG(`${url}/home`, { border: 0 }))}
    </div>
    <p>${words.qrHome}</p>
    ${renderCode(words.startAddress, url, reader)}${renderCode(words.homeAddress, `${url}/home`, reader)}${renderCode(words.forScript, curl, reader)}
    <form class="line" method="post" action="${root}${toTaskPath(id)}/address">
      ${renderToken(reader)}${renderChoice(labels, label, reader)}<label
        >${words.base} <input name="base" type="url" value="${base}" required /></label
      ><button class="quiet">${words.showWithBase}</button>
    </form>
  </div>`;
}

function renderCode(what: string, text: string, { language }: Reader): Html {
  return html`<p>${what}</p>
    <p class="code"><code>${text}</code> ${renderCopy(text, what, language)}</p>`;
}

/** The choice of whose keys are shown, if there is one. */
function renderChoice(
  labels: readonly string[],
  chosen: string | undefined,
  { language: { admin } }: Reader,
): Html | undefined {
  if (labels.length < 2) return undefined;
  return html`<label
    >${admin.task.addressFor}<select name="for">
      ${labels.map(
        (label) =>
          html`<option value="${label}" ${label === chosen ? html` selected` : undefined}>
            ${label === '' ? admin.keys.noLabel : label}
          </option>`,
      )}
    </select></label
  >`;
}
