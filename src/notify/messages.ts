// Notices as requests, in the form for each kind of receiver. They never contain output or a key.
import { renderDuration } from '../values/duration.ts';
import { renderOutcome, type Outcome } from '../outcome.ts';
import type { RunNews } from '../runs/lifecycle.ts';
import type { NotifyTarget, Occasion } from './options.ts';

/** An event that notices report. */
export type News = RunNews | { readonly what: 'strangers'; readonly network: string };

/** A request to send. */
export interface NoticeRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The names of the occasions that a piece of news matches. */
export function toOccasions(news: News): readonly Occasion[] {
  if (news.what !== 'ended') return [news.what];
  const kind = news.view.outcome?.kind;
  return kind === 'failed' || kind === 'timed-out' || kind === 'lost' ? ['finished', 'failed'] : ['finished'];
}

/** The request for a receiver, or undefined if it does not want such news. */
export function toRequest(target: NotifyTarget, news: News): NoticeRequest | undefined {
  const request = toOwnForm(target, news);
  return request === undefined ? undefined : withCredentials(request);
}

function toOwnForm(target: NotifyTarget, news: News): NoticeRequest | undefined {
  switch (target.type) {
    case 'ntfy':
      return toNtfy(target, news);
    case 'gotify':
      return toJsonPost(
        toGotifyAddress(target.url),
        { ...toText(news), priority: isBad(news) ? 8 : 4 },
        target.token === undefined ? {} : { 'X-Gotify-Key': target.token },
      );
    case 'webhook':
      return toJsonPost(target.url, toPlainData(news), toBearer(target.token));
    case 'ping':
      return toPing(target.url, news);
    default:
      return target.type satisfies never;
  }
}

/** The server of Gotify from its address: with or without `/message`, perhaps with the token in its query (gotify.net/docs/pushmsg). */
function toGotifyAddress(url: string): string {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/(?:\/message)?\/*$/, '')}/message`;
  return address.href;
}

/** Converts name and password in an address, which `fetch` refuses, into the equivalent header; a token takes precedence. */
function withCredentials(request: NoticeRequest): NoticeRequest {
  const address = new URL(request.url);
  const { username, password } = address;
  if (username === '' && password === '') return request;
  address.username = '';
  address.password = '';
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    'base64',
  );
  return {
    ...request,
    url: address.href,
    headers: { Authorization: `Basic ${credentials}`, ...request.headers },
  };
}

/** ntfy accepts JSON at the server's root, with the topic in it; its headers could not contain titles beyond Latin-1 (docs.ntfy.sh, "Publish as JSON"). */
function toNtfy({ url, token }: NotifyTarget, news: News): NoticeRequest {
  const root = new URL(url);
  const parts = root.pathname.split('/').filter((part) => part !== '');
  const topic = decodeURIComponent(parts.pop() ?? '');
  root.pathname = parts.map((part) => `${part}/`).join('');
  return toJsonPost(
    root.href,
    { topic, ...toText(news), priority: isBad(news) ? 4 : 3, tags: toTags(news) },
    toBearer(token),
  );
}

/** Names of emojis that ntfy shows before the title (docs.ntfy.sh, "Tags & emojis"). */
function toTags(news: News): readonly string[] {
  if (isBad(news)) return ['warning'];
  return news.what === 'ended' && news.view.outcome?.kind === 'succeeded' ? ['white_check_mark'] : [];
}

/**
 * Healthchecks: `/start`, `/EXIT-STATUS`, `/fail`, `/log` after the address (healthchecks.io/docs/http_api). Uptime Kuma:
 * the push address, recognised by `/api/push/`, with `status`, `msg` and `ping` in milliseconds; it has no start signal. For a
 * monitor, only a success is good: a stopped run has not done its work, and a run with an unknown end is reported
 * as neither good nor bad.
 */
function toPing(url: string, news: News): NoticeRequest | undefined {
  if (news.what === 'strangers') return undefined;
  const { outcome, elapsedMs } = news.view;
  const { title, message } = toText(news);
  const address = new URL(url);
  if (address.pathname.includes('/api/push/')) {
    if (outcome === undefined || outcome.kind === 'unconfirmed') return undefined;
    address.searchParams.set('status', outcome.kind === 'succeeded' ? 'up' : 'down');
    address.searchParams.set('msg', `${title}. ${message}`);
    address.searchParams.set('ping', String(Math.round(elapsedMs ?? 0)));
    return { url: address.href, method: 'GET', headers: {}, body: undefined };
  }
  address.pathname = `${address.pathname.replace(/\/+$/, '')}/${toPingEnd(outcome)}`;
  return {
    url: address.href,
    method: 'POST',
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: `${title}. ${message}`,
  };
}

function toPingEnd(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'start';
  if (outcome.kind === 'succeeded') return '0';
  if (outcome.kind === 'unconfirmed') return 'log';
  const { exitCode = 0 } = outcome;
  return exitCode >= 1 && exitCode <= 255 ? String(exitCode) : 'fail';
}

function isBad(news: News): boolean {
  return news.what === 'strangers' || toOccasions(news).includes('failed');
}

function toText(news: News): { title: string; message: string } {
  if (news.what === 'strangers')
    return {
      title: 'Many wrong keys',
      message: `A caller at ${news.network} is trying keys. No key was right; calls with the right keys are served as always.`,
    };
  const { name, outcome, elapsedMs } = news.view;
  if (outcome === undefined) return { title: `${name}: started`, message: 'It is running.' };
  const time = elapsedMs === undefined ? '' : ` after ${renderDuration(elapsedMs)}`;
  const reason = outcome.reason === undefined ? '' : ` ${outcome.reason}`;
  return { title: `${name}: ${renderOutcome(outcome)}`, message: `${toSentence(outcome, time)}${reason}` };
}

function toSentence(outcome: Outcome, time: string): string {
  switch (outcome.kind) {
    case 'stopped':
      return `It was stopped${time}.`;
    case 'lost':
      return 'It was lost from sight: how it ended is not known.';
    case 'unconfirmed':
      return 'DSM did not report how it ended.';
    case 'succeeded':
    case 'failed':
    case 'timed-out':
      return `It ${renderOutcome(outcome)}${time}.`;
    default:
      return outcome.kind satisfies never;
  }
}

/** The JSON for web hooks. The run id is left out, because it opens the run's page. */
function toPlainData(news: News): object {
  if (news.what === 'strangers') return { what: news.what, network: news.network, ...toText(news) };
  const { name, startedAt, elapsedMs, outcome } = news.view;
  return {
    what: news.what,
    task: news.task.id,
    name,
    startedAt,
    ...(outcome === undefined
      ? {}
      : {
          outcome: outcome.kind,
          exitCode: outcome.exitCode ?? null,
          signal: outcome.signal ?? null,
          durationMs: elapsedMs === undefined ? null : Math.round(elapsedMs),
        }),
    ...toText(news),
  };
}

function toBearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

function toJsonPost(url: string, data: object, headers: Readonly<Record<string, string>>): NoticeRequest {
  return {
    url,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(data),
  };
}
