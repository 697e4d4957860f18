// `remotetask stop`: stops a run from the command line.
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { loadConfig } from '../config/load.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { toControlPath } from '../http/control.ts';
import type { Command } from './command.ts';

export const stop: Command = {
  name: 'stop',
  usage: 'stop [RUN]',
  summary: 'Stops a run, given by its id or the beginning of it; without RUN, lists the runs under way',
  maxOperands: 1,
  async run({ configFile, operands: [run], env }) {
    const path = toControlPath(loadConfig(configFile, env).history.path);
    if (run === undefined) {
      const { body } = await ask(path, 'GET', '/');
      console.log(body === '' ? 'No run is under way.' : body.trimEnd().split('\n').map(renderListed).join('\n'));
      return 0;
    }
    const { status, body } = await ask(path, 'POST', `/${encodeURIComponent(run)}`);
    if (status === 404)
      throw new AppError('no-such-run', 'No run under way, or more than one, has an id that begins so', [
        '`remotetask stop` lists the runs under way',
      ]);
    console.log(body.trimEnd());
    return 0;
  },
};

function renderListed(json: string): string {
  const { run, name, state, startedAt } = JSON.parse(json);
  return `${run}  ${name} (${state}, since ${startedAt})`;
}

/** Asks the daemon over its control socket. Throws AppError `no-daemon`. */
async function ask(socketPath: string, method: string, path: string): Promise<{ status: number | undefined; body: string }> {
  return await new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path }, (response) => {
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
