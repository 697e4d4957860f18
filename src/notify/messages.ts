// Notices as requests, in the form for each kind of receiver. They never contain output or a key.
import type { Outcome } from '../outcome.ts';
import { isBad, toNoticeId, toOccasions, toText, type News } from './news.ts';
import { toReceiver, type NotifyTarget } from './options.ts';

/** A request to send. */
export interface NoticeRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The request for a receiver, or undefined if it does not want such news. */
export function toRequest(target: NotifyTarget, news: News): NoticeRequest | undefined {
  const request = toOwnForm(target, news);
  return request === undefined ? undefined : withCredentials(request);
}

function toOwnForm(target: NotifyTarget, news: News): NoticeRequest | undefined {
  const receiver = toReceiver(target);
  switch (receiver) {
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
    case 'kuma':
      return toKuma(target.url, news);
    default:
      return receiver satisfies never;
  }
}

/** The server of Gotify from its address: with or without `/message`, perhaps with the token in its query (gotify.net/docs/pushmsg). */
function toGotifyAddress(url: string): string {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/(?:\/message)?\/*$/, '')}/message`;
  return address.href;
}

/** Converts name and password in an address into the equivalent header; a token takes precedence. */
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
function toNtfy({ url, token, on }: NotifyTarget, news: News): NoticeRequest {
  const root = new URL(url);
  const parts = root.pathname.split('/').filter((part) => part !== '');
  const topic = decodeURIComponent(parts.pop() ?? '');
  root.pathname = parts.map((part) => `${part}/`).join('');
  return toJsonPost(
    root.href,
    { topic, ...toText(news), priority: isBad(news) ? 4 : 3, tags: [...toTags(news), ...toRunTag(news, on)] },
    toBearer(token),
  );
}

/** Names of emojis that ntfy shows before the title (docs.ntfy.sh, "Tags & emojis"). */
function toTags(news: News): readonly string[] {
  if (isBad(news)) return ['warning'];
  return news.what === 'ended' && news.view.outcome?.kind === 'succeeded' ? ['white_check_mark'] : [];
}

/** For a receiver of starts and ends, a tag that keeps runs of one task apart; ntfy shows tags that are no emojis as words. */
function toRunTag(news: News, on: NotifyTarget['on']): readonly string[] {
  if (news.what === 'strangers' || !on.includes('started')) return [];
  return [`run-${toNoticeId(news.view.run).slice(0, 8)}`];
}

/** Uptime Kuma refuses a longer `ping` than a day (its server/routers/api-router.js, MAX_PING_VALUE): a long run would count as not reported. */
const maxKumaMs = 86_400_000;

/**
 * Healthchecks: `/start`, `/EXIT-STATUS`, `/fail`, `/log` after the address, and `rid`, a UUID that the signals of one run share so that
 * overlapping runs are kept apart (healthchecks.io/docs/http_api). For a monitor, only a success is good: a stopped run has not done its
 * work, and a run with an unknown end is reported as neither good nor bad, as is a test.
 */
function toPing(url: string, news: News): NoticeRequest | undefined {
  if (news.what === 'strangers') return undefined;
  const { title, message } = toText(news);
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/+$/, '')}/${news.isTest === true ? 'log' : toPingEnd(news.view.outcome)}`;
  address.searchParams.set('rid', toNoticeId(news.view.run));
  return {
    url: address.href,
    method: 'POST',
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: `${title}. ${message}`,
  };
}

/** Uptime Kuma: the push address with `status`, `msg` and `ping` in milliseconds; it has no start signal, and nothing between good and bad. A test counts as good. */
function toKuma(url: string, news: News): NoticeRequest | undefined {
  if (news.what === 'strangers') return undefined;
  const { outcome, elapsedMs } = news.view;
  if (news.isTest !== true && (outcome === undefined || outcome.kind === 'unconfirmed')) return undefined;
  const { title, message } = toText(news);
  const address = new URL(url);
  address.searchParams.set('status', news.isTest === true || outcome?.kind === 'succeeded' ? 'up' : 'down');
  address.searchParams.set('msg', `${title}. ${message}`);
  if (elapsedMs === undefined || elapsedMs > maxKumaMs) address.searchParams.delete('ping');
  else address.searchParams.set('ping', String(Math.round(elapsedMs)));
  return { url: address.href, method: 'GET', headers: {}, body: undefined };
}

function toPingEnd(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'start';
  if (outcome.kind === 'succeeded') return '0';
  if (outcome.kind === 'unconfirmed') return 'log';
  const { exitCode = 0 } = outcome;
  return exitCode >= 1 && exitCode <= 255 ? String(exitCode) : 'fail';
}

/**
 * The JSON for web hooks; docs/notices.md lists its names. Later versions of it add names; `version` changes only if one of these gets
 * another meaning. The run id is left out, because it opens the run's page.
 */
function toPlainData(news: News): object {
  const head = {
    version: 1,
    on: toOccasions(news),
    ...(news.isTest === true ? { test: true } : {}),
    what: news.what,
  };
  if (news.what === 'strangers') return { ...head, network: news.network, ...toText(news) };
  const { run, name, acceptedAt, startedAt, endedAt, waitedMs, elapsedMs, outcome } = news.view;
  return {
    ...head,
    id: toNoticeId(run),
    task: news.task.id,
    name,
    acceptedAt,
    startedAt: startedAt ?? null,
    waitedMs: waitedMs === undefined ? null : Math.round(waitedMs),
    startedBy: news.by?.label ?? null,
    startedFrom: news.by?.address ?? null,
    ...(outcome === undefined
      ? {}
      : {
          outcome: outcome.kind,
          exitCode: outcome.exitCode ?? null,
          signal: outcome.signal ?? null,
          endedAt: endedAt ?? null,
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
