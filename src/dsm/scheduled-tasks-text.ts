// Parses the output of `synoschedtask --get` into records. Its names and commands are untrusted text.

/** One scheduled task: the values as printed, without brackets, under the keys as printed. */
export type ScheduledTaskRecord = ReadonlyMap<string, string>;

/** How the last run ended, if DSM reports it. */
export type LastStatus =
  | { readonly kind: 'success' }
  | { readonly kind: 'error'; readonly exitCode: number }
  | { readonly kind: 'other'; readonly text: string };

/** Keys seen on DSM 5 to 7.3; any other line is a key only if its colon is below that of the first key. */
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
 * Reads all records, in order. A value may span several lines up to its closing bracket; a command even continues
 * after a line that looks like its end, such as a script's `[ -e file ]`, up to the next key. Returns undefined
 * for text without any record, unless it is blank, because an unknown format does not mean "no tasks".
 */
export function parseScheduledTasks(text: string): readonly ScheduledTaskRecord[] | undefined {
  const records: Map<string, string[]>[] = [];
  let record: Map<string, string[]> | undefined;
  let colonAt = -1;
  let key = '';
  let value: string[] = [];
  let blankLines: string[] = [];
  for (const line of text.split('\n')) {
    const isOpen = record !== undefined && value.at(-1)?.endsWith(']') === false;
    const match = isOpen ? null : /^( *([A-Za-z][A-Za-z /]*?)): ?(\[.*)$/s.exec(line);
    const name = match?.[2] ?? '';
    if (match !== null && (knownKeys.has(name) || match[1]?.length === colonAt)) {
      const isRepeated = record?.has(name) === true && (name === 'ID' || blankLines.length > 0);
      if (record === undefined || name === 'User' || isRepeated) {
        record = new Map();
        records.push(record);
        colonAt = match[1]?.length ?? -1;
      }
      key = name;
      value = [match[3] ?? ''];
      blankLines = [];
      record.set(key, value);
    } else if (line.trim() === '' && !isOpen) {
      if (key === 'Command') blankLines.push(line);
      else record = undefined;
    } else if (record !== undefined) {
      for (const blank of blankLines) value.push(blank);
      value.push(line);
      blankLines = [];
    }
  }
  if (records.length === 0 && text.trim() !== '') return undefined;
  return records.map(
    (record) => new Map([...record].map(([name, lines]) => [name, stripBrackets(lines.join('\n'))])),
  );
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
