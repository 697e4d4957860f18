// Icons as PNGs: drawn when first requested, in the requested size, by one process at a time, and kept while there is room.
import { systemClock, type Clock } from '../clock.ts';
import type { Icon } from '../icon.ts';
import type { Logger } from '../log/log.ts';
import { drawIcons, type Drawn, type Problem, type Wanted } from './drawing.ts';
import { createFailures } from './failures.ts';
import { createKeptIcons } from './kept-icons.ts';
import type { IconSize } from './tile.ts';

/** How much memory icons may take: at 192 pixels an emoji takes 6 kB, and a photo up to 150 kB, so that 50 tasks with photos fit. */
const usualMaxBytes = 8_000_000;
/** How many are drawn at once. */
const maxAtOnce = 16;
export interface Icons {
  /** The PNG of an icon (undefined means the plain one) in one of its sizes; or undefined if it cannot be drawn. */
  find(icon: Icon | undefined, form: IconSize): Promise<Buffer | undefined>;
  /** Stops drawing. */
  close(): void;
}

interface IconRequest extends Wanted {
  readonly key: string;
  /** The icon, whatever its size. */
  readonly iconKey: string;
  readonly promise: Promise<Buffer | undefined>;
  readonly resolve: (png: Buffer | undefined) => void;
}

/** Creates an empty set of icons. Tests pass another clock, another way to draw and another size. */
export function createIcons({
  logger,
  clock = systemClock,
  draw = drawIcons,
  maxBytes = usualMaxBytes,
}: {
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly draw?: (
    wanted: readonly Wanted[],
    stop: AbortSignal,
    onDrawn: (drawn: Drawn) => void,
  ) => Promise<Problem | undefined>;
  readonly maxBytes?: number;
}): Icons {
  const kept = createKeptIcons(maxBytes);
  const failures = createFailures(clock);
  const wishes = new Map<string, IconRequest>();
  /** The pictures for which the log already reports that the plain icon replaces them. */
  const reported = new Set<string>();
  const closing = new AbortController();
  let isDrawing = false;

  const grant = ({ key, iconKey, icon, resolve }: IconRequest, drawn: Drawn | undefined): void => {
    wishes.delete(key);
    if (drawn === undefined) return resolve(undefined);
    // The loading of the config has already warned of emoji without a drawing.
    if (!drawn.isAsOrdered && icon?.kind === 'picture' && !reported.has(iconKey)) {
      reported.add(iconKey);
      logger.warn(
        { event: 'icon-undrawn' },
        'Cannot draw the picture of a task, and shows the plain icon: the file is damaged, or nothing is to be seen on it',
      );
    }
    failures.forget(iconKey);
    kept.keep(key, drawn.png);
    resolve(drawn.png);
  };
  /** If the program fails at one icon, the others of its batch are not refused: they stay requested. */
  const fail = (undrawn: readonly IconRequest[], { of, reason }: Problem): void => {
    const failed =
      of === 'icon' ? [...wishes.values()].filter(({ iconKey }) => iconKey === undrawn[0]?.iconKey) : undrawn;
    if (!closing.signal.aborted) {
      logger.warn(
        { event: 'icon-undrawn', problem: reason },
        of === 'icon'
          ? `Cannot draw the icon of a task: the process that draws failed at it (${reason})`
          : `Cannot draw icons: the process that draws them failed (${reason})`,
      );
      for (const iconKey of new Set(failed.map((wish) => wish.iconKey))) failures.note(iconKey, of);
    }
    for (const wish of failed) grant(wish, undefined);
  };
  const drawWishes = async (): Promise<void> => {
    if (isDrawing) return;
    isDrawing = true;
    while (wishes.size > 0) {
      const some = [...wishes.values()].slice(0, maxAtOnce);
      const undrawn = [...some];
      const problem: Problem | undefined = closing.signal.aborted
        ? { of: 'program', reason: 'closing' }
        : await draw(some, closing.signal, (drawn) => {
            const wish = undrawn.shift();
            if (wish !== undefined) grant(wish, drawn);
          });
      if (problem !== undefined) fail(undrawn, problem);
    }
    isDrawing = false;
  };
  return {
    async find(icon, form) {
      const iconKey = toKey(icon);
      const key = `${form} ${iconKey}`;
      const known = kept.find(key);
      if (known !== undefined) return known;
      if (failures.mustWait(iconKey)) return undefined;
      const wish = wishes.get(key) ?? {
        key,
        iconKey,
        icon,
        form,
        ...Promise.withResolvers<Buffer | undefined>(),
      };
      wishes.set(key, wish);
      void drawWishes();
      return await wish.promise;
    },
    close() {
      closing.abort();
    },
  };
}

function toKey(icon: Icon | undefined): string {
  if (icon === undefined) return '';
  return icon.kind === 'emoji' ? icon.emoji : icon.digest;
}
