// The query of an address: the names that mean something there, and what is wrong with a query that means something else.
import type { Refusal, RefusalCode } from '../reasons/refusal.ts';
import { toOneLine } from '../untrusted-text.ts';
import { parseWaitMs } from './wait.ts';
import type { Wanted } from './wanted.ts';

/** What an address is for. A `button` is one of the overview. */
export type Place = 'task' | 'button' | 'run' | 'stop' | 'again';

const waits = ['wait', 'follow'] as const;
const visits = ['hold', 'again', 'joined', 'spent'] as const;
/** The names that mean something, by place. Those for scripts come first: a refusal lists them. */
const names: Readonly<Record<Place, { forScripts: readonly string[]; forPages: readonly string[] }>> = {
  task: { forScripts: waits, forPages: ['nonce'] },
  button: { forScripts: waits, forPages: ['nonce', 'task'] },
  run: { forScripts: waits, forPages: visits },
  stop: { forScripts: [], forPages: visits },
  again: { forScripts: ['nonce', ...waits], forPages: ['answer'] },
};

/**
 * Names that honest clients add to any address by themselves: marks of advertisers and messengers, and what keeps caches from
 * answering. They mean nothing, and are ignored. A trailing `*` stands for any end.
 */
export const ignoredNames = [
  'utm_*',
  'mtm_*',
  'pk_*',
  '_ga',
  '_gl',
  'dclid',
  'fbclid',
  'gbraid',
  'gclid',
  'gclsrc',
  'igsh',
  'igshid',
  'li_fat_id',
  'mc_cid',
  'mc_eid',
  'msclkid',
  'srsltid',
  'ttclid',
  'twclid',
  'wbraid',
  'yclid',
  '_',
  'cachebust',
  'cachebuster',
  'cb',
  'nocache',
  'rand',
  'random',
  'rnd',
  't',
  'timestamp',
  'ts',
] as const;
const ignored: ReadonlySet<string> = new Set(ignoredNames);
const ignoredStarts = ignoredNames.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));

/** How much of an unknown name is quoted. */
const quotedLetters = 40;

export type QueryFault = Extract<
  Refusal,
  { readonly code: RefusalCode & (`${string}-parameter` | 'contradiction') }
>;

/** What is wrong with a query; undefined if all of it is understood. */
export function findQueryFault(
  query: string,
  place: Place,
  { stream, format }: Pick<Wanted, 'stream' | 'format'>,
): QueryFault | undefined {
  if (query === '') return undefined;
  const parameters = new URLSearchParams(query);
  const { forScripts, forPages } = names[place];
  for (const name of parameters.keys()) {
    if (![...forScripts, ...forPages].includes(name)) {
      if (isIgnored(name)) continue;
      return { code: 'unknown-parameter', name: quote(name), known: forScripts };
    }
    if (parameters.getAll(name).length > 1) return { code: 'repeated-parameter', name };
  }
  const wait = parameters.get('wait');
  if (wait !== null && parseWaitMs(wait) === undefined) return { code: 'bad-parameter', name: 'wait' };
  const follow = parameters.get('follow');
  if (follow !== null && !/^(?:|1|true)$/.test(follow)) return { code: 'bad-parameter', name: 'follow' };
  if (follow !== null && format === 'application/json')
    return { code: 'contradiction', between: 'follow-and-json' };
  return wait !== null && stream !== undefined
    ? { code: 'contradiction', between: 'wait-and-stream' }
    : undefined;
}

/** Whether a name is one that clients add by themselves; a mere number (`?1764527000`) keeps caches from answering. */
function isIgnored(name: string): boolean {
  return (
    ignored.has(name) || ignoredStarts.some((start) => name.startsWith(start)) || /^[\d.]{1,20}$/.test(name)
  );
}

/** An unknown name, safe to show. */
function quote(name: string): string {
  return toOneLine(name.length > quotedLetters ? `${name.slice(0, quotedLetters)}…` : name);
}
