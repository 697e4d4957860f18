// The gate "password": one fixed password, for those without DSM.
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log/log.ts';
import { createAllowance } from './allowance.ts';
import { renderSessionCookie } from './cookies.ts';
import { createCsrfTokens } from './csrf.ts';
import type { AdminGate, SignIn, SignInForm, Visitor } from './gate.ts';
import { toAdmin, toStranger } from './own-entries.ts';
import { createSessions } from './sessions.ts';
import { refuseTooMany, tooManyAtOnce } from './sign-in-form.ts';
import { createSlots } from '../../slots.ts';

/** The name of every visitor who knows the password. */
const user = 'owner';
/** The limit for wrong passwords, because checking each costs the NAS some work. */
const wrong = { perNetwork: { burst: 5, everyMs: 30_000 }, inAll: { burst: 10, everyMs: 10_000 } };
/** How long a sign-in may wait for others: passwords are tried one at a time. */
const usualPatienceMs = 10_000;

/** `isRight` compares a password, which takes a while. Tests pass another patience. */
export function createPasswordGate({
  isRight,
  logger,
  clock,
  patienceMs = usualPatienceMs,
}: {
  readonly isRight: (password: string) => Promise<boolean>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly patienceMs?: number;
}): AdminGate {
  const toCsrfToken = createCsrfTokens();
  const sessions = createSessions<undefined>({ clock, onEnd: () => {} });
  const allowance = createAllowance({ ...wrong, clock });
  const takeSlot = createSlots(1);

  const signIn = async ({ password }: SignInForm, visitor: Visitor): Promise<SignIn> => {
    const { address } = visitor;
    if (password === '') return { kind: 'refused', problem: 'password-missing' };
    const waitMs = allowance.take(address);
    if (waitMs > 0) return refuseTooMany(waitMs);
    const release = await takeSlot(AbortSignal.timeout(patienceMs));
    if (release === undefined) {
      // The password was not checked.
      allowance.giveBack(address);
      return tooManyAtOnce;
    }
    if (!(await isRight(password).finally(release))) {
      logger.warn(
        { event: 'admin-sign-in-refused', address, reason: 'wrong password' },
        `Refused a sign-in from ${address}: wrong password`,
      );
      return { kind: 'refused', problem: 'wrong-password' };
    }
    allowance.giveBack(address);
    logger.info(
      { event: 'admin-entered', user, address },
      `Signed in to the admin page with the password from ${address}`,
    );
    return { kind: 'signed-in', setCookies: [sessions.open(user, undefined, visitor).setCookie] };
  };
  return {
    fields: ['password'],
    admit(visitor) {
      const found = sessions.find(visitor);
      return Promise.resolve(
        typeof found === 'string' ? toStranger(found, visitor) : toAdmin(found, toCsrfToken),
      );
    },
    signIn,
    signOut(visitor) {
      const found = sessions.find(visitor);
      if (typeof found !== 'string') sessions.end(found);
      return Promise.resolve([renderSessionCookie(visitor, undefined)]);
    },
    close() {
      sessions.endAll();
      return Promise.resolve();
    },
  };
}
