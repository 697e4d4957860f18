// The text that `synoschedtask --get` prints, read into records. Its names and commands are anybody's text.

/** One scheduled task: the values as printed, brackets taken off, under the keys as printed. */
export type ScheduledTaskRecord = ReadonlyMap<string, string>;

/** How the last run ended, as far as DSM says. */
export type LastStatus =
  | { readonly kind: 'success' }
  | { readonly kind: 'error'; readonly exitCode: number }
  | { readonly kind: 'other'; readonly text: string };

/** Keys seen on DSM 5 to 7.3; any other line is a key only where its colon stands below that of the first key. */
const knownKeys: ReadonlySet<string> = new Set([
  'User',
  'ID',
  'Name',
  'State',
  'Owner',
  'Type',
  'Start date',
  'Days of week',
  'Run time',
  'Run time / until',
  'App',
  'AppName',
  'Last Run Time',
  'Last work time',
  'Next Trigger',
  'Command',
  'Status',
]);

/**
 * Reads all records, in order. Values may go on over several lines until their closing bracket. Returns
 * undefined for text that holds no record at all, unless it is blank: an unknown format is not "no tasks".
 */
export function parseScheduledTasks(text: string): readonly ScheduledTaskRecord[] | undefined {
  const records: Map<string, string>[] = [];
  let record: Map<string, string> | undefined;
  let colonAt = -1;
  let key = '';
  for (const line of text.split('\n')) {
    const value = record?.get(key) ?? '';
    const isOpen = record !== undefined && value.startsWith('[') && !value.endsWith(']');
    const match = isOpen ? null : /^( *([A-Za-z][A-Za-z /]*?)): ?(\[.*)$/.exec(line);
    const name = match?.[2] ?? '';
    if (match !== null && (knownKeys.has(name) || match[1]?.length === colonAt)) {
      if (record === undefined || name === 'User' || (name === 'ID' && record.has('ID'))) {
        record = new Map();
        records.push(record);
        colonAt = match[1]?.length ?? -1;
      }
      key = name;
      record.set(key, match[3] ?? '');
    } else if (line.trim() === '' && !isOpen) {
      record = undefined;
    } else if (record !== undefined) {
      record.set(key, `${value}\n${line}`);
    }
  }
  if (records.length === 0 && text.trim() !== '') return undefined;
  return records.map((raw) => new Map([...raw].map(([name, value]) => [name, stripBrackets(value)])));
}

/** The value of `Status`: `Success`, `Error(N)`, or something else, such as `Not Available`. */
export function toLastStatus(record: ScheduledTaskRecord): LastStatus {
  const text = record.get('Status') ?? '';
  const error = /^Error\((\d+)\)$/.exec(text);
  if (error !== null) return { kind: 'error', exitCode: Number(error[1]) };
  return text === 'Success' ? { kind: 'success' } : { kind: 'other', text };
}

function stripBrackets(value: string): string {
  const inner = /^\[([\s\S]*)\]$/.exec(value)?.[1];
  return inner ?? value;
}
