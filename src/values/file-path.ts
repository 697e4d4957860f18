// A path in a config.
import * as z from 'zod';

/** A path of a file or folder: any text without NUL characters, because no system call accepts those. */
export const FilePath = z.string().regex(/^[^\0]*$/, 'Remove the NUL character: no path can hold one');
