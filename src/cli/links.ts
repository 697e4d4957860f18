// `remotetask links` and `links end`: lists the guest links, and ends them.
import * as z from 'zod';
import { controlPaths, ListedLink } from '../daemon/status.ts';
import { AppError } from '../errors.ts';
import { renderJson, toOneLine } from '../untrusted-text.ts';
import { answerMs, askDaemon, toNotRunning, toOlder } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { findControlPath } from './find-files.ts';
import { renderTable, type Column } from './table.ts';
import { renderTime } from './time.ts';

const statuses = { '3': 'no daemon of this config is running' };

export const links: Command = {
  name: 'links',
  options: ['json'],
  summary: 'Lists the guest links that `link` made, with their uses and ends',
  statuses,
  async run({ configFile, env, width, options: { json: isJson = false } }) {
    const all = await loadLinks(findControlPath(configFile, env));
    if (isJson) console.log(renderJson({ links: all }));
    else if (all.length === 0) console.log('There are no guest links.');
    else for (const line of await renderTable(columns, all.map(toCells), width)) console.log(line);
    return 0;
  },
};

export const linksEnd: Command = {
  name: 'links end',
  operands: [{ name: 'LABEL', kind: 'link' }],
  summary: 'Ends the guest link that has a label; its address then opens nothing',
  statuses,
  async run({ configFile, env, operands: [label = ''] }) {
    await endLink(findControlPath(configFile, env), label);
    console.log(`The guest link "${toOneLine(label)}" has ended.`);
    return 0;
  },
};

/** Ends the link with a label. Throws AppError. */
export async function endLink(socketPath: string, label: string): Promise<void> {
  const { status } = await ask(socketPath, 'POST', controlPaths.endLink(label));
  if (status === 404)
    throw new AppError('usage', `No guest link that is open has the label "${toOneLine(label)}"`);
  if (status !== 200)
    throw new AppError(
      'history-unusable',
      `The link has ended only until the daemon ends: it could not be recorded`,
      ['The log names the file and the reason'],
    );
}

const columns: readonly Column[] = [
  { title: 'Label', maxWidth: 30 },
  { title: 'Task', givesWay: true },
  { title: 'State' },
  { title: 'Used', isRight: true },
  { title: 'Ends' },
];

function toCells({ label, task, state, used, uses, ends }: ListedLink): string[] {
  return [toOneLine(label), toOneLine(task), state, `${used} of ${uses}`, renderTime(ends).slice(0, 16)];
}

/** The guest links of the daemon. Throws AppError `not-running`. */
export async function loadLinks(socketPath: string): Promise<readonly ListedLink[]> {
  const { body } = await ask(socketPath, 'GET', controlPaths.links);
  const found = z.array(ListedLink).safeParse(parseJson(body)).data;
  if (found === undefined) throw toOlder();
  return found;
}

async function ask(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  try {
    return await askDaemon(socketPath, { method, path, withinMs: answerMs });
  } catch (error) {
    throw toNotRunning(error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
