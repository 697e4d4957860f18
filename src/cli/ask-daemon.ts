// Sends a request to the daemon over its control socket.
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { controlPaths, Status } from '../daemon/status.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { toControlPath } from '../history/control-path.ts';
import { isHistoryLocked } from '../history/lock.ts';

/** Longer than any answer takes, except those that wait for the end of a run or of the daemon. */
export const answerMs = 5000;

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The media type of the answer, if it has several. */
  readonly accept?: string | undefined;
  /** Without it there is no time limit. */
  readonly withinMs?: number | undefined;
}

/** Sends a request; resolves with the beginning of the response. Throws AppError `no-daemon`. */
export async function openRequest(
  socketPath: string,
  { method, path, accept, withinMs }: Request,
): Promise<http.IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const headers = accept === undefined ? {} : { accept };
    const signal = withinMs === undefined ? {} : { signal: AbortSignal.timeout(withinMs) };
    const request = http.request({ socketPath, method, path, headers, ...signal }, resolve);
    request.on('error', (error) => reject(toNoDaemon(socketPath, error)));
    request.end();
  });
}

/** The same, with the whole response. */
export async function askDaemon(
  socketPath: string,
  request: Request,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const response = await openRequest(socketPath, request);
  try {
    return { status: response.statusCode, body: await text(response) };
  } catch (error) {
    throw toNoDaemon(socketPath, error);
  }
}

/** Asks the daemon for its status. Throws AppError `not-running`, or `no-daemon` if what answers does not know the question. */
export async function loadStatus(socketPath: string): Promise<Status> {
  const { body } = await askRunning(socketPath, {
    method: 'GET',
    path: controlPaths.status,
    withinMs: answerMs,
  });
  const status = Status.safeParse(parseJson(body)).data;
  if (status === undefined) throw toOlder();
  return status;
}

/** As `askDaemon`, but a daemon that cannot be reached is AppError `not-running`, with an exit status of its own. */
async function askRunning(
  socketPath: string,
  request: Request,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  try {
    return await askDaemon(socketPath, request);
  } catch (error) {
    throw toNotRunning(error);
  }
}

/** AppError `no-daemon` as `not-running`; any other error as it is. */
export function toNotRunning(error: unknown): unknown {
  return error instanceof AppError && error.code === 'no-daemon'
    ? new AppError('not-running', error.message, error.details)
    : error;
}

/** The error of a daemon that runs an older version of this program. */
export function toOlder(): AppError {
  return new AppError('no-daemon', 'The daemon that is running does not know this request', [
    'It is an older version: end its process, and start it again',
  ]);
}

/** Resolves when the process at the other end of a held connection has ended; false if `withinMs` were not enough. */
export async function untilClosed(
  response: http.IncomingMessage,
  withinMs: number | undefined,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = withinMs === undefined ? undefined : setTimeout(() => resolve(false), withinMs);
  response
    .on('close', () => resolve(true))
    .on('error', () => resolve(true))
    .resume();
  const isClosed = await promise;
  clearTimeout(timer);
  response.destroy();
  return isClosed;
}

/**
 * If a daemon is stopping, waits for its end, but not much longer than the time that its runs get. A daemon that runs gets a moment, because a
 * signal may be on its way to it; so does one whose socket is gone already, while it still has the lock of the history.
 */
export async function waitForStopping(historyPath: string, graceMs: number): Promise<void> {
  const socketPath = toControlPath(historyPath);
  for (const untilMs = performance.now() + noticeMs; isHistoryLocked(historyPath); await pause(pollMs)) {
    const end = await loadEnd(socketPath);
    if (end !== undefined) {
      console.error('Another remotetask with this history is stopping; waiting for its end');
      await untilClosed(end, graceMs + moreMs);
      return;
    }
    if (performance.now() > untilMs) return;
  }
}

/** The response of a daemon that is stopping, which ends with it. */
async function loadEnd(socketPath: string): Promise<http.IncomingMessage | undefined> {
  try {
    const response = await openRequest(socketPath, {
      method: 'GET',
      path: controlPaths.end,
      withinMs: answerMs,
    });
    if (response.statusCode === 202) return response;
    response.resume();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return undefined;
}

/** How long a daemon may take to notice that it is to stop, or to end after its socket is gone. */
const noticeMs = 1000;
const pollMs = 100;
/** How long a daemon may take to stop, beside the time that its runs get. */
const moreMs = 30_000;

function toNoDaemon(socketPath: string, error: unknown): AppError {
  return new AppError('no-daemon', `Cannot reach the daemon at ${socketPath} (${toErrorCode(error)})`, [
    'Is it running, with this config, and are you its user or root?',
  ]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
