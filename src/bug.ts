// A bug of ours, described for the log: where it happened, without the values that the code was working on.

/** A line of a stack that names a place in the program. */
const frame = /^ {4}at .*(?::\d+:\d+|native|<anonymous>)\)?$/;
/** Errors whose message describes the mistake; other messages often quote input, a command line or a file. */
const describing: ReadonlySet<string> = new Set(['Error', 'TypeError', 'RangeError', 'ReferenceError']);
/** How many causes of an error are shown. */
const maxCauses = 5;

/**
 * The stack of anything that was thrown, with its causes. An error of Node or the system is described only by its code, because its
 * message may contain a command line; in other messages, everything that is not a plain word is left out, because it may be a key.
 */
export function renderBug(thrown: unknown): string {
  try {
    return renderCauses(thrown);
  } catch {
    return 'Something that cannot even be looked at was thrown';
  }
}

function renderCauses(thrown: unknown): string {
  const lines: string[] = [];
  let current = thrown;
  for (let depth = 0; depth < maxCauses && current !== undefined; depth++) {
    lines.push(...(depth === 0 ? [] : ['Caused by:']), ...renderOne(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return lines.join('\n');
}

/** The code of an error that Node or the system reports, or undefined. */
export function toSystemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  const code = String(thrown.code);
  return /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : undefined;
}

function renderOne(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [`Something that is not an error was thrown (${typeof thrown})`];
  const { message, stack = '' } = thrown;
  const name = /^\w{1,40}$/.test(thrown.name) ? thrown.name : 'Error';
  const code = toSystemCode(thrown);
  const what = code ?? (describing.has(name) ? toPlainWords(message) : '');
  const from = stack.indexOf(message);
  const frames = stack
    .slice(from === -1 ? 0 : from + message.length)
    .split('\n')
    .filter((line) => frame.test(line));
  return [what === '' ? name : `${name}: ${what}`, ...frames];
}

/** The first words of a message; a word that contains more than letters, or is unusually long, becomes `…`. */
function toPlainWords(message: string): string {
  const words = message.split(/\s+/).slice(0, 30);
  return words
    .map((word) => (/^[("']*[A-Za-z]{1,20}[)"'.,:;!?]*$|^\d{1,4}$/.test(word) ? word : '…'))
    .join(' ');
}
