// What a receiver's answer means. Several of them refuse a notice with the status of a success; where each does so is noted beside the rule.
import { toOneLine } from '../untrusted-text.ts';
import { toJson, type Json } from './answer-json.ts';
import type { Delivery, RedirectPlace } from './delivery.ts';
import { toReceiver, type NotifyTarget, type Receiver } from './options.ts';

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly retryAfter: string | undefined;
  readonly isPlainText: boolean;
  /** The beginning of the body. */
  readonly text: string;
}

/** How much of a receiver's own words is shown. */
const shownLetters = 160;

/** The meaning of an answer to a notice for a receiver. `nowMs` is the wall time, for dates in the answer. */
export function judgeAnswer(answer: Answer, target: NotifyTarget, nowMs: number): Delivery {
  const { status, text } = answer;
  const json = toJson(text.replace(/^\ufeff/, ''));
  const said = toSaid(answer, json, target);
  const retryAfterMs = toRetryAfterMs(answer, json, nowMs);
  if (status >= 200 && status < 300) {
    // Wrong paths of Uptime Kuma get its start page (server.js, "Universal Route Handler"), and a sign-in proxy may answer with its form.
    if (/^\s*(?:<!doctype html|<html|<head|<!--|<\?xml)/i.test(text)) return { code: 'page', status };
    // Synology Chat: {"error":{"code":411,"errors":"create post too fast"},"success":false} for a second post within a second.
    if (typeof json.error === 'object' && json.error.code === 411)
      return { code: 'busy', status, retryAfterMs, said };
    const monitorWord = /^OK \(([^)]*)\)/.exec(text)?.[1];
    // Hosted Healthchecks answers the address of a check by UUID with 200 always: "OK (not found)", "OK (rate limited)" (healthchecks.io/docs/http_api).
    if (monitorWord === 'rate limited') return { code: 'busy', status, retryAfterMs, said: monitorWord };
    if (monitorWord !== undefined) return { code: 'denied', status, said: hide(monitorWord, target) };
    // Microsoft Teams' connectors: "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 …".
    if (text.startsWith('Webhook message delivery failed'))
      return { code: 'denied', status, said: hide(text, target) };
    if (isRefusal(json)) return { code: 'denied', status, said };
    return { code: 'delivered', status, isConfirmed: isConfirmed(toReceiver(target), json, text) };
  }
  if (status >= 300 && status < 400)
    return { code: 'redirect', status, to: toPlace(answer.location, target.url) };
  if (status === 429 || (status === 503 && retryAfterMs > 0))
    return { code: 'busy', status, retryAfterMs, said };
  if (status >= 400 && status < 500 && status !== 408 && status !== 425)
    return { code: 'refused', status, said };
  return { code: 'faulty', status, said };
}

/** Whether JSON with the status of a success is a refusal. */
function isRefusal({ ok, success, status, code, error, errors, errcode }: Json): boolean {
  // WxPusher answers {"code":1000,"success":true}, and others a number or a word of their own beside it.
  if (ok === true || success === true) return false;
  return (
    // Uptime Kuma's push route and its kin: {"ok":false,"msg":"Monitor not found or not active."}; Telegram (core.telegram.org/bots/api, "Making requests"); Slack's Web API.
    ok === false ||
    // Synology Chat, as all of DSM's Web API: {"error":{"code":404},"success":false}.
    success === false ||
    // Pushover: {"user":"invalid","errors":["user identifier is invalid"],"status":0} (pushover.net/api, "Response Format").
    (status === 0 && errors !== undefined) ||
    // DingTalk and WeCom: {"errcode":310000,"errmsg":"keywords not in content"}; 0 is a success.
    (errcode !== undefined && errcode !== 0) ||
    // Lark: {"code":19001,"msg":"param invalid"}; ServerChan and PushPlus have such numbers, too. 0 is a success, and so is Bark's 200.
    (code !== undefined && code >= 400) ||
    (typeof status === 'number' && status >= 400) ||
    // JSend and many scripts: {"status":"error"}, {"status":"fail"}, {"error":"…"}, {"error":true}; GraphQL: {"errors":[{"message":"…"}]}.
    (typeof status === 'string' && /^(?:error|fail)/i.test(status)) ||
    (error !== undefined && error !== false && error !== '') ||
    (errors !== undefined && errors.length > 0)
  );
}

/** Whether an answer proves that the receiver knows where the notice belongs. */
function isConfirmed(receiver: Receiver, { id, ok, success }: Json, text: string): boolean {
  switch (receiver) {
    // Both answer with the message as they store it, which has an id (docs.ntfy.sh, "Publishing"; gotify.net/api-docs, POST /message).
    case 'ntfy':
    case 'gotify':
      return id !== undefined;
    case 'kuma':
      return ok === true;
    // Healthchecks: "OK", or "Created" for the first ping by slug with ?create=1.
    case 'ping':
      return /^(?:OK|Created)\s*$/.test(text);
    // Home Assistant answers 200 without a body to each id of a web hook, known or not (homeassistant/components/webhook: "Always respond successfully to not give away if a hook exists or not").
    case 'webhook':
      return ok === true || success === true;
    default:
      return receiver satisfies never;
  }
}

/** The receiver's own words: those of its JSON, or a line of plain text such as Slack's `invalid_payload`. */
function toSaid(
  { status, isPlainText, text }: Answer,
  { msg, errmsg, errorDescription, description, error, errors, message }: Json,
  target: NotifyTarget,
): string | undefined {
  const ofError =
    typeof error === 'object'
      ? (error.errors ?? toNumberWord(error.code))
      : typeof error === 'string'
        ? error
        : undefined;
  const plain = isPlainText && status >= 400 && !text.trim().includes('\n') ? text.trim() : undefined;
  const said = msg ?? errmsg ?? errorDescription ?? description ?? ofError ?? errors?.[0] ?? message ?? plain;
  return said === undefined || said === '' ? undefined : hide(said, target);
}

function toNumberWord(code: number | undefined): string | undefined {
  return code === undefined ? undefined : `error ${code}`;
}

/** Parts of addresses that are no secrets. */
const openWords: ReadonlySet<string> = new Set([
  'api',
  'push',
  'webhook',
  'webhooks',
  'hooks',
  'message',
  'services',
]);

/** A receiver's words as one line, without anything that stands in its address or is its token: some receivers quote what they refuse. */
function hide(said: string, { url, token }: NotifyTarget): string {
  const { hostname, pathname, searchParams, username, password } = new URL(url);
  const parts = [token ?? '', hostname, username, password, ...pathname.split('/'), ...searchParams.values()];
  const secrets = parts
    .flatMap((part) => [part, tryDecode(part)])
    .filter((part) => part.length > 2 && !openWords.has(part))
    .toSorted((a, b) => b.length - a.length);
  const open = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), said);
  const line = toOneLine(open);
  return line.length > shownLetters ? `${line.slice(0, shownLetters)}…` : line;
}

function tryDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * How long the receiver wants to be left alone, or 0. `Retry-After` holds seconds or a date (RFC 9110, 10.2.3), at some receivers
 * with a fraction; Discord has `retry_after` in seconds with a fraction in its JSON as well (discord.com/developers, "Rate Limits"),
 * Telegram `parameters.retry_after`. ntfy has neither (server/errors.go).
 */
function toRetryAfterMs(
  { retryAfter }: Answer,
  { retry_after: inJson, parameters }: Json,
  nowMs: number,
): number {
  const seconds = [Number(retryAfter?.trim() || 0), inJson ?? 0, parameters?.retry_after ?? 0].filter(
    Number.isFinite,
  );
  const untilMs = retryAfter === undefined ? 0 : Date.parse(retryAfter) - nowMs;
  const isDate = retryAfter !== undefined && !/^[\d.\s-]*$/.test(retryAfter) && Number.isFinite(untilMs);
  return Math.ceil(Math.max(0, ...seconds.map((one) => one * 1000), isDate ? untilMs : 0));
}

/** Where a redirect leads, compared with the receiver's address. */
function toPlace(location: string | undefined, url: string): RedirectPlace {
  if (location === undefined || !URL.canParse(location, url)) return 'same-host';
  const to = new URL(location, url);
  const from = new URL(url);
  if (to.hostname !== from.hostname) return 'other-host';
  return from.protocol === 'http:' && to.protocol === 'https:' ? 'https' : 'same-host';
}
