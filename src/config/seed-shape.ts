// Converts the shapes that a config may have (ours, the seed program's and its README's) into one.

/** A config in our shape, and the mapping of each value back to its place in the file. */
export interface Shape {
  readonly value: unknown;
  /** The path in the file for a path in the value. */
  toPlace(path: readonly PropertyKey[]): readonly PropertyKey[];
}

const serverNames = ['listen', 'port', 'magickey', 'debug'];
/** A prefix of each task id during zod's validation, because zod's records silently drop `__proto__`. */
const prefix = ':';

/** The id of a task as written in the file, from its name in the value. */
export function toTaskId(name: string): string {
  return name.slice(prefix.length);
}

/**
 * `listen`, `port`, `magickey` and `debug` may be at the top level instead of below `server`, because the seed's README
 * can be read that way; `command: ""` means no command, as in the seed program.
 */
export function toSeedIndependentShape(value: unknown): Shape {
  const isFlat = isObject(value) && !('server' in value) && serverNames.some((name) => name in value);
  return {
    value: isObject(value) ? withPrefixedTasks(isFlat ? gatherServer(value) : value) : value,
    toPlace(path) {
      const [first, second, ...rest] = path;
      if (first === 'tasks' && typeof second === 'string') return [first, toTaskId(second), ...rest];
      return isFlat && first === 'server' ? path.slice(1) : path;
    },
  };
}

function gatherServer(value: object): object {
  const entries = Object.entries(value);
  const isServer = ([name]: [string, unknown]): boolean => serverNames.includes(name);
  return {
    ...Object.fromEntries(entries.filter((entry) => !isServer(entry))),
    server: Object.fromEntries(entries.filter(isServer)),
  };
}

function withPrefixedTasks(value: object): object {
  if (!('tasks' in value) || !isObject(value.tasks)) return value;
  const tasks: Record<string, unknown> = {};
  for (const [id, task] of Object.entries(value.tasks)) tasks[prefix + id] = withoutEmptyCommand(task);
  return { ...value, tasks };
}

function withoutEmptyCommand(task: unknown): unknown {
  if (!isObject(task) || !('command' in task) || task.command !== '') return task;
  const { command: _, ...rest } = task;
  return rest;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
