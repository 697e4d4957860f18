// `remotetask status`: what the daemon is doing.
import { styleText } from 'node:util';
import type { Status } from '../daemon/status.ts';
import { renderJson, toOneLine } from '../untrusted-text.ts';
import { renderDuration } from '../values/duration.ts';
import { loadStatus } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { findControlPath } from './find-files.ts';
import { renderTime } from './time.ts';

export const status: Command = {
  name: 'status',
  options: ['json'],
  summary: 'Shows the daemon that is running: version, address, config in force, runs and NASes',
  statuses: { '1': 'it is running, and something is wrong', '3': 'no daemon of this config is running' },
  async run({ configFile, env, options: { json: isJson = false } }) {
    const found = await loadStatus(findControlPath(configFile, env));
    console.log(isJson ? renderJson(found) : renderStatus(found).join('\n'));
    return found.ok ? 0 : 1;
  },
};

function renderStatus({
  version,
  pid,
  since,
  address,
  admin,
  stopping,
  problems,
  config,
  runs,
  certificates,
  nases,
}: Status): string[] {
  const doing = stopping ? 'is stopping' : 'is running';
  return [
    `remotetask ${version} ${doing} since ${renderTime(since)} (process ${pid})`,
    `Address  ${address}`,
    ...(admin === null ? [] : [`Admin    ${admin}`]),
    `Config   ${config.file}, in force since ${renderTime(config.takenAt)}`,
    ...(config.refused === null
      ? []
      : [
          styleText(
            'red',
            `         The file was refused at ${renderTime(config.refused.at)}: ${toOneLine(config.refused.message)}`,
          ),
          ...config.refused.problems.map((problem) => `         ${toOneLine(problem)}`),
        ]),
    ...(config.restartNeeded.length === 0
      ? []
      : [styleText('yellow', `         Needs a restart: ${config.restartNeeded.join(', ')}`)]),
    ...nases.map(
      ({ name, way, state, reason }) => `NAS      ${toOneLine(name)}: ${way}, ${state}. ${toOneLine(reason)}`,
    ),
    ...certificates.flatMap(({ warnings }) =>
      warnings.map((warning) => styleText('yellow', `Warning  ${toOneLine(warning)}`)),
    ),
    ...problems.map(({ message }) => styleText('red', `Problem  ${toOneLine(message)}`)),
    ...(runs.length === 0 ? ['Runs     none'] : runs.map(renderRun)),
  ];
}

function renderRun({ run, task, name, state, elapsedMs }: Status['runs'][number]): string {
  const time = elapsedMs === null ? '' : ` for ${renderDuration(elapsedMs)}`;
  return `Run      ${run}  ${toOneLine(name)} (${task}), ${state}${time}`;
}
