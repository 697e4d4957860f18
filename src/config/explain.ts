// What zod finds wrong with a config, as sentences that say what to do.
import { distance } from 'fastest-levenshtein';
import * as z from 'zod';
import { Config } from './schema.ts';

/** A problem at a path of the config; `isName` says that the name itself is the problem, not its value. */
export interface Explained {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly isName: boolean;
}

/** All issues of a failed parse, one sentence each. */
export function explainIssues(issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[] = []): Explained[] {
  return issues.flatMap((issue): Explained[] => {
    const path = [...above, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((name) => ({
        path: [...path, name],
        message: explainUnknownName(name, listNames(Config, path)),
        isName: true,
      }));
    }
    if (issue.code === 'invalid_union') {
      const closest = issue.errors.find((branch) => branch.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'));
      if (closest !== undefined) return explainIssues(closest, path);
    }
    return [{ path, message: issue.message, isName: false }];
  });
}

/** Sentences for what zod would say in its own words; where a schema has a message of its own, that is used. */
export function toSentence(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'Give this value: it is missing' : `Give ${withArticle(issue.expected)} here`;
    case 'invalid_value':
      return `Choose one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `Give a number of at least ${issue.minimum}`
        : 'Give at least one: this is empty';
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `Give a number of at most ${issue.maximum}`
        : `Give something shorter: at most ${issue.maximum}`;
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

function explainUnknownName(name: string, known: readonly string[]): string {
  const [closest] = known
    .map((candidate) => ({ candidate, steps: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  if (closest !== undefined && closest.steps <= Math.max(1, Math.floor(closest.candidate.length / 3)))
    return `Unknown name; did you mean "${closest.candidate}"?`;
  return known.length === 0 ? 'Unknown name' : `Unknown name; known here are ${known.join(', ')}`;
}

/** The names that an object at a path may have. */
function listNames(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return listNames(schema.def.innerType, path);
  if (schema instanceof z.ZodUnion) return [...new Set(schema.def.options.flatMap((option) => listNames(option, path)))];
  const [step, ...rest] = path;
  if (schema instanceof z.ZodArray && typeof step === 'number') return listNames(schema.def.element, rest);
  if (schema instanceof z.ZodRecord && step !== undefined) return listNames(schema.def.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  if (step === undefined) return Object.keys(schema.def.shape);
  const inner = schema.def.shape[String(step)];
  return inner === undefined ? [] : listNames(inner, rest);
}
