// For `node --import`: a process that cannot read /proc, with the error that NO_PROC names. What the system itself does there is not touched.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const code = process.env['NO_PROC'] ?? 'ENOENT';
for (const name of ['readFileSync', 'readdirSync', 'readlinkSync', 'statSync', 'openSync'] as const) {
  const real = fs[name];
  Object.defineProperty(fs, name, {
    value: (...args: unknown[]) => {
      if (String(args[0]).startsWith('/proc')) throw Object.assign(new Error(code), { code });
      return Reflect.apply(real, fs, args) as unknown;
    },
  });
}
syncBuiltinESMExports();
