// `remotetask stop`: stops a run from the command line.
import { loadConfig } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { toControlPath } from '../history/control-path.ts';
import { askDaemon } from './ask-daemon.ts';
import type { Command } from './command.ts';

export const stop: Command = {
  name: 'stop',
  operands: [{ name: 'RUN', kind: 'run', isOptional: true }],
  summary: 'Stops a run, given by its id or the beginning of it; without RUN, lists the runs under way',
  async run({ configFile, operands: [run], env, called }) {
    const path = toControlPath(loadConfig(configFile, env).history.path);
    if (run === undefined) {
      const { body } = await askDaemon(path, { method: 'GET', path: '/' });
      console.log(
        body === '' ? 'No run is under way.' : body.trimEnd().split('\n').map(renderListed).join('\n'),
      );
      return 0;
    }
    const { status, body } = await askDaemon(path, { method: 'POST', path: `/${encodeURIComponent(run)}` });
    if (status === 404)
      throw new AppError('no-such-run', 'No run under way, or more than one, has an id that begins so', [
        `\`${called} stop\` lists the runs under way`,
      ]);
    console.log(body.trimEnd());
    return 0;
  },
};

function renderListed(json: string): string {
  const { run, name, state, acceptedAt, startedAt } = JSON.parse(json);
  return `${run}  ${name} (${state}, since ${startedAt ?? acceptedAt})`;
}
