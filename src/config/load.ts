// Loads config.json in stages: read, parse, validate, resolve secrets, check, assemble. All problems are found at once.
import path from 'node:path';
import { toTyped } from '../called.ts';
import { AppError } from '../errors.ts';
import { assemble, findClearKeys, type ClearKeys, type LoadedConfig } from './assemble.ts';
import { check } from './check.ts';
import { listFiles, listReferredSecrets } from './list-files.ts';
import { findPassingCertificates, type Pairs } from './load-tls.ts';
import { invalid, renderWarnings, toProblem } from './problems.ts';
import { parse, readFile } from './read-source.ts';
import type { Problem } from './places.ts';
import { resolveSecrets, type Resolved } from './resolve.ts';
import { validate, withoutEchoes } from './validate.ts';

export type { ClearKeys, KeyPair, LoadedConfig } from './assemble.ts';

/** The keys of a config with their places, those in clear with their texts. */
export type PlacedKeys = Pick<Resolved, 'magic' | 'tasks'>;

/** What became of a config: it can be used, or not; `warnings` are what could be better, one line each, whether it can be used or not. */
export type Inspection = { readonly warnings: readonly string[] } & (
  | {
      readonly kind: 'usable';
      readonly loaded: LoadedConfig;
      readonly listClearKeys: () => readonly ClearKeys[];
      /** All keys with their places in the file. */
      readonly placedKeys: PlacedKeys;
    }
  | { readonly kind: 'unusable'; readonly error: AppError }
);

/** A config that can be used. */
export type Usable = Extract<Inspection, { readonly kind: 'usable' }>;

/** Loads a config file and reports everything about it. The error is `config-missing` or `config-invalid`, whose details are all problems with their places. `inUse` are the certificates that stay if the new ones cannot be used. */
export function inspectConfig(file: string, env: NodeJS.ProcessEnv, inUse?: Pairs): Inspection {
  const refuse = (problems: readonly Problem[], warnings: readonly string[] = []): Inspection => ({
    kind: 'unusable',
    error: invalid(file, problems),
    warnings,
  });
  const folder = path.dirname(file);
  const wallMs = Date.now();

  const read = readFile(file);
  if (read.isMissing) return { kind: 'unusable', error: createMissing(file), warnings: [] };
  if (read.value === undefined) return refuse(read.findings);
  const parsed = parse(read.value);
  if (parsed.value === undefined) return refuse(parsed.findings);
  const source = parsed.value;
  const validated = validate(source.value);
  const valid = validated.value;
  if (valid === undefined)
    return refuse([...parsed.findings, ...validated.findings.map((finding) => toProblem(finding, source))]);
  const resolved = resolveSecrets(valid, folder, env, inUse);
  const secrets = listReferredSecrets(valid);
  const named = listFiles(valid, secrets, folder);
  const findings = withoutEchoes(
    [
      ...validated.findings,
      ...resolved.findings,
      ...check({ valid, resolved: resolved.value, file, secrets, named, wallMs }),
    ],
    valid.invalid,
  );

  const problems = [
    ...parsed.findings,
    ...findings.filter(({ level }) => level === undefined).map((finding) => toProblem(finding, source)),
  ];
  const warnings = renderWarnings(
    file,
    findings.filter(({ level }) => level === 'warning'),
    source,
  );
  // The daemon watches for these itself, because they come with time.
  const passing = renderWarnings(file, findPassingCertificates(resolved.value, wallMs), source);
  if (problems.length > 0) return refuse(problems, [...warnings, ...passing]);
  const files = [file, ...named.map((one) => one.file)];
  return {
    kind: 'usable',
    loaded: assemble(valid, resolved.value, { files, warnings }),
    listClearKeys: () => findClearKeys(resolved.value, wallMs),
    placedKeys: resolved.value,
    warnings: [...warnings, ...passing],
  };
}

/** The same config if it can be used; else throws its AppError. */
export function requireUsable(found: Inspection): Usable {
  if (found.kind === 'unusable') throw found.error;
  return found;
}

/** Loads a config file. Throws AppError `config-missing` or `config-invalid`, whose details are all problems with their places. `inUse` are the certificates that stay if the new ones cannot be used. */
export function loadConfig(file: string, env: NodeJS.ProcessEnv, inUse?: Pairs): LoadedConfig {
  return requireUsable(inspectConfig(file, env, inUse)).loaded;
}

/** The same, with the magic keys and task keys of each task that are in clear and have not expired, so that its URLs can be shown. */
export function loadWithClearKeys(
  file: string,
  env: NodeJS.ProcessEnv,
): { readonly loaded: LoadedConfig; readonly clearKeys: readonly ClearKeys[] } {
  const found = requireUsable(inspectConfig(file, env));
  return { loaded: found.loaded, clearKeys: found.listClearKeys() };
}

/** The least severe level that is logged. */
export function toLevel({ log, server }: LoadedConfig): string {
  return log.level ?? (server.debug ? 'debug' : 'info');
}

function createMissing(file: string): AppError {
  return new AppError('config-missing', `There is no ${file}`, [
    `${toTyped('serve')} makes one, or start from config.example.json`,
  ]);
}
