// A request as plain data: what it asks for, and whether a person or a script intended it.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { findBrokenRule } from './broken-rules.ts';
import { guestWord } from '../entry/links.ts';
import { findGuestRun } from './guest-runs.ts';
import { toBytes, toKeys, toLastKeys, toPastedKeys, type PresentedKeys } from './presented-keys.ts';
import { toHomePart, type HomePart } from './pages/home-parts.ts';

/** What a request asks for. */
export type Target =
  /** The start of a task. `pasted` is what is left of the keys without what was copied along with them, if anything was. */
  | {
      readonly kind: 'task';
      readonly presented: PresentedKeys;
      readonly pasted: PresentedKeys | undefined;
      readonly query: string;
      /** Set for the address of a guest link, with the run that the browser remembers for it. */
      readonly guest?: { readonly run: string | undefined } | undefined;
    }
  /** A part of a task's icon on a home screen. */
  | { readonly kind: 'home'; readonly presented: PresentedKeys; readonly part: HomePart }
  /** The overview; with `isStart`, one of its buttons. */
  | {
      readonly kind: 'overview';
      readonly magicKey: PresentedKeys['magicKey'];
      readonly isStart: boolean;
      readonly query: string;
    }
  | { readonly kind: 'run' | 'stop' | 'again' | 'then'; readonly runId: Uint8Array; readonly query: string }
  /** A request that matches nothing, and why. `presented` holds what may be both keys: a proper GET with them might start a task. */
  | {
      readonly kind: 'nothing';
      readonly mismatch: 'path' | 'method' | 'syntax' | 'preview';
      readonly presented: PresentedKeys | undefined;
    };

/**
 * User agents that name themselves as preview fetchers, crawlers or scanners. This must never match curl, wget, okhttp, CFNetwork
 * or an empty name; nor the browser inside an app (Telegram's, LinkedIn's), where a person taps; nor a phone called Cubot.
 */
const fetchers =
  /(?<!cu)bot\b|crawl|spider|slurp|facebookexternalhit|facebookcatalog|whatsapp|slack-imgproxy|mattermost|synapse|iframely|embedly|preview|vkshare|google-(?!cloud-scheduler|apps-script)|-google\b|googleother|googleimageproxy|safelinks|ms-office|microsoft office|viber|line-poker|cardyb|mastodon|pleroma|akkoma|lemmy\/|meta-external|urllookup|prefetch/i;

/**
 * Reads a request. A path part is percent-decoded once and never normalised. If a path has two parts, both are
 * presented to the gate even if one cannot be decoded, so that right and wrong keys cause the same work.
 */
export function toTarget(request: IncomingMessage, broken = findBrokenRule(request)): Target {
  const { method, headers } = request;
  const url = toOriginForm(request.url ?? '');
  const end = url.search(/[?#]/);
  const query = end === -1 || url[end] === '#' ? '' : url.slice(end + 1);
  const path = end === -1 ? url : url.slice(0, end);
  const toNothing = (mismatch: (Target & { kind: 'nothing' })['mismatch']): Target => ({
    kind: 'nothing',
    mismatch,
    presented: toLastKeys(path),
  });
  if (broken !== undefined && !broken.isOurs) return toNothing('syntax');
  if (path === headerPath) return toHeaderTarget(request, query);
  if (method !== 'GET' && method !== 'POST') return toNothing(isWithoutEffect(method) ? 'preview' : 'method');
  const parts = path.split('/', 5);
  const [beforeFirstSlash, first = '', second = '', third] = parts;
  if (beforeFirstSlash !== '' || first === '' || parts.length < 3 || parts.length > 4)
    return toNothing('path');
  if (isWellKnown(first, second)) return toNothing('path');
  if (first === 'runs')
    return toRunTarget(request, { id: second, action: third, query }) ?? toNothing('path');
  const presented = toKeys(first, second);
  if (third !== undefined) {
    const part = toHomePart(third);
    if (part === undefined || second === '') return toNothing('path');
    if (method !== 'GET') return { kind: 'nothing', mismatch: 'method', presented };
    return isUnasked(headers, method)
      ? { kind: 'nothing', mismatch: 'preview', presented }
      : { kind: 'home', presented, part };
  }
  const toGuest = (word: string): (Target & { kind: 'task' })['guest'] =>
    word === guestWord ? { run: findGuestRun(headers.cookie, presented.taskKey) } : undefined;
  const isStart = second !== '' || method === 'POST';
  if (isStart ? isSpeculative(headers, method) : isUnasked(headers, method)) return toNothing('preview');
  return second === ''
    ? { kind: 'overview', magicKey: presented.magicKey, isStart, query }
    : { kind: 'task', presented, pasted: toPastedKeys(first, second), query, guest: toGuest(first) };
}

/** The address of calls whose keys are in a header. */
const headerPath = '/run';

/** A call with its keys in a header: whatever is wrong with it, two keys are looked up. */
function toHeaderTarget(request: IncomingMessage, query: string): Target {
  const { method, headers } = request;
  const presented = toHeaderKeys(request);
  if (method !== 'POST')
    return { kind: 'nothing', mismatch: isWithoutEffect(method) ? 'preview' : 'method', presented };
  return isSpeculative(headers, method)
    ? { kind: 'nothing', mismatch: 'preview', presented }
    : { kind: 'task', presented, pasted: undefined, query };
}

/** `Authorization: Bearer MAGIC-KEY:TASK-KEY`, once, each key percent-encoded; the empty text, which is never a key, for anything else. */
function toHeaderKeys({ headers: { authorization = '' }, headersDistinct }: IncomingMessage): PresentedKeys {
  const isOnce = headersDistinct['authorization']?.length === 1;
  const [, magicKey = '', taskKey = ''] =
    (isOnce && /^bearer +([^: ]+):([^: ]+)$/i.exec(authorization)) || [];
  return toKeys(magicKey, taskKey);
}

/** A target as clients send it to an origin: every server also has to understand the form that is meant for proxies (RFC 9112, 3.2.2). */
function toOriginForm(url: string): string {
  return url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '');
}

/** What browsers and phones ask for by themselves, also below the path of a proxy: asking for it is not trying keys. */
function isWellKnown(first: string, second: string): boolean {
  return (
    first === '.well-known' || /^(?:favicon\.ico|robots\.txt|apple-touch-icon[\w-]{0,40}\.png)$/.test(second)
  );
}

function toRunTarget(
  { method = '', headers }: IncomingMessage,
  { id, action, query }: { readonly id: string; readonly action: string | undefined; readonly query: string },
): Target | undefined {
  const kind = action ?? 'run';
  if (id === '' || action === 'run') return undefined;
  if (kind !== 'run' && kind !== 'stop' && kind !== 'again' && kind !== 'then') return undefined;
  if (method !== (kind === 'run' ? 'GET' : 'POST'))
    return { kind: 'nothing', mismatch: 'method', presented: undefined };
  // Only the buttons of our own pages send these, so they get the stricter rules of a GET.
  if ((kind === 'again' || kind === 'then') && isSpeculative(headers, 'GET'))
    return { kind: 'nothing', mismatch: 'preview', presented: undefined };
  return { kind, runId: toBytes(id), query };
}

function isWithoutEffect(method: string | undefined): boolean {
  return method === 'HEAD' || method === 'OPTIONS';
}

/**
 * Whether no person or script intended a request to start something: it is a preview or a prefetch, or it was loaded as a part
 * of another site's page. Browsers send the `Sec-Fetch-*` headers together, and only over HTTPS or to localhost (Fetch
 * Metadata, W3C); Node's own fetch sends the mode `cors` and no other. No page can cause the site `none`: it is the person at
 * the browser, an extension, or an app made with a browser's engine.
 */
export function isSpeculative(headers: IncomingHttpHeaders, method: string): boolean {
  const mode = headers['sec-fetch-mode'];
  const site = headers['sec-fetch-site'];
  if (mode === 'navigate') {
    const to = headers['sec-fetch-dest'];
    if (to !== undefined && to !== 'document') return true;
  } else if (mode !== undefined) {
    const isOwn =
      (mode === 'same-origin' || mode === 'cors') && (site === 'same-origin' || site === undefined);
    const isFromApp = mode === 'cors' && appOrigin.test(headers.origin ?? '');
    const isFromNoPage =
      isFromApp || (site === 'none' && (mode === 'same-origin' || mode === 'cors' || mode === 'no-cors'));
    if (!isOwn && !isFromNoPage) return true;
  }
  return isUnasked(headers, method);
}

/** The origin of an app made with a browser's engine, or of an extension: no page of the web has such a scheme. */
const appOrigin = /^(?!https?:|file:)[a-z][a-z\d+.-]*:\/\//;

/** The headers in which clients say what they load something for. */
const purposes = ['sec-purpose', 'purpose', 'x-purpose', 'x-sec-purpose', 'x-moz'] as const;

/** Whether a request is a prefetch, a prerendering, for a range of bytes, or from a fetcher that names itself. The last two never send a POST unasked. */
function isUnasked(headers: IncomingHttpHeaders, method: string): boolean {
  for (const name of purposes) {
    const purpose = headers[name];
    if (purpose !== undefined && /prefetch|prerender|preview/i.test(String(purpose))) return true;
  }
  if (method === 'POST') return false;
  const agent = headers['user-agent'];
  return headers.range !== undefined || (agent !== undefined && fetchers.test(agent.slice(0, 512)));
}
