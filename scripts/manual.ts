// `npm run manual`: writes docs/remotetask.1 and the tables of docs/commands.md.
import fs from 'node:fs';
import path from 'node:path';
import { renderCommandsPage, renderManual } from './render-manual.ts';

const docs = path.join(import.meta.dirname, '../docs');
const page = path.join(docs, 'commands.md');
fs.writeFileSync(path.join(docs, 'remotetask.1'), renderManual());
fs.writeFileSync(page, renderCommandsPage(fs.readFileSync(page, 'utf8')));
