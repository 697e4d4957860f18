// What each version of DSM offers: paths, versions and methods, after captures and definitions of real ones.

export type Profile = 5 | 6 | 7;

/** An API as SYNO.API.Info lists it. */
export interface ApiEntry {
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly path: string;
  readonly requestFormat?: 'JSON';
}

const entry = (maxVersion: number, path = 'entry.cgi'): ApiEntry => ({
  maxVersion,
  minVersion: 1,
  path,
  requestFormat: 'JSON',
});
const plain = (maxVersion: number, path: string): ApiEntry => ({ maxVersion, minVersion: 1, path });
/** DSM 5 really names it so. */
const underscored = `${'_'.repeat(55)}entry.cgi`;

export const catalogues: Readonly<Record<Profile, Readonly<Record<string, ApiEntry>>>> = {
  5: {
    'SYNO.API.Auth': plain(4, 'auth.cgi'),
    'SYNO.API.Info': plain(1, 'query.cgi'),
    'SYNO.Core.TaskScheduler': entry(2, underscored),
  },
  6: {
    'SYNO.API.Auth': plain(6, 'auth.cgi'),
    'SYNO.API.Info': plain(1, 'query.cgi'),
    'SYNO.Core.TaskScheduler': entry(2),
    'SYNO.Core.EventScheduler': entry(1),
    'SYNO.Core.Desktop.Initdata': entry(1),
  },
  7: {
    'SYNO.API.Auth': plain(7, 'entry.cgi'),
    'SYNO.API.Auth.UIConfig': entry(1),
    'SYNO.API.Info': plain(1, 'entry.cgi'),
    'SYNO.Core.TaskScheduler': entry(4),
    'SYNO.Core.TaskScheduler.Root': entry(4),
    'SYNO.Core.EventScheduler': entry(1),
    'SYNO.Core.EventScheduler.Root': entry(1),
    'SYNO.Core.Desktop.Initdata': entry(1),
  },
};

// DSM 6 has no `get_history_status_list`, but `view`.
const oldTasks = {
  1: ['list', 'get', 'set_enable', 'delete', 'run', 'set', 'create', 'view'],
  2: ['get', 'set', 'create'],
};
const events = [
  'list',
  'set_enable',
  'delete',
  'run',
  'get',
  'set',
  'create',
  'result_list',
  'result_get_file',
  'config_set',
  'config_get',
];

/** The methods of each version; where none are listed, any will do. */
const methods: Readonly<Record<string, Readonly<Record<number, readonly string[]>>>> = {
  '5 SYNO.Core.TaskScheduler': oldTasks,
  '6 SYNO.Core.TaskScheduler': oldTasks,
  '7 SYNO.Core.TaskScheduler': {
    1: ['list', 'get', 'view', 'get_history_status_list', 'get_history_log'],
    2: ['list', 'get', 'run', 'set_enable', 'delete'],
    3: ['list', 'get'],
    4: ['get', 'set', 'create'],
  },
  '6 SYNO.Core.EventScheduler': { 1: events },
  '7 SYNO.Core.EventScheduler': { 1: events },
  '6 SYNO.Core.Desktop.Initdata': { 1: ['get'] },
  '7 SYNO.Core.Desktop.Initdata': { 1: ['get'] },
};

/** Whether an API has a method in a version. */
export function hasMethod(profile: Profile, api: string, version: number, method: string): boolean {
  return (
    methods[`${profile} ${api}`]?.[version]?.includes(method) ?? methods[`${profile} ${api}`] === undefined
  );
}

/** Other paths at which an API answers as well. */
export function isServedAt(profile: Profile, api: string, path: string): boolean {
  if (catalogues[profile][api]?.path === path) return true;
  return (
    (api === 'SYNO.API.Info' && path === 'query.cgi') ||
    (profile === 7 && api === 'SYNO.API.Auth' && path === 'auth.cgi')
  );
}

/** Methods that change something or start something. */
export const mutating: ReadonlySet<string> = new Set([
  'run',
  'set',
  'create',
  'set_enable',
  'delete',
  'config_set',
]);
