// What all pages share: the frame, the style, and the headers that keep a page to itself.
import { hash } from 'node:crypto';

const frameStyle = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#1c2430;--soft:#5b6675;--line:#e1e5ea;--go:#1d63c9;--ok:#17794a;--bad:#b3261e;--warn:#8a5a00}
@media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--ink:#e9edf2;--soft:#a3aebb;--line:#303844;--go:#7fb0ff;--ok:#6fd3a0;--bad:#ff9c92;--warn:#f0c265}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:1.25rem;background:var(--bg);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:26rem;padding:2rem 1.5rem;background:var(--card);border:1px solid var(--line);border-radius:1.25rem;text-align:center;overflow-wrap:anywhere}
`;

/** Pages of one look: the headers that go with them, in their order, and the function that renders one. */
export interface PageKind {
  /** Nothing is stored, nothing is told to other sites, nothing is loaded or framed. */
  readonly headers: readonly (readonly [string, string])[];
  /** A whole page. `title` is text, `main` is HTML; with `refreshSeconds` the page loads itself anew after that time. */
  render(page: { readonly title: string; readonly main: string; readonly refreshSeconds?: number | undefined }): string;
}

/** Pages in the common frame, with more style where they need it. */
export function createPageKind(moreStyle = ''): PageKind {
  const style = (frameStyle + moreStyle).replaceAll('\n', '');
  return {
    headers: [
      ['Cache-Control', 'no-store'],
      ['Referrer-Policy', 'no-referrer'],
      ['X-Robots-Tag', 'noindex, nofollow'],
      ['X-Content-Type-Options', 'nosniff'],
      [
        'Content-Security-Policy',
        `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      ],
    ],
    render({ title, main, refreshSeconds }) {
      const refresh = refreshSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${refreshSeconds}">`;
      return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">${refresh}
<title>${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head>
<body><main>${main}</main></body></html>
`;
    },
  };
}

/** Text as HTML: inert in elements and quoted attributes; control characters, but for line ends and tabs, are made visible. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\u{fffd}');
}
