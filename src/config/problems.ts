// The problems of a config, as lines with their places.
import path from 'node:path';
import { AppError } from '../errors.ts';
import { renderPath, type Finding } from './finding.ts';
import type { Problem } from './places.ts';
import type { Source } from './source.ts';

/** A file with more problems than this is probably not a config, and listing them all would only fill the log. */
const maxShown = 500;

/** A problem as one line: `config.json:6:17 tasks.7.timeout: …`. */
function renderProblem(file: string, { line, column, message }: Problem): string {
  const place = line === undefined ? '' : `:${line}:${column}`;
  return `${path.basename(file)}${place} ${message}`;
}

/** The error of a config with these problems. */
export function invalid(file: string, problems: readonly Problem[]): AppError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const shown = sortProblems(problems).slice(0, maxShown);
  const more = problems.length - shown.length;
  return new AppError('config-invalid', `Cannot use ${file}: ${count}`, [
    ...shown.map((problem) => renderProblem(file, problem)),
    ...(more === 0 ? [] : [`${path.basename(file)} and ${more} more`]),
  ]);
}

/** Sorts problems by their places. */
function sortProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** How many warnings of one kind are listed; the last of them counts the rest. */
const maxOfKind = 10;

/** Warnings, one line each, in the order of the file; then those that are about no place in it. Those of one kind are summed up. */
export function renderWarnings(file: string, warnings: readonly Finding[], source: Source): string[] {
  const summed = sumUp(warnings);
  const placed = summed.filter(({ path }) => path !== undefined).map((finding) => toProblem(finding, source));
  const unplaced = summed.filter(({ path }) => path === undefined);
  return [
    ...sortProblems(placed).map((problem) => renderProblem(file, problem)),
    ...unplaced.map(({ message }) => message),
  ];
}

function sumUp(warnings: readonly Finding[]): Finding[] {
  const kinds = new Map<string, Finding[]>();
  for (const warning of warnings) {
    const { kind = warning.message } = warning;
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, [warning]);
    else known.push(warning);
  }
  return [...kinds.values()].flatMap((all) => {
    const more = (all.length - maxOfKind).toLocaleString('en');
    return all.slice(0, maxOfKind).map((warning, i) => {
      const isLast = i === maxOfKind - 1 && all.length > maxOfKind;
      return isLast
        ? { ...warning, message: `${warning.message} (… and ${more} more of this kind)` }
        : warning;
    });
  });
}

/** A finding with its place in the file. */
export function toProblem({ path: at = [], message, subject }: Finding, source: Source): Problem {
  const shown = renderPath(subject === 'untold-name' ? at.slice(0, -1) : at);
  const text = shown === '' ? message : `${shown}: ${message}`;
  return subject === undefined ? source.problemAt(at, text) : source.problemAtKey(at, text);
}
