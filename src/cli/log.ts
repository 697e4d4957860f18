// `remotetask log`: shows the log as a person reads it.
import { styleText } from 'node:util';
import { AppError } from '../errors.ts';
import { followLines } from '../log/follow.ts';
import { listDetails, parseLogLine, readLast, toLogFiles, type LogLine } from '../log/tail.ts';
import { escapeJson, toOneLine } from '../untrusted-text.ts';
import type { Command } from './command.ts';
import { findLog } from './find-files.ts';
import { endWithReader } from './output.ts';
import { renderTime } from './time.ts';

const usualCount = 20;
const warning = 40;
const error = 50;

export const log: Command = {
  name: 'log',
  options: ['follow', 'lines', 'task', 'strangers', 'json'],
  summary: 'Shows the last lines of the log: starts, ends, warnings',
  details: [
    'It reads the files of the log, also the rotated ones, and needs no daemon. Times are those of this machine. What `log.level` keeps out of the log is not shown.',
  ],
  async run({ configFile, env, options }) {
    const settings = findLog(configFile, env);
    const limit = toCount(options.lines);
    const files = toLogFiles(settings);
    if (options.follow === true) endWithReader();
    const fits = createTest(options);
    const print = (line: string): void => {
      const parsed = options.json === true ? undefined : parseLogLine(line);
      console.log(parsed === undefined ? escapeJson(line) : renderLine(parsed));
    };
    const { lines, next } = await readLast(files, {
      limit,
      take: (line) => (fits(line) ? line : undefined),
    });
    if (next === undefined) console.error(`There is no log yet at ${settings.path}`);
    lines.forEach(print);
    if (options.follow !== true) return 0;
    for await (const line of followLines(files, next)) if (fits(line)) print(line);
    return 0;
  },
};

/** Whether a line is wanted: of one task, and of strangers only if asked for. */
function createTest({
  task,
  strangers,
}: {
  readonly task?: string | undefined;
  readonly strangers?: boolean | undefined;
}): (line: string) => boolean {
  return (line) => {
    const parsed = parseLogLine(line);
    const isOfStranger = parsed?.event === 'refused' || parsed?.event === 'flood';
    return (strangers === true || !isOfStranger) && (task === undefined || parsed?.task === task);
  };
}

function renderLine(line: LogLine): string {
  const { time, level, msg } = line;
  const text = toOneLine(msg);
  const shown = level >= error ? styleText('red', text) : level >= warning ? styleText('yellow', text) : text;
  return [
    `${styleText('dim', renderTime(time))}  ${shown}`,
    ...listDetails(line).map((detail) => `${' '.repeat(21)}${toOneLine(detail)}`),
  ].join('\n');
}

function toCount(lines: string | undefined): number {
  if (lines === undefined) return usualCount;
  if (!/^\d{1,7}$/.test(lines)) throw new AppError('usage', 'Give --lines a number, such as 100');
  return Number(lines);
}
