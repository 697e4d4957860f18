// The JSON Schema of config.json, as text.
import * as z from 'zod';
import { Config } from '../src/config/schema.ts';

/** `io: 'input'` describes what people type: names with defaults may be left out. Comments and trailing commas are for editors that look for these two words. */
export function renderJsonSchema(): string {
  const schema = z.toJSONSchema(Config, { io: 'input' });
  const whole = {
    ...schema,
    title: 'The config of remotetask',
    allowComments: true,
    allowTrailingCommas: true,
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
