// The frame of the admin pages: head, navigation, and the headers that go with them.
import { createPageKind } from '../http/page.ts';
import { html, type Html } from './html.ts';
import { adminScript } from './script.ts';
import { adminStyle, frameStyle, signInStyle } from './style.ts';

const adminPages = createPageKind(frameStyle + adminStyle, adminScript);
const signInPages = createPageKind(frameStyle + signInStyle);

const sections = [
  { path: '/', name: 'Tasks' },
  { path: '/history', name: 'History' },
  { path: '/strangers', name: 'Strangers' },
  { path: '/system', name: 'System' },
] as const;
export type Section = (typeof sections)[number]['path'];

/** For whom a page is made. */
export interface Reader {
  readonly user: string;
  /** Belongs into each form, as the field `csrf`. */
  readonly csrfToken: string;
  /** Whether the gate knows a sign-out. */
  readonly canSignOut: boolean;
}

/** A page of the admin. */
export interface AdminPage {
  readonly title: string;
  readonly section: Section | undefined;
  readonly main: Html;
  readonly refreshSeconds?: number | undefined;
}

/**
 * The headers of admin pages. The referrer goes to our own forms: with `no-referrer` a browser would send them with
 * `Origin: null` (Fetch, "append a request Origin header"), which could be anybody's.
 */
export const adminHeaders = toOwnHeaders(adminPages.headers);
export const signInHeaders = toOwnHeaders(signInPages.headers);

function toOwnHeaders(headers: typeof adminPages.headers): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(headers), 'Referrer-Policy': 'same-origin', 'Cross-Origin-Opener-Policy': 'same-origin' };
}

/** A whole page in the frame. */
export function renderAdminPage({ title, section, main, refreshSeconds }: AdminPage, reader: Reader): string {
  const links = sections.map(
    ({ path, name }) => html`<a href="${path}" ${path === section ? html` aria-current="page"` : undefined}>${name}</a>`,
  );
  const signOut = reader.canSignOut
    ? html`<form method="post" action="/sign-out">${renderToken(reader)}<button class="quiet">Sign out</button></form>`
    : undefined;
  return adminPages.render({
    title: `${title} · remotetask`,
    head: `<link rel="icon" href="data:,">${renderRefresh(refreshSeconds)}`,
    header: html`<header>
      <div class="top">
        <a class="home" href="/">remotetask</a>
        <div class="who"><span>${reader.user}</span>${signOut}</div>
      </div>
      <div class="top"><nav aria-label="Pages">${links}</nav></div>
    </header>`.html,
    main: main.html,
  });
}

/** Where scripts do not run, the page loads itself anew. */
function renderRefresh(seconds: number | undefined): string {
  return seconds === undefined ? '' : `<noscript><meta http-equiv="refresh" content="${seconds}"></noscript>`;
}

/** The field of a form that says that it came from our own page. */
export function renderToken({ csrfToken }: Pick<Reader, 'csrfToken'>): Html {
  return html`<input type="hidden" name="csrf" value="${csrfToken}" />`;
}

/** A whole page with nothing but a card, for who is not signed in. */
export function renderSmallPage(title: string, main: Html): string {
  return signInPages.render({ title: `${title} · remotetask`, main: main.html });
}
