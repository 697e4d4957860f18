// `remotetask probe`: writes a report of what a NAS answers, to attach to an issue; without names, addresses, accounts and commands.
import fs from 'node:fs';
import { createInterface } from 'node:readline/promises';
import packageJson from '../../package.json' with { type: 'json' };
import { systemClock } from '../clock.ts';
import { loadConfig } from '../config/load.ts';
import type { DsmTaskName } from '../dsm/dsm-task.ts';
import { renderNas } from '../dsm/options.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { createNoLog } from '../log/no-log.ts';
import { renderJson, toOneLine } from '../untrusted-text.ts';
import type { Command } from './command.ts';
import { findNas } from './find-nas.ts';
import { listConfigured, type ConfiguredTask } from '../nas/nas-tasks.ts';
import { openNas } from '../nas/open-nas.ts';
import { loadProbeReport } from './probe-report.ts';

const fileName = 'remotetask-probe.json';

export const probe: Command = {
  name: 'probe',
  operands: [{ name: 'NAS', kind: 'nas', isOptional: true }],
  options: ['run'],
  summary: 'Shows what DSM answers, without names, accounts and commands, for an issue',
  async run({ configFile, operands: [name], env, isTerminal, options: { run } }) {
    const { nases, tasks } = loadConfig(configFile, env);
    const settings = findNas(nases, name);
    const started = run === undefined ? undefined : findTask(listConfigured(tasks, settings.name), run);
    const nas = openNas(settings, { logger: createNoLog(), clock: systemClock });
    const { call } = nas;
    if (call === undefined)
      throw new AppError('usage', `${renderNas(settings.name)} cannot be asked by its Web API`, [
        nas.transport.remedy === undefined
          ? `${nas.transport.sentence}.`
          : `${nas.transport.sentence}. ${nas.transport.remedy}.`,
      ]);
    try {
      const report = renderJson(await loadProbeReport({ ...nas, call }, packageJson.version, started));
      console.log(report);
      if (isTerminal && (await isWanted())) save(report);
      return 0;
    } finally {
      await nas.close();
    }
  },
};

/** The task of DSM that a task id of the config refers to. Throws AppError `usage`. */
function findTask(configured: readonly ConfiguredTask[], id: string): DsmTaskName {
  const found = configured.find((task) => task.id === id);
  if (found !== undefined) return found.which;
  throw new AppError('usage', `The config has no task "${toOneLine(id)}" on this NAS`, [
    'Give --run the id of a task in the config that may be started',
  ]);
}

async function isWanted(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`This is all of it. Save it as ${fileName} here? [y/N] `);
  terminal.close();
  return /^y(?:es)?$/i.test(answer.trim());
}

function save(report: string): void {
  try {
    fs.writeFileSync(fileName, `${report}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new AppError('usage', `Cannot write ${fileName} (${toErrorCode(error)})`, [
      'Move an older one away, or change to a folder that you may write',
    ]);
  }
  console.log('Saved. Attach it to an issue.');
}
