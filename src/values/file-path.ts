// A path in a config.
import * as z from 'zod';

/** A path of a file or folder: any text but one with NUL characters, which no system call takes. */
export const FilePath = z.string().regex(/^[^\0]*$/, 'Remove the NUL character: no path can hold one');
