// Takes what is invalid out of a config, so that the rest can be checked. Such a config is never used.
import { newKey } from '../keys.ts';
import type { Path } from './finding.ts';

const standInUrl = 'https://stand-in.invalid/';
const labelled = (): object => ({ label: 'stand-in', key: newKey() });

/** What stands for an invalid value that is needed, by its place: `#` is any index, `*` any name. A key of its own is like no other. */
const standIns: readonly [place: RegExp, create: () => unknown][] = [
  [/^server$/, () => ({ magickey: newKey() })],
  [/^tasks$/, () => ({})],
  [/^(?:server\.magickey|tasks\.\*\.identifier)(?:\.#\.(?:key|label))?$/, newKey],
  [/^(?:server\.magickey|tasks\.\*\.identifier)\.#$/, labelled],
  [/^notify\.#$/, () => ({ type: 'webhook', url: standInUrl })],
  [/^notify\.#\.type$/, () => 'webhook'],
  [/^notify\.#\.url$|^dsm\.(?:\*\.)?webapi\.url$/, () => standInUrl],
  [/^dsm\.(?:\*\.)?webapi\.(?:account|password)$/, newKey],
];

/** Leaves out, or replaces, the value at a path of a config; if it is missing, or needed in its list, what contains it. */
export function leaveOut(config: unknown, path: Path): void {
  const name = path.at(-1);
  const above = path.slice(0, -1);
  const container = findValue(config, above);
  // Something above it has been left out already.
  if (name === undefined || !isContainer(container)) return;
  const place = renderPlace(path);
  const standIn = standIns.find(([pattern]) => pattern.test(place));
  if (standIn !== undefined) container[name] = standIn[1]();
  else if (!Array.isArray(container) && Object.hasOwn(container, name))
    Reflect.deleteProperty(container, name);
  else leaveOut(config, above);
}

/** The value at a path; undefined if nothing is there. */
export function findValue(config: unknown, path: Path): unknown {
  let value = config;
  for (const step of path) value = isContainer(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value;
}

function renderPlace(path: Path): string {
  const [part, name] = path;
  const isNamed = part === 'tasks' || (part === 'dsm' && name !== 'webapi');
  return path.map((step, i) => (typeof step === 'number' ? '#' : i === 1 && isNamed ? '*' : step)).join('.');
}

function isContainer(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}
