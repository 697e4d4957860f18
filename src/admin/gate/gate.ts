// The gate of the admin page: the interface of each kind of gate. open-gate.ts opens the configured one.
import type { DsmPrograms } from '../../dsm/dsm-programs.ts';
import type { NasAddress } from '../../dsm/options.ts';
import type { SignInProblem } from '../../languages/admin-words.ts';
import type { PasswordHash } from './password.ts';

/** The parts of a request that matter to a gate. */
export interface Visitor {
  readonly cookieHeader: string | undefined;
  /** The browser's address, in plain form, accepted from trusted proxies only. */
  readonly address: string;
  /** Whether the browser uses HTTPS, possibly up to a trusted proxy. */
  readonly isSecure: boolean;
  /** The Host header. */
  readonly host: string | undefined;
  /** `SynoToken` of the query, or the header `X-SYNO-TOKEN`. */
  readonly synoToken: string | undefined;
  readonly isPost: boolean;
  /** Whether a page of ours sent the request by itself; then it does not count as use. */
  readonly isAutomatic: boolean;
}

/** Whether a visitor may enter. `setCookies` are Set-Cookie headers that always belong in the answer. */
export type Entry =
  | {
      readonly kind: 'admin';
      readonly user: string;
      readonly csrfToken: string;
      readonly setCookies: readonly string[];
    }
  /** `reason` is for the log, and is never shown. */
  | { readonly kind: 'stranger'; readonly reason: string; readonly setCookies: readonly string[] };

/** The fields of a sign-in form. */
export type SignInField = 'account' | 'password' | 'code';

/** A sign-in form as it was sent; missing fields are empty. */
export type SignInForm = Readonly<Record<SignInField, string>>;

/** The result of a sign-in. */
export type SignIn = { readonly kind: 'signed-in'; readonly setCookies: readonly string[] } | NotSignedIn;

/** A failed sign-in. */
export interface NotSignedIn {
  readonly kind: 'refused' | 'code-needed' | 'unavailable';
  readonly problem: SignInProblem;
  readonly retryAfterSeconds?: number;
}

/**
 * Decides which visitors may enter, and logs sign-ins. Its functions never reject. Before anything is
 * changed, the caller has to check `isCsrfTokenOf` (csrf.ts) and the Origin header; before a sign-in, the Origin header.
 */
export interface AdminGate {
  /** The fields of the sign-in form; the code may be left empty. Without fields there is neither a form nor a sign-out. */
  readonly fields: readonly SignInField[];
  admit(visitor: Visitor): Promise<Entry>;
  signIn(form: SignInForm, visitor: Visitor): Promise<SignIn>;
  /** The Set-Cookie headers that remove the session from the browser. */
  signOut(visitor: Visitor): Promise<readonly string[]>;
  /** Ends all sessions. */
  close(): Promise<void>;
}

/** The configured gate, with everything that it needs. */
export type GateOptions =
  | ({ readonly kind: 'dsm' | 'dsm-login' } & DsmPrograms)
  | { readonly kind: 'webapi'; readonly nas: NasAddress }
  | { readonly kind: 'password'; readonly hash: PasswordHash };
