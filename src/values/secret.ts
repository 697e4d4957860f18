// A secret in a config: as text, or as a reference to its place.
import * as z from 'zod';

/** A secret as text, in an environment variable, or in a file. */
export const Secret = z.union(
  [
    z.string(),
    z.strictObject({ env: z.string().min(1).describe('The environment variable that holds it.') }),
    z.strictObject({
      file: z
        .string()
        .min(1)
        .describe('The file that holds it; a relative path counts from the config file.'),
    }),
  ],
  {
    error: ({ input }) =>
      input === undefined
        ? 'Give this value: it is missing'
        : 'Give this as text, as { "env": "NAME" } or as { "file": "PATH" }',
  },
);
export type Secret = z.infer<typeof Secret>;
