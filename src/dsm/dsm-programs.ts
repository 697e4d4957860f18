// Asks DSM's own programs on this NAS about a browser: which user is signed in, with which token, and in which groups that user is.
import fs from 'node:fs';
import { parseGroupIds, parseLoginAnswer, parseUserName, type LoginAnswer } from './cgi-text.ts';
import { askProgram, type Asked } from '../processes/ask.ts';
import { findProgram } from '../processes/find-program.ts';
import { renderExposed } from '../reasons/english-dsm.ts';
import { findRefusal } from '../processes/trusted-program.ts';

/** DSM's own programs on this NAS. */
export interface DsmPrograms {
  /** Undefined for the first existing one of DSM's usual places. */
  readonly authenticateCgi: string | undefined;
  readonly loginCgi: string;
  /** The number of the group whose members may enter. */
  readonly group: number;
}

/** The paths of authenticate.cgi in the versions of DSM. */
const authenticatePlaces = [
  '/usr/syno/synoman/webman/modules/authenticate.cgi',
  '/usr/syno/synoman/webman/authenticate.cgi',
];
const maxBytes = 4096;
/** The PATH of DSM's programs, and of `id`. */
const searchPath = '/usr/bin:/bin';

/** What DSM's programs learn about a browser. */
export interface Browser {
  /** The `id` of DSM's cookie, which has to be an opaque value; undefined before a sign-in. */
  readonly sessionId?: string | undefined;
  readonly address: string;
  readonly host?: string | undefined;
}

/** An answer, or the reason, for the log, why it is missing; `wasAsked` is false if DSM cannot have seen the question. */
export type Answered<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'none'; readonly reason: string; readonly wasAsked?: false | undefined };

export interface AskDsm {
  /** The name of the signed-in user; undefined if no user is signed in. */
  loadUser(browser: Browser, synoToken: string | undefined): Promise<Answered<string | undefined>>;
  /** The token that DSM gives the browser's own pages; undefined if it gives no token. */
  loadToken(browser: Browser): Promise<string | undefined>;
  signIn(browser: Browser, account: string, password: string): Promise<Answered<LoginAnswer>>;
  /** Whether a user is in the group that may enter; false for a user that the system does not know. */
  isMember(user: string): Promise<Answered<boolean>>;
}

/** How DSM's programs are called; tests pass another `id` and other limits. */
export interface AskDsmOptions {
  readonly programs: DsmPrograms;
  readonly id?: string;
  readonly maxMs?: number;
  /** Called with each started program, so that no other is started until it is gone. */
  readonly onStarted: (gone: Promise<unknown>) => void;
}

/** Creates the functions that ask DSM's programs. Facts and their grades: docs/notes/cgi.md. */
export function createAskDsm({ programs, id = 'id', maxMs = 3000, onStarted }: AskDsmOptions): AskDsm {
  const ask = async (
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Asked['answer'] => {
    const file = findProgram(program, searchPath) ?? program;
    const refusal = findRefusal(file);
    if (refusal !== undefined)
      return { kind: 'none', reason: `is not run by root: ${renderExposed(refusal)}` };
    const { answer, gone } = askProgram({ file, args, env: { PATH: searchPath, ...env }, maxMs, maxBytes });
    onStarted(gone);
    return await answer;
  };
  const askLogin = async (browser: Browser, query: string): Promise<Answered<LoginAnswer>> => {
    const answer = await ask(programs.loginCgi, [], toEnvironment(browser, query));
    if (answer.kind === 'none') return { kind: 'none', reason: `login.cgi ${answer.reason}` };
    // It was seen to exit with 255 after a success, so only its output counts.
    const value = [0, 255].includes(answer.exitCode) ? parseLoginAnswer(answer.printed) : undefined;
    return value === undefined
      ? {
          kind: 'none',
          reason: `login.cgi answered in a form that is not understood (exit status ${answer.exitCode})`,
        }
      : { kind: 'answered', value };
  };
  return {
    async loadUser(browser, synoToken) {
      const file = programs.authenticateCgi ?? authenticatePlaces.find((place) => fs.existsSync(place));
      if (file === undefined) return { kind: 'none', reason: 'authenticate.cgi is not on this machine' };
      const query = synoToken === undefined ? '' : `SynoToken=${encodeURIComponent(synoToken)}`;
      const token: Record<string, string> = synoToken === undefined ? {} : { HTTP_X_SYNO_TOKEN: synoToken };
      const answer = await ask(file, [], { ...toEnvironment(browser, query), ...token });
      if (answer.kind === 'none') return { kind: 'none', reason: `authenticate.cgi ${answer.reason}` };
      if (answer.exitCode !== 0)
        return { kind: 'none', reason: `authenticate.cgi ended with exit status ${answer.exitCode}` };
      const user = parseUserName(answer.printed);
      return user === undefined && answer.printed.toString().trim() !== ''
        ? { kind: 'none', reason: 'authenticate.cgi printed something that is no user name' }
        : { kind: 'answered', value: user };
    },
    async loadToken(browser) {
      const answer = await askLogin(browser, 'enable_syno_token=yes');
      return answer.kind === 'answered' && answer.value.isSignedIn ? answer.value.synoToken : undefined;
    },
    async signIn(browser, account, password) {
      return await askLogin(
        browser,
        `username=${encodeURIComponent(account)}&passwd=${encodeURIComponent(password)}`,
      );
    },
    async isMember(user) {
      const first = await ask(id, ['-G', '--', user], {});
      // Not every `id` supports `--`; a name never begins with a dash (`parseUserName`).
      const answer =
        first.kind === 'answered' && first.exitCode !== 0 ? await ask(id, ['-G', user], {}) : first;
      if (answer.kind === 'none') return { kind: 'none', reason: `id ${answer.reason}` };
      const groups = answer.exitCode === 0 ? parseGroupIds(answer.printed) : [];
      return groups === undefined
        ? { kind: 'none', reason: 'id printed something else than groups' }
        : { kind: 'answered', value: groups.includes(programs.group) };
    },
  };
}

/**
 * The environment of a CGI program of DSM: what code on real NASes sets, and no variable whose name the
 * browser could choose. Of the browser's cookies it contains only the session, because the others replace passwords and identify devices.
 */
function toEnvironment({ sessionId, address, host }: Browser, query: string): Record<string, string> {
  return {
    REQUEST_METHOD: 'GET',
    SERVER_PROTOCOL: 'HTTP/1.1',
    SERVER_ADDR: '127.0.0.1',
    REMOTE_ADDR: address,
    REMOTE_PORT: '443',
    QUERY_STRING: query,
    ...(host === undefined ? {} : { HTTP_HOST: host }),
    ...(sessionId === undefined ? {} : { HTTP_COOKIE: `id=${sessionId}` }),
  };
}
