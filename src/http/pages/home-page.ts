// The page that explains how to put a task on a home screen, and the links that browsers need for it.
import type { Admitted } from '../../entry/gate.ts';
import { toPlacesBelow, type HomePlaces } from './home-parts.ts';
import type { Language } from '../../languages/language.ts';
import { createPageKind, escapeHtml } from '../../listener/page.ts';
import { phoneStyle, renderNote, themeColors } from './phone-page.ts';

const homePages = createPageKind(`${phoneStyle}
.tile{display:block;width:7rem;height:7rem;margin:0 auto 1.5rem}
ul{margin:1.5rem 0 0;padding:0;list-style:none;text-align:left}
li{padding:.75rem 0;border-top:1px solid var(--line)}
b{display:block}
form{position:sticky;bottom:1rem}
@media(max-width:30rem){main{display:flex;flex-direction:column;min-height:calc(100vh - 2rem);min-height:calc(100dvh - 2rem)}form{margin-top:auto}}
`);

/** Links and names for the head of a page, which browsers use when they put an address on the home screen. */
export function renderHomeLinks(name: string, { manifest, icon }: HomePlaces): string {
  return [
    `<link rel="apple-touch-icon" href="${escapeHtml(icon('icon-180'))}">`,
    `<link rel="manifest" href="${escapeHtml(manifest)}">`,
    `<meta name="apple-mobile-web-app-title" content="${escapeHtml(name)}">`,
  ].join('');
}

/** The headers that the page needs besides the usual ones. */
export const homePageHeaders = homePages.headersWithPictures;

/** The page for the task at a path; it starts nothing. Its button leads where the icon will. */
export function renderHomePage(
  { name, asksFirst }: Pick<Admitted, 'name' | 'asksFirst'>,
  path: string,
  { tag, home, buttons }: Language,
): string {
  const places = toPlacesBelow(path);
  const ways = home.ways.map(([where, how]) => `<li><b>${escapeHtml(where)}</b>${escapeHtml(how)}</li>`);
  return homePages.render({
    title: name,
    lang: tag,
    head: `${themeColors}<link rel="icon" href="${escapeHtml(places.icon('icon-192'))}">${renderHomeLinks(name, places)}`,
    main: `<img class="tile" src="${escapeHtml(places.icon('icon-192'))}" alt="">
<h1>${escapeHtml(name)}</h1><p class="state">${escapeHtml(home.title)}</p>${renderNote(asksFirst ? home.asks : home.starts)}
<ul>${ways.join('')}</ul>
<form action="${escapeHtml(places.start)}"><button>${escapeHtml(buttons.start)}</button></form>`,
  });
}
