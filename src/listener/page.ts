// What all pages share: the frame, and the headers that keep a page private.
import { hash } from 'node:crypto';

/** A page: `title` is text; `main` and the additions to the head are HTML. */
interface PageParts {
  readonly title: string;
  readonly main: string;
  /** BCP 47. */
  readonly lang?: string;
  readonly head?: string;
}

/** Pages of one style: their headers, in order, and the function that renders one. */
export interface PageKind {
  /** They forbid storing the page, sending its address to other sites, loading anything, and framing. */
  readonly headers: readonly (readonly [string, string])[];
  /** Replaces one of these headers, for a page that shows our pictures or may be put on a home screen. */
  readonly headersWithPictures: Readonly<Record<string, string>>;
  /** Renders a complete page. */
  render(page: PageParts): string;
}

/** Creates the pages of one style. */
export function createPageKind(styleText: string): PageKind {
  const style = styleText.replaceAll('\n', '');
  const toPolicy = (pictures: string): string =>
    `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; img-src ${pictures}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
  return {
    headers: [
      ['Cache-Control', 'no-store'],
      ['Referrer-Policy', 'no-referrer'],
      ['X-Robots-Tag', 'noindex, nofollow'],
      ['X-Content-Type-Options', 'nosniff'],
      ['Content-Security-Policy', toPolicy('data:')],
    ],
    headersWithPictures: { 'Content-Security-Policy': toPolicy("'self' data:; manifest-src 'self'") },
    render: ({ title, main, lang = 'en', head = '<link rel="icon" href="data:,">' }) => `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title>${head}<style>${style}</style></head>
<body><main>${main}</main></body></html>
`,
  };
}

/** Text as HTML: inert in elements and quoted attributes; control characters, except line ends and tabs, are made visible. */
export function escapeHtml(text: string): string {
  // Most texts are plain, and checking that takes a tenth of the time.
  if (/^[\n -!#-%(-;=?-~]*$/.test(text)) return text;
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\u{fffd}');
}
