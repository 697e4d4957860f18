// Sends a request to the daemon over its control socket.
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { AppError, toErrorCode } from '../errors.ts';

/** Longer than any answer takes, except the answer to a stop request. */
export const answerMs = 5000;

/** Sends a request to the daemon; without `withinMs` there is no time limit. Throws AppError `no-daemon`. */
export async function askDaemon(
  socketPath: string,
  {
    method,
    path,
    withinMs,
  }: { readonly method: 'GET' | 'POST'; readonly path: string; readonly withinMs?: number },
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return await new Promise((resolve, reject) => {
    const signal = withinMs === undefined ? {} : { signal: AbortSignal.timeout(withinMs) };
    const request = http.request({ socketPath, method, path, ...signal }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    request.on('error', (error) => {
      reject(
        new AppError('no-daemon', `Cannot reach the daemon at ${socketPath} (${toErrorCode(error)})`, [
          'Is it running, with this config, and are you its user or root?',
        ]),
      );
    });
    request.end();
  });
}
