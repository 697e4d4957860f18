// Where the values of a config stand in its text: the line and the column of a problem.
import type { Node } from 'jsonc-parser';

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

/** Finds places in a tree, which is made for the first of them: most configs have no problem. */
export function createPlaces(makeTree: () => Node | undefined, toProblem: Locator): Places {
  let root: Node | undefined;
  const findChild = createFindChild();
  /** The value at a path, or the nearest one above it. */
  const nearest = (path: readonly PropertyKey[]): Node | undefined => {
    root ??= makeTree();
    let node = root;
    for (const step of path) {
      const child = node && findChild(node, step);
      if (child === undefined) break;
      node = child;
    }
    return node;
  };
  return {
    problemAt: (path, message) => toProblem(nearest(path)?.offset ?? 0, message),
    problemAtKey(path, message) {
      const node = nearest(path);
      const at = node?.parent?.type === 'property' ? node.parent : node;
      return toProblem(at?.offset ?? 0, message);
    },
  };
}

/** Finds values in objects and lists; each object's names are gathered once, because an object may have thousands. */
function createFindChild(): (node: Node, step: PropertyKey) => Node | undefined {
  const known = new WeakMap<Node, ReadonlyMap<string, Node>>();
  return (node, step) => {
    const { type, children = [] } = node;
    if (type === 'array') return typeof step === 'number' ? children[step] : undefined;
    if (type !== 'object') return undefined;
    const values =
      known.get(node) ??
      new Map(
        children.flatMap(({ children: [name, value] = [] }): [string, Node][] =>
          value === undefined ? [] : [[String(name?.value), value]],
        ),
      );
    known.set(node, values);
    return values.get(String(step));
  };
}
