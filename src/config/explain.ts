// Turns zod's issues with a config into sentences that state what to do.
import * as z from 'zod';
import { findClosest, findNearest } from './closest.ts';
import { longestShown, toPath, type Finding } from './finding.ts';

/** Explains what one parse by a schema finds wrong. */
export interface Explainer {
  /** The parse's error map: sentences that replace zod's own messages; a schema's own message counts before it. */
  toSentence(issue: z.core.$ZodRawIssue): string | undefined;
  /** All issues of the parse, one sentence each. */
  explain(issues: readonly z.core.$ZodIssue[], above?: readonly PropertyKey[]): Finding[];
}

// zod's own prettifyError and locales write what was expected and received, but neither what to do nor which known name is
// close to an unknown one; treeifyError drops the order of the file. Hence sentences of our own, from the codes of its issues.

/** An explainer for one parse. It remembers the schemas of objects with unknown names, because zod's issues do not keep them. */
export function createExplainer(): Explainer {
  const schemaOf = new WeakMap<object, unknown>();
  const explain: Explainer['explain'] = (issues, above = []) =>
    issues.flatMap((issue): Finding[] => {
      const path = [...above, ...issue.path];
      if (issue.code === 'unrecognized_keys') {
        const known = listNames(schemaOf.get(issue.keys));
        return issue.keys.map((name) => ({
          path: toPath([...path, name]),
          ...explainUnknownName(name, known),
        }));
      }
      if (issue.code === 'invalid_union') {
        // An owner who wrote a list wants to know what is wrong inside it.
        const list = issue.errors.find((branch) => branch.some((inner) => typeof inner.path[0] === 'number'));
        if (list !== undefined) return explain(list, path);
      }
      if (issue.code === 'invalid_key')
        return [
          { path: toPath(path), message: issue.issues[0]?.message ?? issue.message, subject: 'untold-name' },
        ];
      return [{ path: toPath(path), message: issue.message }];
    });
  return {
    toSentence(issue) {
      if (issue.code === 'unrecognized_keys') schemaOf.set(issue.keys, issue.inst);
      return toSentence(issue);
    },
    explain,
  };
}

function toSentence(issue: z.core.$ZodRawIssue): string | undefined {
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

/** The names that an object may have, and those of the part of it that options are often put beside by mistake. */
interface KnownNames {
  readonly names: readonly string[];
  readonly part: string;
  readonly inPart: readonly string[];
}

function explainUnknownName(
  name: string,
  { names, part, inPart }: KnownNames,
): Pick<Finding, 'message' | 'subject'> {
  if (inPart.includes(name)) return { subject: 'name', message: `Move this into "${part}"` };
  const closest = findClosest(name, [...names, ...inPart]);
  if (closest !== undefined) {
    const where = names.includes(closest) ? '' : `, inside "${part}"`;
    return { subject: 'name', message: `Unknown name; did you mean "${closest}"${where}?` };
  }
  const list = names.length === 0 ? '' : `; known here are ${names.join(', ')}`;
  if (!isShowable(name))
    return { subject: 'untold-name', message: `Remove this unknown name, or correct it${list}` };
  const nearest = findNearest(name, names);
  const offer = nearest === undefined ? '' : ` (the closest known one is "${nearest}")`;
  return { subject: 'name', message: `Remove this unknown name, or correct it${offer}${list}` };
}

/** Whether a name can be shown: the owner may have put a key where a name belongs, and a key is longer or has digits. */
function isShowable(name: string): boolean {
  const isWord = /^[$_-]?[a-z]+(?:[A-Z_-][a-z]+)*$/.test(name) && name.length <= longestShown;
  return isWord || /^[$\w-]{1,7}$/.test(name);
}

/** The names that an object's schema allows. */
function listNames(schema: unknown): KnownNames {
  if (!(schema instanceof z.ZodObject)) return { names: [], part: '', inPart: [] };
  const names = Object.keys(schema.shape);
  const part = ['server', 'webapi'].find((one) => names.includes(one)) ?? '';
  const inner: unknown = schema.shape[part];
  const inside = inner instanceof z.ZodOptional ? inner.unwrap() : inner;
  return { names, part, inPart: inside instanceof z.ZodObject ? Object.keys(inside.shape) : [] };
}
