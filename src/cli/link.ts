// `remotetask link`: makes an address for a guest: one task, for a time and a number of starts, and no other key.
import { quoteWord } from '../called.ts';
import { loadConfig } from '../config/load.ts';
import { toBaseUrl, toHomeUrl, toTaskUrl } from '../daemon/addresses.ts';
import { controlPaths } from '../daemon/status.ts';
import { guestWord } from '../entry/links.ts';
import { AppError } from '../errors.ts';
import { toControlPath } from '../history/control-path.ts';
import { newKey, toKeyDigest } from '../keys.ts';
import { renderJson, toOneLine } from '../untrusted-text.ts';
import { answerMs, askDaemon, toNotRunning, toOlder } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { findTask } from './find-task.ts';
import { requireDuration } from './key-changes.ts';
import { endLink, loadLinks } from './links.ts';
import { printOnce } from './output.ts';
import { renderQrCode } from './qr-code.ts';
import { renderTitle } from './task-addresses.ts';
import { requireTerminal } from './terminal.ts';
import { renderTime } from './time.ts';
import { requireHttpUrl } from './url.ts';

const longestMs = 366 * 86_400_000;
const mostUses = 10_000;

export const link: Command = {
  name: 'link',
  operands: [{ name: 'TASK', kind: 'task' }],
  options: ['for', 'uses', 'label', 'base', 'json'],
  meanings: {
    for: {
      value: { name: 'DURATION', kind: 'text' },
      summary: 'how long the link works, such as 6h; a day if not given',
    },
  },
  summary: 'Makes a guest link: an address that starts one task, a few times, and needs no other key',
  details: [
    'Without --uses, it starts the task once; a call that joins a run under way is no use. The policies of the task apply as for any call. When its time or its uses are over, or after `links end`, the address gets the answer of a wrong key. If the config no longer has the task, its links end for good.',
    'Opening the address shows a page with one button, which starts the task; so does a POST of a script. A message that previews the link does not spend it.',
    'The address is shown this once, and in a terminal only; with --json it is written into pipes and files, too. The daemon keeps only its digest, beside the history.',
  ],
  statuses: { '3': 'no daemon of this config is running' },
  async run({ configFile, env, operands: [id = ''], options, isTerminal, called }) {
    const { for: time = '1d', uses: times = '1', base, json: isJson = false } = options;
    requireTerminal(isTerminal || isJson);
    if (base !== undefined) requireHttpUrl(base);
    const ms = requireDuration('--for', time);
    if (ms < 1000 || ms > longestMs) throw new AppError('usage', 'Give --for between 1s and 366d');
    const uses = /^\d{1,5}$/.test(times) ? Number(times) : 0;
    if (uses < 1 || uses > mostUses)
      throw new AppError('usage', `Give --uses a number from 1 to ${mostUses}`);
    const config = loadConfig(configFile, env);
    const task = findTask(config.tasks, id, (one) => one.id);
    const socketPath = toControlPath(config.history.path);
    const label = options.label ?? (await chooseLabel(socketPath));
    requireLabel(label);
    const key = newKey();
    const endsAtMs = Date.now() + ms;
    const path = controlPaths.newLink({ task: id, key: toKeyDigest(key), endsAtMs, uses, label });
    await requireMade(socketPath, path, label);
    const address = toTaskUrl(base ?? toBaseUrl(config), guestWord, key);
    const ends = new Date(endsAtMs).toISOString();
    const often = uses === 1 ? 'once' : `${uses} times`;
    await printOnce(
      isJson
        ? renderJson({ label, task: id, address, home: toHomeUrl(address), uses, ends })
        : `${address}\n${renderQrCode(address)}\nIt starts ${renderTitle(task)} ${often} until ${renderTime(ends)}, as "${toOneLine(label)}". It is shown this once.`,
      async () => [await takeBack(socketPath, label, called)],
    );
    return 0;
  },
};

/** Ends a link whose address was not shown; a sentence about that. */
async function takeBack(socketPath: string, label: string, called: string): Promise<string> {
  try {
    await endLink(socketPath, label);
    return `The guest link "${toOneLine(label)}" has ended, because its address was not shown`;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `The guest link "${toOneLine(label)}" is still open; \`${called} links end ${quoteWord(label)}\` ends it`;
  }
}

async function chooseLabel(socketPath: string): Promise<string> {
  const taken = new Set((await loadLinks(socketPath)).map(({ label }) => label));
  let n = 1;
  const name = (): string => (n === 1 ? 'guest' : `guest ${n}`);
  while (taken.has(name())) n++;
  return name();
}

function requireLabel(label: string): void {
  if (label === '' || label.length > 60 || /\p{Cc}/u.test(label))
    throw new AppError('usage', 'Give --label up to 60 characters, and no control characters');
}

/** Throws AppError if the daemon has not made the link. */
async function requireMade(socketPath: string, path: string, label: string): Promise<void> {
  const { status } = await askDaemon(socketPath, { method: 'POST', path, withinMs: answerMs }).catch(
    (error: unknown) => {
      throw toNotRunning(error);
    },
  );
  switch (status) {
    case 200:
      return;
    case 404:
      throw new AppError('no-such-task', 'The daemon has no such task');
    case 409:
      throw new AppError('usage', `There is a guest link with the label "${toOneLine(label)}" already`);
    case 503:
      throw new AppError('history-unusable', 'The link could not be recorded, and opens nothing', [
        'The log names the file and the reason',
      ]);
    case 507:
      throw new AppError('usage', 'There are too many guest links');
    default:
      throw toOlder();
  }
}
