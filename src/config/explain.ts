// Turns zod's issues with a config into sentences that state what to do.
import * as z from 'zod';
import { findClosest } from './closest.ts';
import { toPath, type Finding } from './finding.ts';

/** All issues of a failed parse by a schema, one sentence each. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.core.$ZodType,
  above: readonly PropertyKey[] = [],
): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const path = [...above, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((name) => ({
        path: toPath([...path, name]),
        ...explainUnknownName(name, path, schema),
      }));
    }
    if (issue.code === 'invalid_union') {
      // An owner who wrote a list wants to know what is wrong inside it.
      const list = issue.errors.find((branch) => branch.some((inner) => typeof inner.path[0] === 'number'));
      if (list !== undefined) return explainIssues(list, schema, path);
    }
    if (issue.code === 'invalid_key')
      return [
        { path: toPath(path), message: issue.issues[0]?.message ?? issue.message, subject: 'untold-name' },
      ];
    return [{ path: toPath(path), message: issue.message }];
  });
}

/** Sentences that replace zod's own messages; if a schema has its own message, that is used. */
export function toSentence(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'Add this: it is missing'
        : `Give ${withArticle(issue.expected)} here${withoutQuotes(issue)}`;
    case 'invalid_value':
      return `Choose one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `Give a number of at least ${issue.minimum}`
        : `Give ${issue.origin === 'string' ? 'some text' : 'at least one'} here: this is empty`;
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `Give a number of at most ${issue.maximum}`
        : `Make this shorter: at most ${issue.maximum} characters`;
    default:
      return undefined;
  }
}

function withArticle(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'a text in quotes',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object in braces',
    record: 'an object in braces',
    int: 'a whole number',
    number: 'a number',
  };
  return words[expected] ?? `a value of type ${expected}`;
}

function withoutQuotes({ expected, input }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>): string {
  return typeof input === 'string' && ['number', 'int', 'boolean'].includes(expected)
    ? ', without quotes'
    : '';
}

/** A name is shown only if it is close to an existing one, because the owner may have put a key where a name belongs. */
function explainUnknownName(
  name: string,
  path: readonly PropertyKey[],
  schema: z.core.$ZodType,
): Pick<Finding, 'message' | 'subject'> {
  const known = listNames(schema, path);
  const part = ['server', 'webapi'].find((one) => known.includes(one)) ?? '';
  const inPart = part === '' ? [] : listNames(schema, [...path, part]);
  if (inPart.includes(name)) return { subject: 'name', message: `Move this into "${part}"` };
  const closest = findClosest(name, [...known, ...inPart]);
  if (closest === undefined) {
    const list = known.length === 0 ? '' : `; known here are ${known.join(', ')}`;
    return { subject: 'untold-name', message: `Remove this unknown name, or correct it${list}` };
  }
  const where = known.includes(closest) ? '' : `, inside "${part}"`;
  return { subject: 'name', message: `Unknown name; did you mean "${closest}"${where}?` };
}

/** The names that are allowed in the object at a path. */
function listNames(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return listNames(schema.def.innerType, path);
  if (schema instanceof z.ZodUnion)
    return [...new Set(schema.def.options.flatMap((option) => listNames(option, path)))];
  const [step, ...rest] = path;
  if (schema instanceof z.ZodArray && typeof step === 'number') return listNames(schema.def.element, rest);
  if (schema instanceof z.ZodRecord && step !== undefined) return listNames(schema.def.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  if (step === undefined) return Object.keys(schema.def.shape);
  const inner = schema.def.shape[String(step)];
  return inner === undefined ? [] : listNames(inner, rest);
}
