// Configs pasted from the web, and files that are something else: told by what they are, never quoted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createJudge } from '../support/config.ts';

const canary = 'Xq7canaryAAAmagic0123456789';
const good = `{
  "server": {
    "listen": "127.0.0.1",
    "debug": true,
    "magickey": "${canary}"
  },
  "tasks": {}
}
`;

/** What is wrong, where it stands, and a word of what the answer says. */
const pasted: readonly [what: string, text: string | Buffer, place: string, says: RegExp][] = [
  [
    'no-break spaces as indentation',
    good.replaceAll('  ', '\u00a0\u00a0'),
    ':2:1',
    /^Put plain spaces .*\(U\+00A0, a no-break space\)/,
  ],
  [
    'one narrow no-break space',
    good.replace(': true', ':\u202ftrue'),
    ':4:13',
    /^Put plain spaces .*\(U\+202F\)/,
  ],
  [
    'an invisible space before a name',
    good.replace('"server"', '\u200b"server"'),
    ':2:3',
    /^Put plain spaces .*\(U\+200B\)/,
  ],
  [
    'an ideographic space',
    good.replace('  "tasks"', '\u3000"tasks"'),
    ':7:1',
    /^Put plain spaces .*\(U\+3000\)/,
  ],
  ['two byte order marks', `\ufeff\ufeff${good}`, ':1:1', /^Put plain spaces .*\(U\+FEFF\)/],
  ['line separators', good.replaceAll('\n', '\u2028'), ':1:2', /^Put plain spaces .*\(U\+2028\)/],
  ['curly quotes', good.replaceAll(/"([\w.]+)"/g, '“$1”'), ':2:3', /^Put plain double quotes .*\(U\+201C\)/],
  [
    'German quotes around a value',
    good.replaceAll(/"(Xq7\w+)"/g, '„$1“'),
    ':5:17',
    /^Put plain double quotes .*\(U\+201E\)/,
  ],
  ['guillemets', good.replaceAll(/"([\w.]+)"/g, '«$1»'), ':2:3', /^Put plain double quotes/],
  ['single quotes', good.replaceAll('"', "'"), ':2:3', /^Put double quotes \("\) in place of single ones/],
  ['backticks as quotes', good.replaceAll('"', '`'), ':2:3', /^Put double quotes/],
  ['a comment with #', good.replace('\n', '\n  # mine\n'), ':2:3', /^Begin this comment with \/\//],
  ['a comment with # at the top', `# mine\n${good}`, ':1:1', /^Begin this comment with \/\//],
  ["Python's True", good.replace('true', 'True'), ':4:14', /^Write true here/],
  ["Python's False", good.replace('true', 'False'), ':4:14', /^Write false here/],
  ["Python's None", good.replace('true', 'None'), ':4:14', /^Leave this out/],
  ['undefined', good.replace('true', 'undefined'), ':4:14', /^Leave this out/],
  [
    'names without quotes',
    good.replaceAll(/"(\w+)":/g, '$1:'),
    ':2:3',
    /^Put the name here in double quotes/,
  ],
  ['semicolons', good.replaceAll(',', ';'), ':3:26', /^Put a comma/],
  ['equals signs', good.replaceAll(':', ' ='), ':2:12', /^Put a colon/],
  ['full-width colons', good.replaceAll(':', '：'), ':2:11', /^Put the plain sign .*\(U\+FF1A\)/],
  ['an ellipsis', good.replace('{}', '{ … }'), ':7:14', /^Put the plain sign .*\(U\+2026\)/],
  ['three dots', good.replace('{}', '{ ... }'), ':7:14', /^Remove the dots/],
  ['a long dash before a number', good.replace('true', '–5'), ':4:14', /^Put a plain "-"/],
  ['backslashes before quotes', good.replaceAll('"', '\\"'), ':2:3', /^Remove the backslash/],
  [
    'a missing comma, and Windows line ends',
    good.replace('true,', 'true').replaceAll('\n', '\r\n'),
    ':5:5',
    /a comma .* is missing/,
  ],
  ['words behind it', `${good}Thanks!\n`, ':9:1', /the config ends before this/],
  ['itself twice', good + good, ':9:1', /the config ends before this/],
  ['a fence', `\n\`\`\`json\n${good}\`\`\`\n`, ':2:1', /^Remove the lines of backticks/],
  ['a fence behind it only', `${good}\`\`\`\n`, ':9:1', /^Remove this line of backticks or tildes/],
  [
    'a heading and a fence',
    `# How to\n\nSome words:\n\`\`\`json\n${good}\`\`\`\n`,
    ':1:1',
    /^Remove the lines of backticks/,
  ],
  [
    'quotes as a web page writes them',
    good.replaceAll('"', '&quot;'),
    ':1:1',
    /^Put the text itself here: .*&quot;/,
  ],
  [
    'one sign as a web page writes it',
    good.replace(': true', ': &nbsp;true'),
    ':4:14',
    /^Put the plain sign/,
  ],
  [
    'a merge that was not ended',
    `<<<<<<< HEAD\n${good}=======\n${good}>>>>>>> other\n`,
    ':1:1',
    /^Choose one of the two versions/,
  ],
  ['a list of changes', `--- a/config.json\n+++ b/config.json\n@@ -1 +1 @@\n+${good}`, ':1:1', /\(a diff\)/],
  ['line numbers', good.replaceAll(/^/gm, '1 '), ':1:1', /^Remove the line numbers/],
  ['a template', `{{ config | to_json }}\n`, ':1:1', /^Put the result of the template/],
  ['itself in Base64', Buffer.from(good).toString('base64'), ':1:1', /Base64/],
  ['an encrypted text', `-----BEGIN PGP MESSAGE-----\n${canary}\n`, ':1:1', /encrypted/],
  ['a PHP program', `<?php return ${good}`, ':1:1', /PHP/],
  [
    'the header of a mail',
    `From: a@example.org\nSubject: config\n\n${good}`,
    ':1:1',
    /^Remove the lines before the first brace/,
  ],
  ['parentheses around it', `(${good})`, ':1:1', /^Remove the parentheses/],
  ['PowerShell', `@${good}`, ':1:1', /PowerShell/],
  ['a compressed file (bzip2)', Buffer.from('425a683931415926', 'hex'), '', /bzip2/],
  ['a prompt and a command', `$ cat config.json\n${good}`, ':1:1', /^Remove the command/],
  ['no first brace', good.slice(2), ':1:3', /^Put the whole config in braces/],
  ['rich text', `{\\rtf1\\ansi\\ansicpg1252\n{\\fonttbl}\n${good}}`, ':1:1', /rich text \(RTF\)/],
  ['a web page', `\n<!DOCTYPE html>\n<html><body>${good}</body></html>`, ':2:1', /web page/],
  ['a piece of a web page', `<pre>${good}</pre>`, ':1:1', /web page/],
  ['a property list', `<?xml version="1.0"?>\n<plist>${canary}</plist>`, ':1:1', /XML/],
  ['YAML', `# mine\nserver:\n  magickey: ${canary}\ntasks: {}\n`, ':1:1', /YAML/],
  ['YAML with dashes', `---\nserver:\n  magickey: ${canary}\n`, ':1:1', /YAML/],
  ['a list of YAML', `- ${canary}\n- b\n`, ':1:1', /YAML/],
  ['TOML', `[server]\nmagickey = "${canary}"\n`, ':1:1', /TOML or INI/],
  ['INI with comments', `; mine\n# too\n[server]\r\nmagickey=${canary}\r\n`, ':1:1', /TOML or INI/],
  ['an env file', `MAGIC=${canary}\n`, ':1:1', /env file/],
  ['JavaScript', `module.exports = ${good}`, ':1:1', /JavaScript/],
  ['a script', `#!/bin/sh\necho ${canary}\n`, ':1:1', /script/],
  [
    'a Word document',
    Buffer.concat([Buffer.from('504b030414000600', 'hex'), Buffer.from([0, 255, 128])]),
    '',
    /Word document/,
  ],
  ['an old Word document', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), '', /old Word document/],
  ['a PDF document', Buffer.from('%PDF-1.7\n%\u00e2'), '', /PDF/],
  ['a compressed file', Buffer.from('1f8b0800000000', 'hex'), '', /compressed/],
  ['a picture', Buffer.from('ffd8ffe000104a464946', 'hex'), '', /picture/],
  ['UTF-16 with a mark', Buffer.from(`\ufeff${good}`, 'utf16le'), '', /UTF-16/],
  ['UTF-16 without one', Buffer.from(good, 'utf16le'), '', /UTF-16/],
  ['big-endian UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le').swap16(), '', /UTF-16/],
  ['Latin-1', Buffer.from(good.replace('true', '"Küche"'), 'latin1'), '', /^Save the file as UTF-8/],
];

for (const [what, text, place, says] of pasted) {
  test(`a config with ${what} is told what it is and what to do, where it is so`, (t) => {
    const { code, problems } = createJudge(t).judge(text);
    const [first = ''] = problems;
    assert.equal(code, 'config-invalid');
    assert.ok(first.startsWith(`config.json${place} `), first);
    assert.match(first.slice(`config.json${place} `.length), says);
    assert.doesNotMatch(problems.join('\n'), /canary/);
  });
}

test('a config with a byte order mark, Windows or old line ends, comments and odd signs within texts is fine', (t) => {
  const { judge } = createJudge(t);
  const odd = good.replace(
    '{}',
    `{ "a": { "identifier": "another-key-V4bN7mQ1zX", "name": "“a”\u00a0–'#", "command": ["true"] } }`,
  );
  for (const text of [good, `\ufeff${good}`, good.replaceAll('\n', '\r\n'), good.replaceAll('\n', '\r'), odd])
    assert.equal(judge(text).code, undefined);
});

test('whatever stands before, in or behind a config, the answer is findings and quotes nothing', (t) => {
  const { judge } = createJudge(t);
  const junk = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(
      '\u00a0',
      '“',
      '”',
      "'",
      '#',
      '---\n',
      '[a]\n',
      'a = ',
      '<',
      '{\\rtf',
      '...',
      'True',
      '\\',
      '\ufeff',
      '`',
      '\ud800',
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length), junk), { minLength: 1, maxLength: 4 }), (pieces) => {
      const text = pieces.reduce((all, [at, piece]) => all.slice(0, at) + piece + all.slice(at), good);
      const { loaded, problems } = judge(text);
      assert.ok(loaded !== undefined || problems.length > 0);
      assert.doesNotMatch(problems.join('\n'), /canary|Xq7/);
    }),
    { numRuns: 400 },
  );
});
