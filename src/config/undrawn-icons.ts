// Warns of emoji that have no drawing for the home screen. Only warnings: pages show the emoji anyway.
import { loadEmojiTest } from '../icons/emoji.ts';
import type { Task } from '../tasks.ts';
import type { Finding } from './finding.ts';
import { createOnce } from './once.ts';

/** Warnings about the icons of tasks. */
export function findUndrawnIcons(tasks: readonly Task[]): Finding[] {
  const emoji = tasks.flatMap(({ id, icon }) => (icon?.kind === 'emoji' ? [{ id, emoji: icon.emoji }] : []));
  if (emoji.length === 0) return [];
  const isDrawn = createOnce(tryLoadEmojiTest(), (one) => one);
  return emoji
    .filter((icon) => !isDrawn(icon.emoji))
    .map(({ id }) => ({
      path: ['tasks', id, 'icon'],
      message:
        'Choose another emoji, or give a picture: there is no drawing of this one, and on the home screen the plain icon stands for it',
    }));
}

/** Without the list there are no warnings: the drawing of icons will then fail and report it. */
function tryLoadEmojiTest(): (emoji: string) => boolean {
  try {
    return loadEmojiTest();
  } catch {
    return () => true;
  }
}
