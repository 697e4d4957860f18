// Makes an answer of DSM publishable: keeps its fields and the form of its values, without names, accounts, addresses, commands and texts.

/** Fields whose values are DSM's own words. */
const wordFields: ReadonlySet<string> = new Set([
  'type',
  'exit_type',
  'event',
  'operation_type',
  'trigger_event',
  'next_trigger_time',
]);
/** Fields whose values are names that occur in several answers. */
const nameFields: ReadonlySet<string> = new Set(['name', 'task_name', 'depend_on_task']);
const accountFields: ReadonlySet<string> = new Set(['owner', 'real_owner']);
/** Fields whose inner field names may come from users. */
const openFields: ReadonlySet<string> = new Set(['owner', 'extra', 'run_time_env']);

const word = /^[a-z_]{1,30}$/;
const time = /^\d{4}[-/]\d\d[-/]\d\d(?:[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: ?Z|[+-]\d\d:?\d\d)?)?$/;
const smallNumber = /^-?\d{1,12}$/;
const fieldName = /^[A-Za-z][A-Za-z0-9_]{0,40}$/;

/** Creates a function that replaces names in values; the same name always becomes the same text. */
export type ToNameless = (value: unknown) => unknown;

export function createNameless(): ToNameless {
  const names = new Map<string, string>();
  const toAlias = (what: string, text: string): string => {
    const key = `${what} ${text}`;
    const alias = names.get(key) ?? `<${what} ${names.size + 1}>`;
    names.set(key, alias);
    return alias;
  };
  const toText = (text: string, field: string): string => {
    if (text === '' || time.test(text) || (smallNumber.test(text) && !nameFields.has(field))) return text;
    if (wordFields.has(field) && word.test(text)) return text;
    if (accountFields.has(field)) return text === 'root' ? text : toAlias('account', text);
    return nameFields.has(field) ? toAlias('name', text) : `<text of ${text.length} characters>`;
  };
  const toField = (name: string, field: string): string =>
    fieldName.test(name) && !openFields.has(field)
      ? name
      : smallNumber.test(name)
        ? name
        : toAlias('field', name);
  const replace = (value: unknown, field: string): unknown => {
    if (typeof value === 'string') return toText(value, field);
    if (Array.isArray(value)) return value.map((part) => replace(part, field));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [
        toField(name, field),
        replace(part, smallNumber.test(name) ? field : name),
      ]),
    );
  };
  return (value) => replace(value, '');
}
