// The page of a run, and the page of a refusal: what a phone shows after the tap.
import { renderDuration } from '../duration.ts';
import { renderState, type RunView } from '../run.ts';
import { createPageKind, escapeHtml } from './page.ts';

/** The pages for who has the keys. */
export const runPages = createPageKind(`
.mark{width:4.5rem;height:4.5rem;margin:0 auto 1.25rem;border:.3rem solid;border-radius:50%;display:grid;place-items:center;font-size:2rem;font-weight:700;line-height:1}
.running{color:var(--go)}.succeeded{color:var(--ok)}.failed,.timed-out,.lost{color:var(--bad)}.unconfirmed,.refused{color:var(--warn)}
.running.mark{border-right-color:transparent;animation:turn 1.2s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
@media(prefers-reduced-motion:reduce){.running.mark{animation:none}}
h1{margin:0;font-size:1.5rem;line-height:1.25}
.state{margin:.25rem 0 0;font-size:1.125rem;font-weight:600}
.note{margin:.75rem 0 0;color:var(--soft)}
pre{margin:1.25rem 0 0;padding:.875rem;max-height:50vh;overflow:auto;text-align:left;white-space:pre-wrap;background:var(--bg);border-radius:.75rem;font:.875rem/1.45 ui-monospace,monospace}
`);

const marks = { succeeded: '✓', failed: '✕', 'timed-out': '✕', lost: '?', unconfirmed: '?' } as const;

const explanations = {
  lost: 'The NAS or this service was cut off while it ran. Nobody knows how it ended.',
  unconfirmed: 'Started in DSM; its end is not reported.',
  'timed-out': 'It took longer than it may, and was stopped.',
} as const;

/** The page of a run; while the run goes on it loads itself anew. `isJoined` says that the caller's tap did not start it. */
export function renderRunPage(view: RunView, { isJoined }: { readonly isJoined: boolean }): string {
  const { outcome, elapsedMs } = view;
  const kind = outcome?.kind ?? 'running';
  const time =
    elapsedMs === undefined
      ? ''
      : outcome === undefined
        ? ` for ${renderDuration(Math.floor(elapsedMs / 1000) * 1000).replace(/^0 ms$/, 'a moment')}`
        : ` after ${renderDuration(elapsedMs)}`;
  const state = renderState(view);
  const notes = [
    ...(isJoined ? ['It had been started already; nothing was started a second time.'] : []),
    ...(outcome === undefined || outcome.kind === 'succeeded' || outcome.kind === 'failed' ? [] : [explanations[outcome.kind]]),
    ...(outcome?.reason === undefined ? [] : [outcome.reason]),
    `Started ${renderStartTime(view.startedAt)}.`,
  ];
  const output =
    view.output === undefined || view.output === '' ? '' : `<pre tabindex="0" aria-label="Output">${escapeHtml(view.output)}</pre>`;
  return runPages.render({
    title: `${outcome === undefined ? '…' : marks[outcome.kind]} ${view.name}: ${state}`,
    refreshSeconds: outcome === undefined ? 2 : undefined,
    main: `<div class="mark ${kind}" aria-hidden="true">${outcome === undefined ? '' : marks[outcome.kind]}</div>
<h1>${escapeHtml(view.name)}</h1><p class="state ${kind}" role="status">${escapeHtml(capitalize(state) + time)}</p>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}${output}`,
  });
}

/** The page for a call that was understood and refused. */
export function renderRefusalPage(name: string, sentence: string): string {
  return runPages.render({
    title: `${name}: not started`,
    main: `<div class="mark refused" aria-hidden="true">!</div><h1>${escapeHtml(name)}</h1><p class="state refused" role="status">Not started</p><p class="note">${escapeHtml(sentence)}</p>`,
  });
}

/** Date and time of the NAS, as `2026-11-21 23:05:07`. */
function renderStartTime(iso: string): string {
  const date = new Date(iso);
  return `${date.toLocaleDateString('sv')} ${date.toLocaleTimeString('sv')}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
