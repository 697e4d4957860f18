// The page of a run, and the page of a refusal: what a phone shows after the tap.
import { renderDuration } from '../duration.ts';
import { renderState, type RunView } from '../runs/run.ts';
import { createPageKind, escapeHtml } from './page.ts';

/** The pages for who has the keys. */
export const runPages = createPageKind(`
.mark{width:4.5rem;height:4.5rem;margin:0 auto 1.25rem;border:.3rem solid;border-radius:50%;display:grid;place-items:center;font-size:2rem;font-weight:700;line-height:1}
.running{color:var(--go)}.succeeded{color:var(--ok)}.failed,.timed-out,.lost{color:var(--bad)}.unconfirmed,.refused,.stopped,.asked,.queued{color:var(--warn)}
.running.mark{border-right-color:transparent;animation:turn 1.2s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
@media(prefers-reduced-motion:reduce){.running.mark{animation:none}}
h1{margin:0;font-size:1.5rem;line-height:1.25}
.state{margin:.25rem 0 0;font-size:1.125rem;font-weight:600}
.note{margin:.75rem 0 0;color:var(--soft)}
pre{margin:1.25rem 0 0;padding:.875rem;max-height:50vh;overflow:auto;text-align:left;white-space:pre-wrap;background:var(--bg);border-radius:.75rem;font:.875rem/1.45 ui-monospace,monospace}
.button{display:inline-block;min-width:8rem;min-height:2.75rem;margin-top:1.5rem;padding:.625rem 1.5rem;border:0;border-radius:.75rem;background:var(--go);color:var(--card);font:inherit;font-weight:600;cursor:pointer}
.quiet{background:none;color:var(--bad);box-shadow:inset 0 0 0 1px var(--line)}
.button:focus-visible{outline:.2rem solid var(--ink);outline-offset:.15rem}
`);

const marks = { succeeded: '✓', failed: '✕', 'timed-out': '✕', stopped: '■', lost: '?', unconfirmed: '?' } as const;

const explanations = {
  lost: 'The NAS or this service was cut off while it ran. Nobody knows how it ended.',
  unconfirmed: 'Started in DSM; its end is not reported.',
  'timed-out': 'It took longer than it may, and was stopped.',
  stopped: 'Somebody stopped it.',
} as const;

/** The page of a run; while the run goes on it loads itself anew. `isJoined` says that the caller's tap did not start it. */
export function renderRunPage(view: RunView, { isJoined }: { readonly isJoined: boolean }): string {
  const { outcome } = view;
  const kind = outcome?.kind ?? view.state;
  const mark = outcome === undefined ? '…' : marks[outcome.kind];
  const state = renderState(view);
  const notes = [
    ...(isJoined ? ['It had been started already; nothing was started a second time.'] : []),
    ...(view.state === 'queued' ? ['It begins when an earlier run has ended.'] : []),
    ...(outcome === undefined || outcome.kind === 'succeeded' || outcome.kind === 'failed' ? [] : [explanations[outcome.kind]]),
    ...(outcome?.reason === undefined ? [] : [outcome.reason]),
    `${hasBegun(view) ? 'Started' : 'Accepted'} ${renderDateAndTime(view.startedAt)}.`,
  ];
  const output =
    view.output === undefined || view.output === '' ? '' : `<pre tabindex="0" aria-label="Output">${escapeHtml(view.output)}</pre>`;
  const stop = view.isStoppable
    ? `<form method="post" action="/runs/${view.run}/stop"><button class="button quiet">Stop</button></form>`
    : '';
  return runPages.render({
    title: `${mark} ${view.name}: ${state}`,
    refreshSeconds: outcome === undefined ? 2 : undefined,
    main: `<div class="mark ${kind}" aria-hidden="true">${kind === 'running' ? '' : mark}</div>
<h1>${escapeHtml(view.name)}</h1><p class="state ${kind}" role="status">${escapeHtml(capitalize(state) + renderTime(view))}</p>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}${output}${stop}`,
  });
}

/** The page that asks before anything is started: one button, which no script presses. */
export function renderQuestionPage(name: string, { nonce, isAgain }: { readonly nonce: string; readonly isAgain: boolean }): string {
  const note = isAgain ? '<p class="note">Nothing was started this time: the button had been pressed before, or was too old.</p>' : '';
  return runPages.render({
    title: `? ${name}: start it?`,
    main: `<div class="mark asked" aria-hidden="true">?</div><h1>${escapeHtml(name)}</h1><p class="state">Start it now?</p>${note}
<form method="post" action="?nonce=${nonce}"><button class="button">Start</button></form>`,
  });
}

function renderTime({ state, outcome, elapsedMs }: RunView): string {
  if (elapsedMs === undefined || state === 'queued') return '';
  if (outcome !== undefined) return ` after ${renderDuration(elapsedMs)}`;
  return elapsedMs < 1000 ? ' for a moment' : ` for ${renderDuration(Math.floor(elapsedMs / 1000) * 1000)}`;
}

/** The page for a call that was understood and refused. */
export function renderRefusalPage(name: string, state: string, sentence: string): string {
  return runPages.render({
    title: `${name}: ${state}`,
    main: `<div class="mark refused" aria-hidden="true">!</div><h1>${escapeHtml(name)}</h1><p class="state refused" role="status">${capitalize(state)}</p><p class="note">${escapeHtml(sentence)}</p>`,
  });
}

/** Whether the work has begun for certain: not while a run waits, nor where it came to nothing. */
function hasBegun({ state, outcome }: RunView): boolean {
  if (outcome?.kind !== 'failed' && outcome?.kind !== 'stopped') return state !== 'queued';
  return outcome.exitCode !== undefined || outcome.signal !== undefined;
}

/** Date and time of the NAS, as `2026-11-21 23:05:07`. */
function renderDateAndTime(iso: string): string {
  const date = new Date(iso);
  return `${date.toLocaleDateString('sv')} ${date.toLocaleTimeString('sv')}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
