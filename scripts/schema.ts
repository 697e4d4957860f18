// Writes config.schema.json, by which editors know the config, from the schema that the daemon itself uses.
import fs from 'node:fs';
import path from 'node:path';
import { renderJsonSchema } from './json-schema.ts';

fs.writeFileSync(path.join(import.meta.dirname, '../config.schema.json'), renderJsonSchema());
