// The `worker` part of the config: where the tasks are run.
import * as z from 'zod';
import { FilePath } from '../values/file-path.ts';

export const WorkerSetting = z.union(
  [
    z.literal('inside'),
    z.strictObject({
      socket: FilePath.min(1).describe(
        'The socket of the worker that runs the tasks; a relative path counts from the config file.',
      ),
    }),
  ],
  { error: 'Write "inside", or { "socket": PATH } for a worker of its own (`remotetask work`)' },
);
