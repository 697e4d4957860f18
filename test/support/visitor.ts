// Visitors of the admin page's gate, and their cookies.
import assert from 'node:assert/strict';
import type { Entry, AdminGate, SignIn, SignInForm, Visitor } from '../../src/admin/gate/gate.ts';

/** A visitor at home without a cookie. */
export function createVisitor(parts: Partial<Visitor> = {}): Visitor {
  return {
    cookieHeader: undefined,
    address: '192.168.1.5',
    isSecure: true,
    host: 'nas.example.org:10766',
    synoToken: undefined,
    isPost: false,
    isAutomatic: false,
    ...parts,
  };
}

/** The visitor with the cookies that an answer has set. */
export function withCookies(visitor: Visitor, setCookies: readonly string[]): Visitor {
  const kept = setCookies.filter((line) => !line.includes('Max-Age=0')).map((line) => line.split(';')[0]);
  return { ...visitor, cookieHeader: kept.length === 0 ? undefined : kept.join('; ') };
}

/** An entry in a few words: the user, or why there is none. */
export function toWords(entry: Entry): string {
  return entry.kind === 'admin' ? `admin ${entry.user}` : entry.reason;
}

export function createForm(parts: Partial<SignInForm>): SignInForm {
  return { account: '', password: '', code: '', ...parts };
}

/** Signs in, which has to work; the result is the visitor with the session. */
export async function enter(
  gate: AdminGate,
  form: Partial<SignInForm>,
  visitor: Visitor = createVisitor(),
): Promise<Visitor> {
  const signedIn: SignIn = await gate.signIn(createForm(form), visitor);
  assert.ok(signedIn.kind === 'signed-in', JSON.stringify(signedIn));
  return withCookies(visitor, signedIn.setCookies);
}
