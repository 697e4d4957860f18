// Icons as PNGs: drawn when first asked for, by one process at a time, and kept as long as there is room.
import type { Icon } from '../icon.ts';
import type { Logger } from '../log/log.ts';
import { drawIcons, type Drawn } from './drawing.ts';
import type { Form } from './tile.ts';

/** How much memory may hold icons; one of an emoji takes 30 kB. */
const usualMaxBytes = 4_000_000;
/** How many are drawn at once. */
const maxAtOnce = 16;

export interface Icons {
  /** The PNG of an icon, undefined being the plain one, in one of its forms; or undefined where none can be drawn. */
  find(icon: Icon | undefined, form: Form): Promise<Buffer | undefined>;
  /** Draws nothing more. */
  close(): void;
}

type Kept = Readonly<Record<Form, Buffer>>;
interface Wish {
  readonly key: string;
  readonly icon: Icon | undefined;
  readonly promise: Promise<Kept | undefined>;
  readonly resolve: (kept: Kept | undefined) => void;
}

export function createIcons({
  logger,
  draw = drawIcons,
  maxBytes = usualMaxBytes,
}: {
  readonly logger: Logger;
  readonly draw?: typeof drawIcons;
  readonly maxBytes?: number;
}): Icons {
  /** In the order in which they were asked for last. */
  const kept = new Map<string, Kept>();
  const wishes = new Map<string, Wish>();
  const closing = new AbortController();
  let keptBytes = 0;
  let isDrawing = false;

  const keep = (key: string, icon: Kept): void => {
    kept.set(key, icon);
    keptBytes += toBytes(icon);
    for (const [oldest, forgotten] of kept) {
      if (keptBytes <= maxBytes) break;
      kept.delete(oldest);
      keptBytes -= toBytes(forgotten);
    }
  };
  const grant = ({ key, icon, resolve }: Wish, drawn: Drawn | undefined): void => {
    wishes.delete(key);
    if (drawn === undefined) return resolve(undefined);
    // Of emoji that nobody has drawn the config has warned already.
    if (!drawn.isAsOrdered && icon?.kind === 'picture')
      logger.warn(
        { event: 'icon-undrawn' },
        'Cannot draw the picture of a task, and shows the plain icon: the file is damaged, or nothing is to be seen on it',
      );
    const found = toKept(drawn);
    keep(key, found);
    resolve(found);
  };
  const drawWishes = async (): Promise<void> => {
    if (isDrawing) return;
    isDrawing = true;
    while (wishes.size > 0) {
      const some = [...wishes.values()].slice(0, maxAtOnce);
      const drawn = closing.signal.aborted
        ? { problem: 'closing' }
        : await draw(
            some.map(({ icon }) => icon),
            closing.signal,
          );
      if ('problem' in drawn && !closing.signal.aborted)
        logger.warn(
          { event: 'icon-undrawn', problem: drawn.problem },
          `Cannot draw icons: the process that draws them failed (${drawn.problem})`,
        );
      some.forEach((wish, i) => grant(wish, 'problem' in drawn ? undefined : drawn[i]));
    }
    isDrawing = false;
  };
  return {
    async find(icon, form) {
      const key = toKey(icon);
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known[form];
      }
      const wish = wishes.get(key) ?? { key, icon, ...Promise.withResolvers<Kept | undefined>() };
      wishes.set(key, wish);
      void drawWishes();
      return (await wish.promise)?.[form];
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

function toKept(drawn: Drawn): Kept {
  return {
    'icon-180': Buffer.from(drawn['icon-180'], 'base64'),
    'icon-192': Buffer.from(drawn['icon-192'], 'base64'),
    'icon-512': Buffer.from(drawn['icon-512'], 'base64'),
    'icon-512-maskable': Buffer.from(drawn['icon-512-maskable'], 'base64'),
  };
}

function toBytes(icon: Kept): number {
  return Object.values(icon).reduce((sum, { length }) => sum + length, 0);
}
