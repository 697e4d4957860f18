// The phone's pages: one layout for everything that is shown of a task, and its style.
import type { Icon } from '../../icon.ts';
import type { Language, Standing } from '../../languages/language.ts';
import { outputStyle } from '../../listener/output-html.ts';
import { createPageKind, escapeHtml } from '../../listener/page.ts';

/** The style that the pages share. */
export const phoneStyle = `
:root{color-scheme:light dark;--bg:#f1f3f6;--card:#fff;--ink:#18212c;--soft:#556070;--line:#e2e6eb;--go:#1b5fc1;--ok:#14713f;--bad:#b3261e;--warn:#855500}
@media(prefers-color-scheme:dark){:root{--bg:#0f1318;--card:#191f27;--ink:#e9edf2;--soft:#a3aebb;--line:#2e3641;--go:#84b2ff;--ok:#6cd49d;--bad:#ff9d93;--warn:#efc160}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:1rem;background:var(--bg);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}
main{position:relative;width:100%;max-width:26rem;padding:2.5rem min(1.5rem,6vw) 1.5rem;background:var(--card);border-radius:1.75rem;box-shadow:0 1px 2px #0001,0 .5rem 2rem #0000000d;text-align:center;overflow-wrap:anywhere}
.go{--hue:var(--go)}.ok{--hue:var(--ok)}.bad{--hue:var(--bad)}.warn{--hue:var(--warn)}
.mark{position:relative;width:min(7rem,100%);aspect-ratio:1;margin:0 auto 1.5rem;border-radius:50%;display:grid;place-items:center;color:var(--hue);background:var(--bg);background:color-mix(in srgb,var(--hue) 11%,var(--card));font-size:3.5rem;line-height:1}
svg{fill:none;stroke:currentColor;stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
.mark>svg{width:3.5rem}
.mark>.ring{position:absolute;inset:0;width:100%;stroke-width:4}
.turn{transform-origin:center;animation:turn 2s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
.mark>.badge{position:absolute;right:-.25rem;bottom:-.25rem;width:2.5rem;padding:.3125rem;border:.2rem solid var(--card);border-radius:50%;background:var(--hue);color:var(--card);stroke-width:3}
h1,p{text-wrap:balance}
h1{margin:0;font-size:1.5rem;line-height:1.25;letter-spacing:-.01em}
.state{margin:.375rem 0 0;font-size:1.125rem;font-weight:600;color:var(--hue)}
.question{font-size:1.25rem;font-weight:400;line-height:1.35;color:var(--ink)}
.note{margin:.75rem 0 0;color:var(--soft)}
.about{margin-top:1.5rem;font-size:.9375rem}
dl{margin:1.5rem 0 0;text-align:left}
dl div{display:flex;justify-content:space-between;gap:1rem;padding:.625rem 0;border-top:1px solid var(--line)}
dt{color:var(--soft)}
dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}
pre{margin:.875rem 0 0;padding:.875rem 1rem;max-height:45vh;overflow:auto;text-align:left;white-space:pre-wrap;background:var(--bg);border-radius:.875rem;font:.8125rem/1.5 ui-monospace,monospace}
button{display:block;width:100%;min-height:3.25rem;margin-top:1.5rem;padding:.75rem 1.5rem;border:0;border-radius:1rem;background:var(--go);color:var(--card);font:inherit;font-weight:600;cursor:pointer}
.quiet{background:none;color:var(--bad);box-shadow:inset 0 0 0 1px var(--line)}
.then{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:.75rem}
.then button{flex:1 1 auto;width:auto;min-height:2.75rem;white-space:nowrap;margin:0;padding:.5rem;border-radius:.75rem;font-size:.9375rem;background:none;color:var(--go);box-shadow:inset 0 0 0 1px var(--line)}
:focus-visible{outline:.1875rem solid var(--go);outline-offset:.1875rem}
.hold{position:absolute;top:.5rem;left:50%;transform:translate(-50%,-200vh);padding:.75rem 1rem;color:var(--go)}
.hold:focus{transform:translate(-50%)}
@media(prefers-reduced-motion:reduce){.turn{animation:none}}
`;

/** The pages for callers with the keys. */
export const phonePages = createPageKind(phoneStyle);
/** The same with output; most pages have none, and are smaller without its style. */
export const outputPages = createPageKind(`${phoneStyle}${outputStyle}`);

/** The colour of the browser around a page. */
export const themeColors =
  '<meta name="theme-color" content="#f1f3f6" media="(prefers-color-scheme:light)"><meta name="theme-color" content="#0f1318" media="(prefers-color-scheme:dark)">';

/** The task that a page is about. */
export interface Shown {
  readonly name: string;
  readonly icon: Icon | undefined;
}

/** The content of a page: the task's standing, as a word for the title and as a line, and the rest as HTML. */
interface PhonePage {
  readonly language: Language;
  readonly shown: Shown;
  readonly standing: Standing | 'asked' | 'refused';
  readonly state: string;
  readonly rest: string;
  /** Links in the head that let browsers put the page on a home screen. */
  readonly homeLinks?: string | undefined;
  readonly hasOutput?: boolean;
}

/** For each standing: its colour, its sign in the title of a tab, and its sign as the path of an SVG. */
export const signs = {
  asked: { hue: 'go', mark: '?', path: 'M8.5 9.2a3.5 3.5 0 1 1 5.4 3c-1.2.8-1.9 1.4-1.9 2.6M12 18.5h0' },
  queued: { hue: 'warn', mark: '…', path: 'M12 6.5V12l3.5 2.5' },
  running: { hue: 'go', mark: '…', path: 'M7 12h0M12 12h0M17 12h0' },
  succeeded: { hue: 'ok', mark: '✓', path: 'M6 12.5l4 4 8-9' },
  failed: { hue: 'bad', mark: '✕', path: 'M7 7l10 10M17 7L7 17' },
  'timed-out': { hue: 'bad', mark: '✕', path: 'M7 7l10 10M17 7L7 17' },
  stopped: { hue: 'warn', mark: '■', path: 'M9 9h6v6H9zM12 10.5v3' },
  lost: { hue: 'bad', mark: '?', path: 'M8.5 9.2a3.5 3.5 0 1 1 5.4 3c-1.2.8-1.9 1.4-1.9 2.6M12 18.5h0' },
  unconfirmed: {
    hue: 'warn',
    mark: '?',
    path: 'M8.5 9.2a3.5 3.5 0 1 1 5.4 3c-1.2.8-1.9 1.4-1.9 2.6M12 18.5h0',
  },
  refused: { hue: 'warn', mark: '!', path: 'M12 5.5v8M12 18.5h0' },
} as const;

/** A complete page of the phone. */
export function renderPhonePage({
  language,
  shown: { name, icon },
  standing,
  state,
  rest,
  homeLinks = '',
  hasOutput = false,
}: PhonePage): string {
  const { hue, mark } = signs[standing];
  const emoji = icon?.kind === 'emoji' ? icon.emoji : undefined;
  const favicon =
    emoji === undefined
      ? ','
      : `image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 99 99'><text y='.9em' font-size='80'>${emoji}</text></svg>`;
  return (hasOutput ? outputPages : phonePages).render({
    title: `${mark} ${name}: ${language.states[standing]}`,
    lang: language.tag,
    head: `${themeColors}<link rel="icon" href="data:${favicon}">${homeLinks}`,
    main: `<div class="mark ${hue}" aria-hidden="true">${renderMark(standing, emoji)}</div>
<h1>${escapeHtml(name)}</h1><p class="state ${standing === 'asked' ? 'question' : hue}" role="status">${escapeHtml(state)}</p>${rest}`,
  });
}

/** The task's emoji with a sign at its edge, or the sign alone, in a ring. */
function renderMark(standing: PhonePage['standing'], emoji: string | undefined): string {
  const sign = `<path d="${signs[standing].path}"/></svg>`;
  const circle = '<circle cx="56" cy="56" r="54"';
  const arc = standing === 'running' ? `${circle} class="turn" stroke-dasharray="90 999"/>` : '';
  const ring = `<svg class="ring" viewBox="0 0 112 112">${circle} opacity=".2"/>${arc}</svg>`;
  if (emoji === undefined) return `${ring}<svg viewBox="0 0 24 24">${sign}`;
  return `${ring}${emoji}${standing === 'running' || standing === 'asked' ? '' : `<svg class="badge" viewBox="0 0 24 24">${sign}`}`;
}

/** A sentence as a paragraph. */
export function renderNote(text: string): string {
  return `<p class="note">${escapeHtml(text)}</p>`;
}

/** A form with one button, which posts to an address. */
export function renderButton(action: string, text: string, isQuiet = false): string {
  return `<form method="post" action="${escapeHtml(action)}"><button${isQuiet ? ' class="quiet"' : ''}>${escapeHtml(text)}</button></form>`;
}

/** A text with its first letter capitalised. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
