// The icon of a task: an emoji, or a picture in a file.
import * as z from 'zod';

/** An emoji, or the path of a picture as it stands in the config. */
export type Icon = { readonly kind: 'emoji'; readonly emoji: string } | { readonly kind: 'file'; readonly path: string };

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** `icon` of a task in a config: what has a dot or a slash is a file, which no emoji has. */
export const Icon = z
  .string()
  .min(1)
  .max(1000)
  .transform((text, context): Icon => {
    if (/[./]/.test(text) && !/\p{C}/u.test(text)) return { kind: 'file', path: text };
    if (isEmoji(text)) return { kind: 'emoji', emoji: /^\p{Emoji_Presentation}|\ufe0f/u.test(text) ? text : `${text}\ufe0f` };
    context.addIssue({ code: 'custom', message: 'Give one emoji, such as "📷", or the file of a picture, such as "camera.png"' });
    return z.NEVER;
  });

/** Whether a text is one emoji, with all that it may be joined of (UTS 51). */
function isEmoji(text: string): boolean {
  const isOfEmoji =
    /^[\p{Extended_Pictographic}\p{Emoji_Component}]+$/u.test(text) && /\p{Extended_Pictographic}|\p{RI}{2}|\u20e3/u.test(text);
  return isOfEmoji && text.length <= 64 && [...graphemes.segment(text)].length === 1;
}
