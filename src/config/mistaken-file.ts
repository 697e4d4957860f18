// Recognises files that are not a config, and characters that word processors and web pages use in place of plain ones,
// and explains what to do. The file is never quoted, because it may contain keys.

/** The kind of a file by its first bytes, for files that cannot be read as text. */
const signatures: readonly [start: string, what: string][] = [
  ['504b0304', 'a Word document, a spreadsheet or a ZIP archive'],
  ['504b0506', 'a ZIP archive'],
  ['d0cf11e0', 'an old Word document or spreadsheet'],
  ['25504446', 'a PDF document'],
  ['1f8b', 'a compressed file (gzip)'],
  ['fd377a585a', 'a compressed file (xz)'],
  ['28b52ffd', 'a compressed file (zstd)'],
  ['377abcaf', 'a 7z archive'],
  ['52617221', 'a RAR archive'],
  ['89504e47', 'a picture'],
  ['ffd8ff', 'a picture'],
  ['47494638', 'a picture'],
  ['7f454c46', 'a program'],
  ['62706c697374', 'a property list of macOS'],
  ['53514c697465', 'a database'],
  ['425a68', 'a compressed file (bzip2)'],
  ['04224d18', 'a compressed file (lz4)'],
  ['cafebabe', 'a program'],
  ['4d5a', 'a program'],
  ['52494646', 'a picture or a sound'],
  ['00000020667479', 'a picture or a film'],
];

/** What is wrong with bytes that are not UTF-8 text; undefined if they may be UTF-8 text. */
export function explainBytes(bytes: Buffer): string | undefined {
  const start = bytes.toString('hex', 0, 8);
  const signature = signatures.find(([hex]) => start.startsWith(hex));
  if (signature !== undefined) return `Write the config as plain text: this is ${signature[1]}`;
  // A text in UTF-32 begins like one in UTF-16, or with zeros.
  if (/^(?:fffe|feff|0000feff)/.test(start) || bytes.includes(0))
    return 'Save the file as UTF-8: it is UTF-16 or something else that holds NUL bytes (Notepad: Save as, Encoding: UTF-8)';
  return undefined;
}

/** For a text that is not JSON: the place that shows what it is, and what to do; undefined if it looks like JSON with mistakes. */
export function explainText(text: string): { readonly offset: number; readonly message: string } | undefined {
  const offset = /^\s*/.exec(text)?.[0].length ?? 0;
  const start = text.slice(offset, offset + 2000);
  const found = kinds.find(([pattern]) => pattern.test(start));
  return found === undefined ? undefined : { offset, message: found[1] };
}

const kinds: readonly [pattern: RegExp, message: string][] = [
  [/^<\?php/i, 'Put the config itself here: this is a PHP program'],
  [
    /^<{7} /m,
    'Choose one of the two versions here, and remove the lines of "<", "=" and ">": a merge left both in the file',
  ],
  [
    /^(?:diff --git |--- a\/|\+\+\+ |@@ -\d|[+-] ?\{)/,
    'Put the config itself here: this is a list of changes (a diff), with "+" and "-" before its lines',
  ],
  [
    /^1[:.|]?[ \t]+\{/,
    'Remove the line numbers: they belong to the page or editor that the config was copied from',
  ],
  [/^-----BEGIN /, 'Put the config itself here: this is a certificate, a key or an encrypted text (PEM)'],
  [/^\$ANSIBLE_VAULT/, 'Decrypt the file first: this is an encrypted text (Ansible Vault)'],
  [/^(?:eyJ|ewog|ew0K|ewo)[\w+/=\s]*$/, 'Decode the file first: this is the config in Base64'],
  [
    /^\{[{%]/,
    'Put the result of the template here: this is the template itself, with "{{" or "{%" where values belong',
  ],
  [
    /^&(?:#\d+|quot|lbrace|lcub|nbsp);|^\{\s*&(?:quot|#34|#39|nbsp|#160);/,
    'Put the text itself here: this is the source of a web page, with &quot; where quotes belong',
  ],
  [
    /^(?:HTTP\/\d|(?:From|Date|Subject|MIME-Version|Content-Type): )/,
    'Remove the lines before the first brace: this is a mail or an answer of a web server',
  ],
  [/^\(\s*\{/, 'Remove the parentheses around the config: JSON has none'],
  [/^@\{/, 'Write the config as JSON: this is PowerShell'],
  [/^(["'])[\w$-]{1,50}\1[ \t]*:/, 'Put the whole config in braces: the first one is missing'],
  [
    /^\{\\rtf/,
    'Save the file as plain text: this is rich text (RTF), as TextEdit and WordPad save it (TextEdit: Format > Make Plain Text)',
  ],
  [/^<\?xml|^<plist/i, 'Write the config as JSON: this is XML (config.example.json shows how it looks)'],
  [
    /^<!--|^<!doctype|^<[a-z][a-z\d]*[\s>/]/i,
    'Put the config itself here: this is a web page (where a page shows a file, "Raw" or "Download" gives the file)',
  ],
  [
    /^(?:[^{]*\n)?\s*(?:`{3}|~{3})/,
    'Remove the lines of backticks or tildes around the config: they belong to the page that it was copied from',
  ],
  [
    /^(?:[$>] |sudo |cat |curl )/,
    'Remove the command before the config: it belongs to the page that it was copied from',
  ],
  [/^#!/, 'Put the config itself here: this is a script'],
  [
    /^(?:module\.exports|exports\.|export |import |const |let |var )/,
    'Write the config as JSON: this is JavaScript. Begin with the brace',
  ],
  [
    /^(?:[#;][^\n]*\n\s*)*\[{1,2}[A-Za-z_][\w.-]*\]{1,2}[ \t]*(?:[#;].*)?\r?(?:\n|$)/,
    'Write the config as JSON: this looks like TOML or INI (config.example.json shows how it looks)',
  ],
  [
    /^(?:[#;][^\n]*\n\s*)*(?:export )?[A-Za-z_][\w.-]*[ \t]*=/,
    'Write the config as JSON: this looks like TOML, INI or an env file (config.example.json shows how it looks)',
  ],
  [
    /^(?:%YAML|---)/,
    'Write the config as JSON: this looks like YAML (config.example.json shows how it looks)',
  ],
  [
    /^(?:#[^\n]*\n\s*)*[A-Za-z_$][\w$-]*[ \t]*:(?:[ \t\r\n]|$)/,
    'Write the config as JSON, in braces: this looks like YAML (config.example.json shows how it looks)',
  ],
  [
    /^(?:#[^\n]*\n\s*)*- /,
    'Write the config as JSON: this looks like YAML (config.example.json shows how it looks)',
  ],
];

/** Explains a wrong character at the parser's error; undefined if the character is not a known mistake. */
export function explainSign(text: string, offset: number): string | undefined {
  if (text.startsWith('```', offset) || text.startsWith('~~~', offset))
    return 'Remove this line of backticks or tildes: it belongs to the page that the config was copied from';
  const sign = String.fromCodePoint(text.codePointAt(offset) ?? 0x20);
  const code = `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (/[\p{Z}\p{Cc}\p{Cf}\u2800\u3164]/u.test(sign) && !/[ \t\r\n]/.test(sign))
    return `Put plain spaces in place of the invisible characters here (${code}${sign === '\u00a0' ? ', a no-break space' : ''}): they come from a web page or a word processor`;
  if (
    /[\u2018-\u201f\u00ab\u00bb\u2032-\u2037\u2039\u203a\u300c-\u300f\u301d-\u301f\uff02\uff07\u00b4]/.test(
      sign,
    )
  )
    return `Put plain double quotes (") in place of the typographic ones here (${code}): they come from a web page or a word processor`;
  if (sign === "'" || sign === '`')
    return 'Put double quotes (") in place of single ones here: JSON knows no others';
  if (text.startsWith('...', offset))
    return 'Remove the dots: they stand for what was left out where this was copied from';
  if (sign === '#') return 'Begin this comment with //: JSON with comments does not know #';
  if (/[\u2010-\u2015\u2212]/.test(sign)) return `Put a plain "-" in place of the long dash here (${code})`;
  if (/[\uff00-\uffef\u3001\u3002\u037e\u061b\u060c\u2026]/.test(sign))
    return `Put the plain sign in place of this look-alike (${code}), or remove it`;
  if (sign === '=') return 'Put a colon in place of "=": JSON has a colon between name and value';
  if (sign === ';') return 'Put a comma in place of ";": JSON has a comma between entries';
  if (sign === '\\') return 'Remove the backslash here: it belongs into texts in quotes only';
  if (/^&(?:\w+|#\d+);/.test(text.slice(offset, offset + 12)))
    return 'Put the plain sign in place of this one of a web page, such as &quot;';
  if (sign === '<') return 'Remove this: it looks like a piece of a web page';
  return explainWord(/^[A-Za-z_$][\w$-]*/.exec(text.slice(offset, offset + 100))?.[0], text, offset);
}

/** Recognises words of other languages for true, false and null, and names without quotes; the word itself is not shown. */
function explainWord(word: string | undefined, text: string, offset: number): string | undefined {
  if (word === undefined) return undefined;
  if (/^\s*:/.test(text.slice(offset + word.length, offset + word.length + 100)))
    return 'Put the name here in double quotes: JSON has no names without them';
  if (/^(?:true|yes|on)$/i.test(word))
    return 'Write true here, in small letters: JSON has no other word for it';
  if (/^(?:false|no|off)$/i.test(word))
    return 'Write false here, in small letters: JSON has no other word for it';
  if (/^(?:none|null|nil|undefined|nan|infinity)$/i.test(word))
    return 'Leave this out, with its name: JSON has no such value, and an option that is not given has its default';
  return undefined;
}
