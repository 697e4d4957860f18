// Output as HTML, for the pages of both listeners: as a terminal shows it, in colours that can be read on light and dark pages.
import { toLines } from '../terminal-text/terminal.ts';
import type { Line, Span } from '../terminal-text/row.ts';
import { escapeHtml } from './page.ts';

/**
 * The style of `renderOutput`, to stand in a page's own style, because the policy of our pages allows no style in elements. The box
 * begins at its bottom, so that a browser shows the end first and stays there when lines are added. Lines break where the box
 * ends, as in a narrow terminal, so that a progress bar keeps its shape. Each colour has a contrast
 * of at least 4.5 to `--bg` and `--card`, in front and behind.
 */
export const outputStyle = `
pre{display:flex;flex-direction:column-reverse}
samp{font:inherit;background:inherit;white-space:break-spaces;--hue:var(--ink)}
samp span{color:var(--hue)}
samp .fill{color:var(--bg);background:var(--hue)}
.c1{--hue:#a21a1b}.c2{--hue:#046a2f}.c3{--hue:#755002}.c4{--hue:#1251b4}.c5{--hue:#86248d}.c6{--hue:#0d646c}.c8{--hue:var(--soft)}
.c9{--hue:#bc3732}.c10{--hue:#1b7b3c}.c11{--hue:#906405}.c12{--hue:#2a68ce}.c13{--hue:#9e3ea5}.c14{--hue:#007781}
@media(prefers-color-scheme:dark){.c1{--hue:#fd7468}.c2{--hue:#62bb78}.c3{--hue:#ca9c4e}.c4{--hue:#6da4ff}.c5{--hue:#db78e2}.c6{--hue:#48b7c2}.c9{--hue:#febab2}.c10{--hue:#8ce6a0}.c11{--hue:#f5c578}.c12{--hue:#b3cffc}.c13{--hue:#faaefe}.c14{--hue:#76e1ed}}
.bold{font-weight:700}.italic{font-style:italic}.under{text-decoration:underline}.struck{text-decoration:line-through}
`;

/** A box with output; `label` is its name, and `role` is `log` if lines are added to it. */
export function renderOutputBox(lines: string, label: string, role: 'region' | 'log'): string {
  return `<pre tabindex="0" role="${role}" aria-label="${escapeHtml(label)}"><samp>${lines}</samp></pre>`;
}

let last = { output: '', html: '' };

/**
 * A whole output as HTML; without control sequences it is the same text, but for blanks at the end of lines. The last one is kept,
 * because 64 KiB take up to 35 ms, and the page of one run may be asked for by many.
 */
export function renderOutput(output: string): string {
  if (last.output !== output) last = { output, html: renderLines(toLines(output), true).join('') };
  return last.html;
}

/** Each line as HTML, with its line end; the last of all lines has none. */
export function renderLines(lines: readonly Line[], isToEnd: boolean): string[] {
  return lines.map(({ spans, isCut }, at) => {
    const isLast = isToEnd && at === lines.length - 1;
    return spans.map(renderSpan).join('') + (isCut || isLast ? '' : '\n');
  });
}

function renderSpan({ text, style }: Span): string {
  return style === '' ? escapeHtml(text) : `<span class="${style}">${escapeHtml(text)}</span>`;
}
