// The frame of the admin pages: head, navigation, and the headers that go with them.
import { hash } from 'node:crypto';
import { automaticMark } from '../gate/automatic.ts';
import type { Language } from '../../languages/language.ts';
import { html, trustHtml, type Html } from './html.ts';
import { adminScript } from './script.ts';
import { adminStyle, cardStyle } from './style.ts';

const sections = [
  { path: '/', name: 'tasks' },
  { path: '/history', name: 'history' },
  { path: '/strangers', name: 'strangers' },
  { path: '/system', name: 'system' },
] as const;
type Section = (typeof sections)[number]['path'];

/** The admin for whom a page is rendered. */
export interface Reader {
  readonly user: string;
  /** Must be in each form, as the field `csrf`. */
  readonly csrfToken: string;
  /** Whether the gate supports a sign-out. */
  readonly canSignOut: boolean;
  readonly language: Language;
  /** The way from the page to the root of all pages, with a slash at its end. */
  readonly root: string;
}

/** An admin page. */
export interface AdminPage {
  readonly title: string;
  readonly section: Section | undefined;
  readonly main: Html;
  readonly refreshSeconds?: number | undefined;
  /** The query of the page, which a reload by itself keeps; without a question mark. */
  readonly query?: string | undefined;
}

/** The headers of pages in the frame, and of pages with a single card. */
export const adminHeaders = toHeaders(
  `style-src ${toSource(adminStyle)}; script-src ${toSource(adminScript)}; connect-src 'self'`,
);
export const cardHeaders = toHeaders(`style-src ${toSource(cardStyle)}`);

/**
 * The headers forbid storing the page, sending its address to other sites, loading anything, and framing. Our own forms do get the
 * referrer: with `no-referrer` a browser would send them with `Origin: null` (Fetch, "append a request Origin header"), as any site could.
 */
function toHeaders(policy: string): Readonly<Record<string, string>> {
  return {
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'same-origin',
    'X-Robots-Tag': 'noindex, nofollow',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': `default-src 'none'; ${policy}; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    'Cross-Origin-Opener-Policy': 'same-origin',
  };
}

/** The hash by which a policy allows an inline style or script. */
function toSource(text: string): string {
  return `'sha256-${hash('sha256', text, 'base64')}'`;
}

/** A complete page in the frame. */
export function renderAdminPage(
  { title, section, main, refreshSeconds, query = '' }: AdminPage,
  reader: Reader,
): string {
  const { root, language } = reader;
  const { admin, tag } = language;
  const links = sections.map(
    ({ path, name }) =>
      html`<a href="${root}${path.slice(1)}" ${path === section ? html` aria-current="page"` : undefined}
        >${admin.sections[name]}</a
      >`,
  );
  const signOut = reader.canSignOut
    ? html`<form method="post" action="${root}sign-out">
        ${renderToken(reader)}<button class="quiet">${admin.signOut}</button>
      </form>`
    : undefined;
  // A page with a script reloads by the script instead.
  const refresh =
    refreshSeconds === undefined
      ? undefined
      : html`<noscript
          ><meta
            http-equiv="refresh"
            content="${refreshSeconds}; url=?${query === '' ? '' : `${query}&`}${automaticMark}"
        /></noscript>`;
  return renderDocument({
    tag,
    title,
    style: adminStyle,
    head: refresh,
    body: html`<header>
        <div class="top">
          <a class="home" href="${root}">remotetask</a>
          <div class="who"><span>${reader.user}</span>${signOut}</div>
        </div>
        <div class="top"><nav aria-label="${admin.pages}">${links}</nav></div>
      </header>
      <main>${main}</main>
      ${trustHtml(`<script>${adminScript}</script>`)}`,
  });
}

/** The field of a form that proves that it came from our own page. */
export function renderToken({ csrfToken }: Pick<Reader, 'csrfToken'>): Html {
  return html`<input type="hidden" name="csrf" value="${csrfToken}" />`;
}

/** A complete page with a single card, for visitors who are not signed in. */
export function renderCardPage(title: string, main: Html, { tag }: Language): string {
  return renderDocument({ tag, title, style: cardStyle, head: undefined, body: html`<main>${main}</main>` });
}

function renderDocument({
  tag,
  title,
  style,
  head,
  body,
}: {
  readonly tag: string;
  readonly title: string;
  readonly style: string;
  readonly head: Html | undefined;
  readonly body: Html;
}): string {
  return `<!doctype html>
${
  html`<html lang="${tag}">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width,initial-scale=1" />
      ${head}
      <title>${title} · remotetask</title>
      <link rel="icon" href="data:," />
      ${trustHtml(`<style>${style}</style>`)}
    </head>
    <body>
      ${body}
    </body>
  </html>`.html
}
`;
}
