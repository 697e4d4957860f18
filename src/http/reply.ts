// An answer to a caller with the right keys: its form, and the shapes that all of them share.
import type { Language } from '../languages/language.ts';

/** The forms in which an answer can be given; a caller that accepts anything gets the first. */
export const formats = ['text/plain', 'text/html', 'application/json'] as const;
export type Format = (typeof formats)[number];

/** An answer, before it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How the caller wants to be answered. `hasWaited` means that the caller asked to wait for the end. */
export interface Asker {
  readonly format: Format;
  readonly language: Language;
  readonly hasWaited: boolean;
}

/** An answer in a form. */
export function toReply(
  status: number,
  format: Format,
  body: string,
  headers: Readonly<Record<string, string>>,
): Reply {
  return { status, headers: { ...headers, 'Content-Type': `${format}; charset=utf-8` }, body };
}

/** An answer that states in one sentence why something did not happen. */
export function toRefusal(
  status: number,
  name: string,
  sentence: string,
  format: Format,
  headers: Readonly<Record<string, string>>,
  state = 'not started',
): Reply {
  if (format === 'application/json')
    return toReply(status, format, `${JSON.stringify({ name, error: sentence })}\n`, headers);
  return toReply(status, format, `${name}: ${state}. ${sentence}\n`, headers);
}
