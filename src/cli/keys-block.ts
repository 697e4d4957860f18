// `remotetask keys block` and `keys unblock`: take keys out of use through the daemon, without a change of the config.
import { AppError } from '../errors.ts';
import { toOneLine } from '../untrusted-text.ts';
import { answerMs, askDaemon, toNotRunning } from './ask-daemon.ts';
import type { Command, CommandInput } from './command.ts';
import { findControlPath } from './find-files.ts';
import { controlPaths } from '../daemon/status.ts';

export const keysBlock: Command = {
  name: 'keys block',
  operands: [{ name: 'LABEL', kind: 'label' }],
  summary: 'Blocks the keys that have a label: they open nothing from now on',
  details: [
    'The daemon keeps what is blocked beside its history; the config stays as it is. A new key with the same label is not blocked. The admin page has a button that does the same.',
  ],
  statuses: { '3': 'no daemon of this config is running' },
  run: async (input) => await change('block', input),
};

export const keysUnblock: Command = {
  name: 'keys unblock',
  operands: [{ name: 'LABEL', kind: 'label' }],
  summary: 'Ends a block: the keys that have the label open again what the config says',
  statuses: { '3': 'no daemon of this config is running' },
  run: async (input) => await change('unblock', input),
};

async function change(
  what: 'block' | 'unblock',
  { configFile, env, operands: [label = ''] }: CommandInput,
): Promise<number> {
  const socketPath = findControlPath(configFile, env);
  const path = controlPaths.keys(what, label);
  const shown = toOneLine(label);
  try {
    const { status } = await askDaemon(socketPath, { method: 'POST', path, withinMs: answerMs });
    if (status === 404) throw new AppError('usage', `No key has the label "${shown}"`);
    if (status !== 200)
      throw new AppError(
        'history-unusable',
        what === 'block'
          ? `The keys with the label "${shown}" are blocked only until the daemon ends: it could not be recorded`
          : `The keys with the label "${shown}" are still blocked: it could not be recorded`,
        ['The log names the file and the reason'],
      );
  } catch (error) {
    throw toNotRunning(error);
  }
  console.log(
    what === 'block'
      ? `The keys with the label "${shown}" are blocked: they open nothing.`
      : `The keys with the label "${shown}" are no longer blocked.`,
  );
  return 0;
}
