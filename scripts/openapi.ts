// Writes docs/openapi.json, which describes the addresses and answers of docs/http.md for programs.
import fs from 'node:fs';
import path from 'node:path';
import { renderOpenApi } from './openapi/document.ts';

fs.writeFileSync(path.join(import.meta.dirname, '../docs/openapi.json'), renderOpenApi());
