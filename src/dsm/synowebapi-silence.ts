// What it means if synowebapi gives no answer.
import type { Unanswered } from './call.ts';
import { explain } from '../outcome.ts';
import type { ProcessExit } from '../processes/process.ts';
import type { Trouble } from '../reasons/reason.ts';

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
/** A trouble with the tool, without its name. */
export type ToolTrouble = DistributiveOmit<Extract<Trouble, { readonly tool: string }>, 'tool'>;

/** DSM 6 prints the first for each call with `-s`; the other is what tools print for an unknown option. The log may contain any name. */
export function saysWrongWay(printed: string): boolean {
  return printed
    .split('\n')
    .some(
      (line) =>
        !line.includes('Exec WebAPI') &&
        /Create CredRequest fail|(?:invalid|unrecognized|unknown) option/i.test(line),
    );
}

/** Why there is no answer; `why` is a reason that is more precise than the exit. */
export function explainSilence(
  exit: ProcessExit | undefined,
  why: ToolTrouble | undefined,
  isWrongWay: boolean,
): Unanswered {
  if (exit?.startError === 'ENOENT')
    return fail({ code: 'tool-missing' }, { mayHaveActed: false, isLasting: true });
  if (exit?.startError !== undefined)
    return fail(
      { code: 'tool-not-started', error: exit.startError },
      { mayHaveActed: false, isLasting: exit.startError === 'EACCES' },
    );
  if (why !== undefined) return fail(why);
  if (isWrongWay) return fail({ code: 'tool-wrong-way' }, { mayHaveActed: false, isLasting: true });
  if (exit?.signal !== undefined) return fail({ code: 'tool-ended', signal: exit.signal });
  if (exit?.exitCode === 0) return fail({ code: 'tool-unclear' });
  const needsRoot = process.getuid?.() !== 0;
  const failed = { code: 'tool-failed', status: exit?.exitCode ?? '?', needsRoot } as const;
  return needsRoot ? fail(failed, { mayHaveActed: false, isLasting: true }) : fail(failed);
}

/** The tool did not answer. */
export function fail(trouble: ToolTrouble, { mayHaveActed = true, isLasting = false } = {}): Unanswered {
  return { kind: 'unanswered', ...explain({ ...trouble, tool: 'synowebapi' }), mayHaveActed, isLasting };
}
