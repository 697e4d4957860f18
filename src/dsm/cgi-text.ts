// Parses the output of DSM's programs for web authentication: a bare name of authenticate.cgi, an HTTP answer of login.cgi, numbers of `id -G`.
import { parseSetCookie } from 'cookie';
import * as z from 'zod';
import { isOpaqueValue } from '../opaque-value.ts';

/**
 * The name that authenticate.cgi printed; undefined if it printed no name, or an unacceptable one. Names
 * may contain spaces and any alphabet, `DOMAIN\user` and `user@domain`; but nothing that `id` could take for an option or a number.
 */
export function parseUserName(printed: Uint8Array): string | undefined {
  const name = decode(printed)?.replace(/\r?\n$/, '');
  return name !== undefined && isUserName(name) ? name : undefined;
}

/** Whether a text can be a user name. */
export function isUserName(text: string): boolean {
  return /^(?![-+ ])(?!\d+$)[^\p{C}\p{Zl}\p{Zp}]{1,128}(?<! )$/u.test(text);
}

/** The numbers that `id -G` printed; undefined for anything else. */
export function parseGroupIds(printed: Uint8Array): readonly number[] | undefined {
  const text = decode(printed)?.trim();
  return text !== undefined && /^\d{1,10}(?: \d{1,10})*$/.test(text)
    ? text.split(' ').map(Number)
    : undefined;
}

/** The answer of login.cgi: whether there is a session, the token for forms if DSM requires one, and the cookie of a new session. */
export interface LoginAnswer {
  readonly isSignedIn: boolean;
  readonly synoToken?: string | undefined;
  readonly sessionId?: string | undefined;
}

const LoginBody = z.object({
  success: z.boolean(),
  result: z.string().optional(),
  SynoToken: z.string().optional(),
});

/** Parses an HTTP answer as a CGI program prints it: header lines, an empty line, JSON. Undefined if it is not an answer of login.cgi. */
export function parseLoginAnswer(printed: Uint8Array): LoginAnswer | undefined {
  const text = decode(printed);
  const [, head = '', body = ''] = /^(.*?)\r?\n\r?\n(.*)$/s.exec(text ?? '') ?? [];
  const { data } = LoginBody.safeParse(parseJson(body));
  if (data === undefined || !/^[\w-]+:/.test(head)) return undefined;
  const token = data.SynoToken ?? '';
  return {
    isSignedIn: data.success && (data.result ?? 'success') === 'success',
    synoToken: isOpaqueValue(token) ? token : undefined,
    sessionId: findSessionId(head),
  };
}

/** The session that a header sets for all of DSM; undefined if there are two, or if it is valid for less or more than this host. */
function findSessionId(head: string): string | undefined {
  const set = head.split(/\r?\n/).flatMap((line) => /^set-cookie:(.*)$/i.exec(line)?.[1] ?? []);
  const ids = set
    .map((text) => parseSetCookie(text.trim(), { decode: (value) => value }))
    .filter(({ name }) => name === 'id');
  const [id] = ids;
  const isFit =
    ids.length === 1 && id?.path === '/' && id.domain === undefined && isOpaqueValue(id.value ?? '');
  return isFit ? id.value : undefined;
}

function decode(printed: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(printed);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
