// `remotetask stop`: stops a run from the command line.
import { AppError } from '../errors.ts';
import { renderJson } from '../untrusted-text.ts';
import { askDaemon } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { findControlPath } from './find-files.ts';

export const stop: Command = {
  name: 'stop',
  operands: [{ name: 'RUN', kind: 'run', isOptional: true }],
  summary: 'Stops a run, given by its id or the beginning of it; without RUN, lists the runs under way',
  options: ['json'],
  async run({ configFile, operands: [run], env, called, options: { json: isJson = false } }) {
    const path = findControlPath(configFile, env);
    if (run === undefined) {
      const { body } = await askDaemon(path, { method: 'GET', path: '/' });
      const lines = body.split('\n').filter((line) => line !== '');
      if (isJson) console.log(renderJson({ runs: lines.map((line) => JSON.parse(line)) }));
      else console.log(lines.length === 0 ? 'No run is under way.' : lines.map(renderListed).join('\n'));
      return 0;
    }
    const { status, body } = await askDaemon(path, {
      method: 'POST',
      path: `/${encodeURIComponent(run)}`,
      accept: isJson ? 'application/json' : undefined,
    });
    if (status === 404)
      throw new AppError('no-such-run', 'No run under way, or more than one, has an id that begins so', [
        `\`${called} stop\` lists the runs under way`,
      ]);
    console.log(isJson ? renderJson(JSON.parse(body)) : body.trimEnd());
    return 0;
  },
};

function renderListed(json: string): string {
  const { run, name, state, acceptedAt, startedAt } = JSON.parse(json);
  return `${run}  ${name} (${state}, since ${startedAt ?? acceptedAt})`;
}
