// The icon of a task: an emoji, or a picture in a file.
import { hash } from 'node:crypto';
import * as z from 'zod';

/** The largest width and height of a picture, in pixels. */
const maxPixels = 2048;

/** The icon of a task: an emoji, or the bytes of a picture. Pictures with the same `digest` look the same. */
export type Icon = { readonly kind: 'emoji'; readonly emoji: string } | Picture;

/** A picture of the owner, with the bytes of its file. */
export interface Picture {
  readonly kind: 'picture';
  readonly type: 'image/png' | 'image/svg+xml';
  readonly bytes: Buffer;
  readonly digest: string;
}

/** `icon` of a task in a config, an emoji or the path of a file: a text with a dot or a slash is a file, because no emoji contains one. */
export const IconSetting = z
  .string()
  .min(1)
  .max(1000)
  .transform(
    (
      text,
      context,
    ):
      | { readonly kind: 'emoji'; readonly emoji: string }
      | { readonly kind: 'file'; readonly path: string } => {
      if (/[./]/.test(text) && !/\p{C}/u.test(text)) return { kind: 'file', path: text };
      if (isEmoji(text))
        return {
          kind: 'emoji',
          emoji: /^\p{Emoji_Presentation}|\ufe0f/u.test(text) ? text : `${text}\ufe0f`,
        };
      context.addIssue({
        code: 'custom',
        message: 'Give one emoji, such as "📷", or the file of a picture, such as "camera.png"',
      });
      return z.NEVER;
    },
  );

export type IconSetting = z.infer<typeof IconSetting>;

const pngStart = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
/** How an SVG may begin: with its root, or with an XML declaration, a comment or a document type before that. */
const svgStart = /^\ufeff?\s*<(?:svg[\s/>]|\?xml\s|!--|!DOCTYPE\s+svg\s)/;

/** The picture in a file, recognised by its first bytes, or a sentence on why the file is not a usable picture. */
export function toPicture(bytes: Buffer): Picture | string {
  const digest = hash('sha256', bytes, 'hex');
  if (bytes.subarray(0, pngStart.length).equals(pngStart) && bytes.length >= 24) {
    // Width and height come first in the header (PNG, 11.2.1); unpacked, a pixel takes four bytes.
    const isTooLarge = Math.max(bytes.readUInt32BE(16), bytes.readUInt32BE(20)) > maxPixels;
    return isTooLarge
      ? `Give a smaller picture: this one has more than ${maxPixels} pixels on a side`
      : { kind: 'picture', type: 'image/png', bytes, digest };
  }
  const start = bytes.toString('utf8', 0, 4096);
  if (svgStart.test(start) && /<svg[\s/>]/.test(start))
    return { kind: 'picture', type: 'image/svg+xml', bytes, digest };
  return 'Give a PNG or SVG file: this one begins as neither';
}

/** Whether a text is one emoji, including joined ones (UTS 51). */
function isEmoji(text: string): boolean {
  const isOfEmoji =
    /^[\p{Extended_Pictographic}\p{Emoji_Component}]+$/u.test(text) &&
    /\p{Extended_Pictographic}|\p{RI}{2}|\u20e3/u.test(text);
  return (
    isOfEmoji &&
    text.length <= 64 &&
    [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].length === 1
  );
}
