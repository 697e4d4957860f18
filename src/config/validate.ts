// The stage of loading a config that validates it by its schema. What is valid is checked further, so that all problems are found at once.
import { createExplainer } from './explain.ts';
import { toPath, type Finding, type Found, type Path } from './finding.ts';
import { leaveOut } from './leave-out.ts';
import { toConfigSchema, type Config, type TaskSettings } from './schema.ts';
import { toSeedIndependentShape, toTaskId, type Shape } from './seed-shape.ts';

/** Each round leaves something out, and what is left out lies at most this deep. */
const maxRounds = 20;

/** The valid part of a config. */
export interface Valid {
  readonly config: Settings;
  /** The tasks by their ids. */
  readonly tasks: Tasks;
  readonly shape: Shape;
  /** The same values as they are written: what is missing here has its default. */
  readonly written: unknown;
  /** The places of what is invalid, and was left out or replaced. */
  readonly invalid: readonly Path[];
}

/** What a config says about everything but its tasks. */
export type Settings = Omit<Config, 'tasks'>;

/** What a config says about its tasks, by their ids. */
export type Tasks = ReadonlyMap<string, TaskSettings>;

/** Validates the value of a config; undefined if nothing of it can be used. */
export function validate(value: unknown): Found<Valid | undefined> {
  const shape = toSeedIndependentShape(value);
  const toPlace = (path: Path): Path => toPath(shape.toPlace(path));
  const findings: Finding[] = [];
  const leftOut = new Map<string, Path>();
  /** The places of what was left out, and of everything around it. */
  const touched = new Set<string>();
  let rest = shape.value;
  for (let round = 0; round < maxRounds; round++) {
    const explainer = createExplainer();
    const parsed = toConfigSchema(rest).safeParse(rest, { error: explainer.toSentence, reportInput: false });
    if (parsed.success) {
      const invalid = [...leftOut.values()].map(toPlace);
      const tasks = new Map<string, TaskSettings>();
      for (const [name, task] of Object.entries(parsed.data.tasks)) tasks.set(toTaskId(name), task);
      return { value: { config: parsed.data, tasks, shape, written: rest, invalid }, findings };
    }
    if (round === 0) rest = structuredClone(rest);
    const wrong = new Map<string, Path>();
    for (const finding of explainer.explain(parsed.error.issues)) {
      const { path = [] } = finding;
      const key = JSON.stringify(path);
      wrong.set(key, path);
      // What was left out is missing now, there and in what is around it, and that is no news.
      if (!touched.has(key)) findings.push({ ...finding, path: toPlace(path) });
    }
    if (wrong.has('[]')) return { value: undefined, findings };
    for (const [key, path] of wrong) {
      leaveOut(rest, path);
      leftOut.set(key, path);
      for (let length = 0; length <= path.length; length++)
        touched.add(JSON.stringify(path.slice(0, length)));
    }
  }
  return { value: undefined, findings };
}

/** The findings without those about options beside one that is invalid, because their remedy may be another then. */
export function withoutEchoes(findings: readonly Finding[], invalid: readonly Path[]): Finding[] {
  if (invalid.length === 0) return [...findings];
  const parts = new Set(invalid.map(([part]) => part));
  const owners = new Set(invalid.map(toOwner));
  const wholeParts = new Set(invalid.filter(({ length }) => length === 1).map(([part]) => part));
  return findings.filter(({ path, compares }) => {
    if (compares !== true || path === undefined) return true;
    const [part] = path;
    const isBesideInvalid = owners.has(toOwner(path)) || wholeParts.has(part);
    const dependsOnDsm = (part === 'tasks' || part === 'admin') && parts.has('dsm');
    return !isBesideInvalid && !dependsOnDsm && !(part === 'notify' && parts.has('tasks'));
  });
}

/** What has the options at a path: a task, a receiver, or a part of the config. */
function toOwner(path: Path): string {
  return JSON.stringify(path.slice(0, path[0] === 'tasks' || path[0] === 'notify' ? 2 : 1));
}
