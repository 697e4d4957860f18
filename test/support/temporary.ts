// A folder for temporary files of this process and of all that it starts. It is removed at the end, with what killed daemons left in it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-tests-'));
  // As /tmp itself: tests start programs as other users as well.
  fs.chmodSync(folder, 0o1777);
  process.env['TMPDIR'] = folder;
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
}
