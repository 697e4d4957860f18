// What `serve` shows in a terminal: the config that it made, and the address and QR code of a task until one has been started.
import { styleText } from 'node:util';
import { inspectConfig } from '../config/load.ts';
import { toBaseUrls } from '../daemon/addresses.ts';
import { quoteWord } from '../called.ts';
import type { CommandInput } from './command.ts';
import {
  listAddresses,
  nameKeys,
  renderHomeQrCode,
  renderOtherBases,
  renderTaskAddresses,
} from './task-addresses.ts';

type Welcomed = Pick<CommandInput, 'configFile' | 'env' | 'isTerminal' | 'called' | 'options'>;

/** Names the config that was just made; at once, because the start may fail. */
export function announceConfig({ configFile, isTerminal, called }: Welcomed): void {
  if (isTerminal) console.log(`Made ${styleText('bold', configFile)} with fresh keys and a harmless task.`);
  else
    console.error(
      `Made ${configFile}. Run \`${called} url --config ${configFile}\` in a terminal to see the address of its task.`,
    );
}

/** Shows the address to tap as long as no task has been started, and later how to see it. In a terminal only, because it contains keys. */
export function showWelcome(input: Welcomed, isUnused: boolean): void {
  const { configFile, env, isTerminal, called, options } = input;
  if (!isTerminal) return;
  const named = options.config === undefined ? '' : ` --config ${quoteWord(options.config)}`;
  const hint = `\`${called} url${named}\` shows the addresses of the tasks, and QR codes.`;
  const found = isUnused ? inspectConfig(configFile, env) : undefined;
  if (found?.kind !== 'usable') return console.log(hint);
  const [baseUrl = '', ...otherBases] = toBaseUrls(found.loaded);
  const shown = nameKeys(found.listClearKeys(), found.loaded).map((keys) => ({
    keys,
    addresses: listAddresses(keys, baseUrl, undefined),
  }));
  const first = shown.find(({ addresses }) => addresses.length > 0);
  const [address] = first?.addresses ?? [];
  if (first === undefined || address === undefined) return console.log(hint);
  console.log(
    [
      '',
      renderTaskAddresses(first.keys, [address]),
      ...(otherBases.length === 0 ? [] : [renderOtherBases(otherBases)]),
      '',
      renderHomeQrCode(address),
      ...(shown.length + first.addresses.length > 2 ? ['', hint] : []),
      '',
    ].join('\n'),
  );
}
