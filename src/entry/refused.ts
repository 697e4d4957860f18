// Why a call with the right keys started nothing, and when to call again.
import type { Refusal } from '../reasons/refusal.ts';
import type { StartResult } from '../runs/runs.ts';

/** The result of a call with the right keys that starts nothing and joins nothing. */
type NothingStarted =
  | Exclude<StartResult, { readonly run: unknown }>
  | { readonly kind: 'busy' | 'full' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

/** The refusal that such a result means for the caller. */
export function toRefusal(result: NothingStarted): Refusal {
  switch (result.kind) {
    case 'busy':
      return { code: 'busy' };
    case 'full':
      return { code: 'queue-full', retryAfterSeconds: 60 };
    case 'asked':
      return { code: 'confirm' };
    case 'not-now':
      return result.why;
    case 'limited':
      return { code: 'rate-limit', retryAfterSeconds: result.retryAfterSeconds };
    case 'unwritable':
      return { code: 'could-not-record', retryAfterSeconds: 60 };
    case 'closing':
      return { code: 'closing', retryAfterSeconds: 30 };
    case 'away':
      return { code: 'worker-away', retryAfterSeconds: 30 };
    default:
      return result satisfies never;
  }
}
