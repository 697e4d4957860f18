// The gate of the admin page: what each kind of gate takes and gives. Which is opened how stands in open-gate.ts.
import type { WebApiAccess } from '../../dsm/options.ts';
import type { SignInProblem } from '../../languages/admin-texts.ts';
import type { PasswordHash } from './password.ts';

/** A request, as far as a gate is concerned. */
export interface Visitor {
  readonly cookieHeader: string | undefined;
  /** The browser's address, plain, believed from trusted proxies only. */
  readonly address: string;
  /** Whether the browser came by HTTPS, if need be to a trusted proxy. */
  readonly isSecure: boolean;
  /** The Host header. */
  readonly host: string | undefined;
  /** `SynoToken` of the query, or the header `X-SYNO-TOKEN`. */
  readonly synoToken: string | undefined;
  readonly isPost: boolean;
  /** Whether a page of ours sent the request by itself: it does not count as use. */
  readonly isAutomatic: boolean;
}

/** Whether a visitor may enter. `setCookies` are Set-Cookie headers that belong into the answer in any case. */
export type Entry =
  | { readonly kind: 'admin'; readonly user: string; readonly csrfToken: string; readonly setCookies: readonly string[] }
  /** `reason` is for the log, and shown to nobody. */
  | { readonly kind: 'stranger'; readonly reason: string; readonly setCookies: readonly string[] };

/** What a sign-in form asks for. */
export type SignInField = 'account' | 'password' | 'code';

/** A sign-in form as it was sent; what is missing is empty. */
export type SignInForm = Readonly<Record<SignInField, string>>;

/** What came of a sign-in. */
export type SignIn = { readonly kind: 'signed-in'; readonly setCookies: readonly string[] } | NotSignedIn;

/** A sign-in that failed. */
export interface NotSignedIn {
  readonly kind: 'refused' | 'code-needed' | 'unavailable';
  readonly problem: SignInProblem;
  readonly retryAfterSeconds?: number;
}

/**
 * Decides who may enter, and writes sign-ins into the log. None of its functions rejects. Before anything is
 * changed, `isCsrfTokenOf` (csrf.ts) and the Origin header have to be looked at, and the Origin header before a sign-in too.
 */
export interface Gate {
  /** What the sign-in form asks for, of which the code may be left empty; without any there is neither form nor sign-out. */
  readonly fields: readonly SignInField[];
  admit(visitor: Visitor): Promise<Entry>;
  signIn(form: SignInForm, visitor: Visitor): Promise<SignIn>;
  /** The Set-Cookie headers that take the session out of the browser. */
  signOut(visitor: Visitor): Promise<readonly string[]>;
  /** Ends all sessions. */
  close(): Promise<void>;
}

/** DSM's own programs on this NAS. */
export interface DsmPrograms {
  /** Undefined for the first that exists of those places where DSM has it. */
  readonly authenticateCgi: string | undefined;
  readonly loginCgi: string;
  /** The number of the group whose members may enter. */
  readonly group: number;
}

/** How a NAS is reached by who signs in with an account of their own. */
export type NasAddress = Omit<WebApiAccess, 'account' | 'password' | 'deviceToken'>;

/** Which gate there is, with all that it needs. */
export type GateOptions =
  | ({ readonly kind: 'dsm' | 'dsm-login' } & DsmPrograms)
  | { readonly kind: 'webapi'; readonly nas: NasAddress }
  | { readonly kind: 'password'; readonly hash: PasswordHash };
