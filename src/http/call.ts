// A request as plain data: what it asks for, and whether a person or a script intended it.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Presented } from '../entry/gate.ts';
import { toHomePart, type HomePart } from './pages/home-parts.ts';

/** What a request asks for. */
export type Target =
  | { readonly kind: 'task'; readonly presented: Omit<Presented, 'address'>; readonly query: string }
  /** A part of a task's icon on a home screen. */
  | { readonly kind: 'home'; readonly presented: Omit<Presented, 'address'>; readonly part: HomePart }
  /** The overview; with `isStart`, one of its buttons. */
  | {
      readonly kind: 'overview';
      readonly magicKey: Uint8Array;
      readonly isStart: boolean;
      readonly query: string;
    }
  | { readonly kind: 'run' | 'stop' | 'again'; readonly runId: Uint8Array; readonly query: string }
  /** A request that matches nothing, and why. `presented` holds the keys if only the kind of request is wrong: with a plain GET they might start a task. */
  | {
      readonly kind: 'nothing';
      readonly mismatch: 'path' | 'method' | 'syntax' | 'preview';
      readonly presented?: Omit<Presented, 'address'>;
    };

/**
 * User agents that name themselves as preview fetchers, crawlers or scanners. This must never match curl, wget, okhttp, CFNetwork
 * or an empty name; nor the browser inside an app (Telegram's, LinkedIn's), where a person taps; nor a phone called Cubot.
 */
const fetchers =
  /(?<!cu)bot\b|crawl|spider|slurp|facebookexternalhit|facebookcatalog|whatsapp|slack-imgproxy|mattermost|synapse|iframely|embedly|preview|vkshare|google-(?!cloud-scheduler|apps-script)|-google\b|googleother|googleimageproxy|safelinks|ms-office|microsoft office|viber|line-poker/i;

/**
 * Reads a request. A path part is percent-decoded once and never normalised. If a path has two parts, both are
 * presented to the gate even if one cannot be decoded, so that right and wrong keys cause the same work.
 */
export function toTarget(request: IncomingMessage): Target {
  const { method, headers } = request;
  if (!isHttp(request)) return { kind: 'nothing', mismatch: 'syntax' };
  const url = request.url ?? '';
  const end = url.search(/[?#]/);
  const query = end === -1 || url[end] === '#' ? '' : url.slice(end + 1);
  const parts = (end === -1 ? url : url.slice(0, end)).split('/', 5);
  const [beforeFirstSlash, first = '', second = '', third] = parts;
  if (method !== 'GET' && method !== 'POST') {
    const presented = beforeFirstSlash === '' && parts.length === 3 && second !== '' && toKeys(first, second);
    return {
      kind: 'nothing',
      mismatch: isWithoutEffect(method) ? 'preview' : 'method',
      ...(presented && { presented }),
    };
  }
  if (beforeFirstSlash !== '' || first === '' || parts.length < 3 || parts.length > 4)
    return { kind: 'nothing', mismatch: 'path' };
  if (first === 'runs') return toRunTarget(request, { id: second, action: third, query });
  const presented = toKeys(first, second);
  if (third !== undefined) {
    const part = toHomePart(third);
    if (part === undefined || second === '') return { kind: 'nothing', mismatch: 'path' };
    if (method !== 'GET') return { kind: 'nothing', mismatch: 'method' };
    return isUnasked(headers) ? { kind: 'nothing', mismatch: 'preview' } : { kind: 'home', presented, part };
  }
  const isStart = second !== '' || method === 'POST';
  if (isStart ? isSpeculative(headers) : isUnasked(headers))
    return { kind: 'nothing', mismatch: 'preview', ...(second !== '' && { presented }) };
  return second === ''
    ? { kind: 'overview', magicKey: presented.magicKey, isStart, query }
    : { kind: 'task', presented, query };
}

function toRunTarget(
  { method, headers }: IncomingMessage,
  { id, action, query }: { readonly id: string; readonly action: string | undefined; readonly query: string },
): Target {
  const kind = action ?? 'run';
  if (id === '' || (kind !== 'run' && kind !== 'stop' && kind !== 'again') || action === 'run')
    return { kind: 'nothing', mismatch: 'path' };
  if (method !== (kind === 'run' ? 'GET' : 'POST')) return { kind: 'nothing', mismatch: 'method' };
  if (kind === 'again' && isSpeculative(headers)) return { kind: 'nothing', mismatch: 'preview' };
  return { kind, runId: toBytes(id), query };
}

/**
 * Whether a request is HTTP/1.0 or 1.1 with exactly one plausible Host (an empty one is allowed), and a body whose end is
 * unambiguous: Node emits a request before it finds a transfer coding that it does not know.
 */
function isHttp({ httpVersion, headers, rawHeaders }: IncomingMessage): boolean {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return false;
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (httpVersion === '1.0' || !/^chunked$/i.test(coding))) return false;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts === 1 && /^(?:\[[0-9a-fA-F:.]{2,45}\]|[\w.~-]{0,255})(?::\d{0,5})?$/.test(headers.host ?? '');
}

function isWithoutEffect(method: string | undefined): boolean {
  return method === 'HEAD' || method === 'OPTIONS';
}

/**
 * Whether no person or script intended a request to start something: it is a preview or a prefetch, or it was loaded as a part
 * of another site's page. Browsers send the `Sec-Fetch-*` headers together, and only over HTTPS or to
 * localhost (Fetch Metadata, W3C); Node's own fetch sends the mode `cors` and no other.
 */
export function isSpeculative(headers: IncomingHttpHeaders): boolean {
  const mode = headers['sec-fetch-mode'];
  const site = headers['sec-fetch-site'];
  if (mode === 'navigate') {
    const to = headers['sec-fetch-dest'];
    if (to !== undefined && to !== 'document') return true;
  } else if (mode !== undefined) {
    const isOwn =
      (mode === 'same-origin' || mode === 'cors') && (site === 'same-origin' || site === undefined);
    if (!isOwn) return true;
  }
  return isUnasked(headers);
}

/** Whether a request is a prefetch, a prerendering, for a range of bytes, or from a fetcher that names itself. */
function isUnasked(headers: IncomingHttpHeaders): boolean {
  const purpose = `${String(headers['sec-purpose'] ?? '')} ${String(headers['purpose'] ?? '')} ${String(headers['x-purpose'] ?? '')} ${String(headers['x-moz'] ?? '')}`;
  return (
    /prefetch|prerender|preview/i.test(purpose) ||
    headers.range !== undefined ||
    fetchers.test(headers['user-agent']?.slice(0, 512) ?? '')
  );
}

function toKeys(magicKey: string, taskKey: string): Omit<Presented, 'address'> {
  return { magicKey: toBytes(magicKey), taskKey: toBytes(taskKey) };
}

/** The bytes of a percent-encoded path part; if it is not valid UTF-8, the empty text, which is never a key. */
function toBytes(part: string): Uint8Array {
  if (!part.includes('%')) return Buffer.from(part, 'latin1');
  try {
    return Buffer.from(decodeURIComponent(part));
  } catch {
    return Buffer.alloc(0);
  }
}
