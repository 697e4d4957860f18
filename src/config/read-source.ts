// The first two stages of loading a config: reads the file, and parses it.
import { loadBytes, toText } from './load-file.ts';
import { explainBytes } from './mistaken-file.ts';
import type { Problem } from './places.ts';
import { parseSource, type Source } from './source.ts';

/** The file's bytes as text, and what is wrong with them. */
export function readFile(file: string): {
  readonly value: string | undefined;
  readonly findings: readonly Problem[];
  readonly isMissing: boolean;
} {
  const read = loadBytes(file);
  if ('problem' in read)
    return { value: undefined, findings: [toProblem(read.problem)], isMissing: read.isMissing };
  const mistaken = explainBytes(read.bytes);
  const decoded = mistaken === undefined ? toText(read.bytes) : { problem: mistaken };
  return 'problem' in decoded
    ? { value: undefined, findings: [toProblem(decoded.problem)], isMissing: false }
    : { value: decoded.text, findings: [], isMissing: false };
}

/** The text as JSON with the place of each value; undefined if it is not JSON. Names that are given twice are problems, and the last one counts. */
export function parse(text: string): {
  readonly value: Source | undefined;
  readonly findings: readonly Problem[];
} {
  const source = parseSource(text);
  return 'value' in source
    ? { value: source, findings: source.twins }
    : { value: undefined, findings: source.problems };
}

function toProblem(message: string): Problem {
  return { line: undefined, column: undefined, message };
}
