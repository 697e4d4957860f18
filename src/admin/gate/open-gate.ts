// Opens the gate that the config names.
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log/log.ts';
import type { DsmSignIns } from '../../worker/asked-sign-ins.ts';
import { createAllowance } from './allowance.ts';
import { createDsmGate } from './dsm-gate.ts';
import { createDsmJudge } from './dsm-judge.ts';
import { createDsmLoginGate } from './dsm-login-gate.ts';
import type { AdminGate, GateOptions } from './gate.ts';
import { createPasswordGate } from './password-gate.ts';
import { isPassword } from './password.ts';
import { createWebApiGate } from './webapi-gate.ts';

/** How often the log contains why a visitor was refused: often enough for an owner who wonders, but too seldom to fill the log. */
const logged = { perNetwork: { burst: 3, everyMs: 300_000 }, inAll: { burst: 20, everyMs: 30_000 } };

interface Deps {
  readonly dsm: DsmSignIns;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Creates the gate; it does not contact DSM before the first visitor. */
export function openGate(options: GateOptions, deps: Deps): AdminGate {
  const { logger, clock } = deps;
  const gate = createGate(options, deps);
  const allowance = createAllowance({ ...logged, clock });
  return {
    ...gate,
    async admit(visitor) {
      const entry = await gate.admit(visitor);
      const { address } = visitor;
      if (entry.kind === 'stranger' && allowance.take(address) === 0)
        logger.info(
          { event: 'admin-stranger', address, reason: entry.reason },
          `Did not let ${address} in to the admin page: ${entry.reason}`,
        );
      return entry;
    },
  };
}

function createGate(options: GateOptions, { dsm, ...deps }: Deps): AdminGate {
  const { askPrograms, visitors } = dsm;
  switch (options.kind) {
    case 'dsm':
      return createDsmGate(createDsmJudge({ askPrograms, ...deps }));
    case 'dsm-login':
      return createDsmLoginGate({ judge: createDsmJudge({ askPrograms, ...deps }), ...deps });
    case 'webapi':
      return createWebApiGate({ visitors, ...deps });
    case 'password':
      return createPasswordGate({
        isRight: async (password) => await isPassword(password, options.hash),
        ...deps,
      });
    default:
      return options satisfies never;
  }
}
