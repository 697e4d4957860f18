// What `remotetask tasks` prints for people: a table for each NAS, and notes about it.
import { styleText } from 'node:util';
import type { LastRun, ListedTask } from '../dsm/listed-task.ts';
import { renderNas } from '../dsm/options.ts';
import { toOneLine } from '../untrusted-text.ts';
import { findMissing, renderWhich, toConfiguredIds, type ConfiguredTask } from '../nas/nas-tasks.ts';
import { renderTable, type Column } from './table.ts';
import { listTroubles, type TasksReport } from './tasks-report.ts';

const columns: readonly Column[] = [
  { title: 'Id', isRight: true },
  { title: 'Name', givesWay: true },
  { title: 'Owner', maxWidth: 10 },
  { title: 'State' },
  { title: 'Last run', maxWidth: 32 },
  { title: 'Config', maxWidth: 16 },
];

/** Prints the reports of all NASes; troubles go to standard error. */
export async function printReports(reports: readonly TasksReport[]): Promise<void> {
  for (const [i, report] of reports.entries()) {
    if (i > 0) console.log();
    await print(report);
  }
}

async function print(report: TasksReport): Promise<void> {
  const { nas, transport, list, isOutputSaved, isCutShort, configured, endsSessions } = report;
  console.log(
    `${styleText('bold', `${transport.sentence}.`)}${transport.remedy === undefined ? '' : ` ${transport.remedy}.`}`,
  );
  if (list.kind === 'listed') {
    await printTable(list.tasks, configured);
    const missing = findMissing(list, configured);
    if (missing.length > 0) console.log(styleText('yellow', `In the config, but not in ${renderNas(nas)}:`));
    for (const { id, which } of missing) console.log(`  ${toOneLine(id)}: ${renderWhich(which)}`);
    if (list.triggered.kind === 'unsupported') console.log('synoschedtask cannot list triggered tasks.');
  }
  if (isOutputSaved === false)
    console.log(
      'DSM keeps no results: switch on "Save output results" in Control Panel > Task Scheduler > Settings.',
    );
  if (isCutShort) console.log('DSM took too long to say how all of them ended.');
  if (endsSessions)
    console.log(
      styleText(
        'yellow',
        'DSM ends a session of the account when another one begins (error 107): a daemon that uses the account signs in again.',
      ),
    );
  const what = list.kind === 'listed' ? 'the triggered tasks' : 'the tasks';
  for (const { reason, lines } of listTroubles(report)) {
    console.error(
      styleText('red', `Cannot list ${what} of ${renderNas(nas)}. ${reason}`, { stream: process.stderr }),
    );
    for (const line of lines) console.error(`  ${line}`);
  }
}

async function printTable(all: readonly ListedTask[], configured: readonly ConfiguredTask[]): Promise<void> {
  const [titles = '', ...lines] = await renderTable(
    columns,
    all.map((task) => toCells(task, toConfiguredIds(task, configured))),
    process.stdout.columns ?? 80,
  );
  const triggered = all.findIndex(({ which }) => which.kind === 'triggered');
  console.log(all.length === 0 ? 'There are no tasks.' : styleText('underline', titles));
  all.forEach((task, i) => {
    if (i === triggered) console.log('Triggered:');
    console.log(paint(task, lines[i] ?? ''));
  });
}

function toCells(
  { which, name, owner, isEnabled, canRun, lastRun }: ListedTask,
  config: readonly string[],
): string[] {
  return [
    which.kind === 'scheduled' ? String(which.id) : '',
    toOneLine(name),
    toOneLine(owner ?? '?'),
    canRun === false ? 'no right' : isEnabled === undefined ? '?' : isEnabled ? 'enabled' : 'disabled',
    renderLastRun(lastRun),
    config.length === 0 ? '-' : toOneLine(config.join(', ')),
  ];
}

function renderLastRun(lastRun: LastRun): string {
  if (lastRun.kind === 'none') return '-';
  if (lastRun.kind === 'unknown') return '?';
  const code = lastRun.kind === 'failed' && lastRun.exitCode !== undefined ? ` (${lastRun.exitCode})` : '';
  // DSM's time includes seconds, which are not useful here.
  const at =
    lastRun.startedAt === undefined
      ? ''
      : ` ${toOneLine(lastRun.startedAt.replace(/(\d:\d\d):\d\d$/, '$1'))}`;
  return `${lastRun.kind}${code}${at}`;
}

function paint({ isEnabled, canRun, lastRun }: ListedTask, line: string): string {
  if (isEnabled === false || canRun === false) return styleText('dim', line);
  return lastRun.kind === 'failed' ? styleText('red', line) : line;
}
