// Notes in executables: the system still starts them, and finds the note where the list of segments leads.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { addNote } from '../../scripts/release/elf.ts';
import { createFolder } from '../support/daemon.ts';

/** The bytes of all notes that are loaded. */
function readNotes(elf: Buffer): Buffer {
  const start = Number(elf.readBigUInt64LE(32));
  const notes = Array.from({ length: elf.readUInt16LE(56) }, (_, i) => start + i * 56)
    .filter((at) => elf.readUInt32LE(at) === 4)
    .map((at) => {
      const offset = Number(elf.readBigUInt64LE(at + 8));
      return elf.subarray(offset, offset + Number(elf.readBigUInt64LE(at + 32)));
    });
  return Buffer.concat(notes);
}

test('a program with a further note still runs, and a second note leaves the first one where it is', (t) => {
  const file = path.join(createFolder(t), 'echo');
  const program = fs.readFileSync(fs.realpathSync('/bin/echo'));
  const once = addNote(program, 'FIRST', Buffer.from('one'));
  fs.writeFileSync(file, addNote(once, 'SECOND', Buffer.alloc(100_001, 'b')), { mode: 0o755 });
  assert.equal(execFileSync(file, ['hello'], { encoding: 'utf8' }), 'hello\n');
  const notes = readNotes(fs.readFileSync(file));
  assert.ok(notes.includes('FIRST\0\0\0one\0'));
  assert.ok(notes.includes(`SECOND\0\0${'b'.repeat(100_001)}\0\0\0`));
  assert.ok(notes.subarray(0, 32).equals(readNotes(program).subarray(0, 32)), 'those of the linker stay');
});

test('the same note gives the same bytes, and what is no program of 64 bits is refused', () => {
  const program = fs.readFileSync(fs.realpathSync('/bin/echo'));
  const [one, other] = [1, 2].map(() => addNote(program, 'A', Buffer.from('x')));
  assert.ok(one?.equals(other ?? Buffer.alloc(0)));
  assert.throws(() => addNote(Buffer.from('#!/bin/sh\n'), 'A', Buffer.alloc(0)), /no ELF file of 64 bits/);
});
