// Finds the NAS named on the command line.
import type { NasSettings } from '../dsm/options.ts';
import { AppError } from '../errors.ts';
import { toOneLine } from '../untrusted-text.ts';

/** The NAS with this name, or the only NAS if no name is given. Throws AppError `usage`. */
export function findNas(nases: ReadonlyMap<string, NasSettings>, name: string | undefined): NasSettings {
  const [only, another] = nases.values();
  const found =
    name === undefined
      ? another === undefined
        ? only
        : undefined
      : name === ''
        ? undefined
        : nases.get(name);
  if (found !== undefined) return found;
  const names = [...nases.keys()].filter((known) => known !== '');
  throw new AppError(
    'usage',
    name === undefined ? 'Name the NAS' : `There is no NAS "${toOneLine(name)}" in the config`,
    [names.length === 0 ? 'Its "dsm" names none: leave the name away' : `Its NASes are ${names.join(', ')}`],
  );
}
