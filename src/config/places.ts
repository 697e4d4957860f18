// Where the values of a config stand in its text: the line and the column of a problem.
import { listMembers, skipBlanks, type Member } from './json-members.ts';

/** A problem of a config, and its place. */
export interface Problem {
  /** 1 for the first line; undefined if the problem has no place in the file. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly message: string;
}

/** Finds the places of a config's values. */
export interface Places {
  /** A problem at the value of a path, or at the nearest value above it. */
  problemAt(path: readonly PropertyKey[], message: string): Problem;
  /** A problem at the name of a property. */
  problemAtKey(path: readonly PropertyKey[], message: string): Problem;
}

/** A problem at an offset of a text. */
export type Locator = (offset: number, message: string) => Problem;

/** Finds the line and the column of an offset in a text. */
export function createLocator(text: string): Locator {
  let lineStarts: readonly number[] | undefined;
  return (offset, message) => {
    lineStarts ??= [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
    const line = lineStarts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - (lineStarts[line] ?? 0) + 1, message };
  };
}

/** Finds places in a text. It looks only into the objects and lists on the way to each, and once into each of them: thousands of tasks cost nothing that are not asked for. */
export function createPlaces(text: string, toProblem: Locator): Places {
  const known = new Map<number, ReadonlyMap<string | number, Member>>();
  const root: Member = { offset: skipBlanks(text, 0), nameOffset: undefined };
  const findMember = ({ offset }: Member, step: PropertyKey): Member | undefined => {
    const members = known.get(offset) ?? listMembers(text, offset);
    known.set(offset, members);
    return typeof step === 'symbol' ? undefined : (members.get(step) ?? members.get(String(step)));
  };
  /** The value at a path, or the nearest one above it. */
  const findNearest = (path: readonly PropertyKey[]): Member => {
    let nearest = root;
    for (const step of path) {
      const member = findMember(nearest, step);
      if (member === undefined) break;
      nearest = member;
    }
    return nearest;
  };
  return {
    problemAt: (path, message) => toProblem(findNearest(path).offset, message),
    problemAtKey(path, message) {
      const { offset, nameOffset } = findNearest(path);
      return toProblem(nameOffset ?? offset, message);
    },
  };
}
