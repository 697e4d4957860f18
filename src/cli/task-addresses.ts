// The addresses of a task as the command line shows them: one for each pair of keys, with their labels beside them.
import type { ClearKeys, KeyPair, LoadedConfig } from '../config/load.ts';
import { toHomeUrl, toTaskUrl } from '../daemon/addresses.ts';
import { AppError } from '../errors.ts';
import { loadNames, toNamesPath } from '../history/names.ts';
import { nameTask } from '../nas/name-tasks.ts';
import type { Task } from '../tasks.ts';
import { toOneLine } from '../untrusted-text.ts';
import { renderQrCode } from './qr-code.ts';

/** An address that starts a task, the one of its `/home`, and for whom they are. */
export interface TaskAddress {
  readonly label: string | null;
  readonly address: string;
  readonly home: string;
}

/** The addresses of a task; only those for a label, if one is given. */
export function listAddresses(
  { pairs }: ClearKeys,
  baseUrl: string,
  label: string | undefined,
): readonly TaskAddress[] {
  return (label === undefined ? pairs : choosePairs(pairs, label)).map(({ labels, magicKey, taskKey }) => {
    const address = toTaskUrl(baseUrl, magicKey, taskKey);
    return { label: joinLabels(labels), address, home: toHomeUrl(address) };
  });
}

/** The pair with exactly these labels, or the first one in which one key has the label. */
function choosePairs(pairs: readonly KeyPair[], label: string): readonly KeyPair[] {
  const chosen =
    pairs.find(({ labels }) => joinLabels(labels) === label) ??
    pairs.find(({ labels }) => labels.includes(label));
  return chosen === undefined ? [] : [chosen];
}

/** All labels of magic keys and task keys. */
export function listLabels({ magic, tasks }: LoadedConfig['keys']): readonly string[] {
  const all = [...magic, ...[...tasks.values()].flat()];
  return [...new Set(all.flatMap(({ label }) => label ?? []))];
}

/** Throws AppError `usage` if no key has this label. */
export function requireLabel(keys: LoadedConfig['keys'], label: string | undefined): void {
  const labels = listLabels(keys);
  if (label === undefined || label.split(' + ').every((part) => labels.includes(part))) return;
  throw new AppError('usage', `No key has the label "${toOneLine(label)}"`, [
    labels.length === 0
      ? 'The keys of the config have no labels: give them as a list of { "label", "key" }'
      : `The labels are ${labels.map(toOneLine).join(', ')}`,
  ]);
}

/** A task's id and name, its addresses, and the addresses that put it on a home screen. */
export function renderTaskAddresses({ task }: ClearKeys, addresses: readonly TaskAddress[]): string {
  return [
    renderTitle(task),
    ...(addresses.length === 0
      ? ['  (no key of it that is valid stands in clear in the config)']
      : addresses.flatMap(({ label, address, home }) => [
          `  ${address}${label === null ? '' : ` (for ${toOneLine(label)})`}`,
          `  ${home} (puts it on the home screen)`,
        ])),
  ].join('\n');
}

/** The other addresses of this machine, in case that the one shown cannot be reached. */
export function renderOtherBases(bases: readonly string[]): string {
  return `Other addresses of this machine: ${bases.join(', ')}`;
}

/** The id of a task, and its name if that is another one. */
export function renderTitle({ id, name }: Pick<Task, 'id' | 'name'>): string {
  return id === name ? toOneLine(id) : `${toOneLine(id)} (${toOneLine(name)})`;
}

/** The same keys, with the name that DSM has for their task. */
export function nameKeys(keys: readonly ClearKeys[], { history }: LoadedConfig): readonly ClearKeys[] {
  const names = loadNames(toNamesPath(history.path));
  return keys.map((one) => ({ ...one, task: nameTask(one.task, names) }));
}

/** The QR code that sets up a phone: it opens the task's `/home`, which starts nothing. */
export function renderHomeQrCode({ home }: TaskAddress): string {
  return `${renderQrCode(home)}\nScan it with a phone: the page that opens starts nothing, and puts the task on the home screen.`;
}

/** The same, and the QR code if there is one address only; else the command that shows one. */
export function renderWithQrCode(
  keys: ClearKeys,
  addresses: readonly TaskAddress[],
  urlCommand: string,
): string {
  const [only, another] = addresses;
  const shown = renderTaskAddresses(keys, addresses);
  if (only === undefined) return shown;
  return another === undefined
    ? `${shown}\n${renderHomeQrCode(only)}`
    : `${shown}\n\`${urlCommand} --for LABEL\` shows the QR code of one of them`;
}

function joinLabels(labels: readonly string[]): string | null {
  return labels.length === 0 ? null : labels.join(' + ');
}
