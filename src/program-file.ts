// What this process was started from: a script that Node runs, or an executable that holds both.
import sea from 'node:sea';

/** Whether this is the single executable, which holds Node, its arguments and the program. */
export const isExecutable: boolean = sea.isSea();

/** The script, or the executable itself. */
export const programFile: string = isExecutable ? process.execPath : (process.argv[1] ?? '');

/** What Node is started with before the arguments of the program; an executable holds it. */
export const nodeWords: readonly string[] = isExecutable ? [] : [...process.execArgv, programFile];
