// An answer to a caller with the right keys: its form, and the shapes that all of them share.
import { renderRefusal, type Refusal } from '../reasons/refusal.ts';
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

/** A refusal as text or JSON; `about` is the task, or one of its runs. */
export function toRefusalReply(
  status: number,
  refusal: Refusal,
  {
    about: { task, name },
    format,
    headers,
    state = 'not started',
  }: {
    readonly about: { readonly task: string; readonly name: string };
    readonly format: Format;
    readonly headers: Readonly<Record<string, string>>;
    readonly state?: string;
  },
): Reply {
  const error = renderRefusal(refusal);
  const body =
    format === 'application/json'
      ? JSON.stringify({ task, name, code: refusal.code, error })
      : `${name}: ${state}. ${error}`;
  return toReply(status, format, `${body}\n`, headers);
}
