// `remotetask tasks`: lists the tasks of each NAS and the tasks of the config that refer to them.
import { loadConfig } from '../config/load.ts';
import { renderJson } from '../untrusted-text.ts';
import type { Command } from './command.ts';
import { findNas } from './find-nas.ts';
import { listConfigured } from '../nas/nas-tasks.ts';
import { printReports } from './print-tasks.ts';
import { listTroubles, loadTasksReport, toJson } from './tasks-report.ts';

export const tasks: Command = {
  name: 'tasks',
  operands: [{ name: 'NAS', kind: 'nas', isOptional: true }],
  options: ['json'],
  summary: 'Lists the tasks that DSM has, beside those of the config',
  async run({ configFile, operands: [name], env, options: { json: isJson = false } }) {
    const { nases, tasks } = loadConfig(configFile, env);
    const chosen = name === undefined ? [...nases.values()] : [findNas(nases, name)];
    const reports = await Promise.all(
      chosen.map(async (nas) => await loadTasksReport(nas, listConfigured(tasks, nas.name))),
    );
    if (isJson) console.log(renderJson({ nases: reports.map(toJson) }));
    else await printReports(reports);
    return reports.every((report) => listTroubles(report).length === 0) ? 0 : 1;
  },
};
