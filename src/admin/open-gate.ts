// The gate that the config names.
import type { Clock } from '../clock.ts';
import type { Logger } from '../log/log.ts';
import { createDsmGate } from './dsm-gate.ts';
import { createDsmJudge } from './dsm-judge.ts';
import { createDsmLoginGate } from './dsm-login-gate.ts';
import type { Gate, GateOptions } from './gate.ts';
import { createPasswordGate } from './password-gate.ts';
import { isPassword } from './password.ts';
import { createWebApiGate } from './webapi-gate.ts';

/** Makes the gate; it asks nobody anything before the first visitor. */
export function openGate(options: GateOptions, deps: { readonly logger: Logger; readonly clock: Clock }): Gate {
  switch (options.kind) {
    case 'dsm':
      return createDsmGate(createDsmJudge({ programs: options, ...deps }));
    case 'dsm-login':
      return createDsmLoginGate({ judge: createDsmJudge({ programs: options, ...deps }), ...deps });
    case 'webapi':
      return createWebApiGate({ nas: options.nas, ...deps });
    case 'password':
      return createPasswordGate({ isRight: async (password) => await isPassword(password, options.hash), ...deps });
    default:
      return options satisfies never;
  }
}
