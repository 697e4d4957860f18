// Text as a search compares it: without case and accents.

/** Folds a text, so that "gate" finds "Gate" and "ecole" finds "École". Quotation marks and backslashes stay what they are, so JSON can be folded, too. */
export function foldText(text: string): string {
  const plain = /^\p{ASCII}*$/u.test(text)
    ? text
    : text.normalize('NFD').replaceAll(/\p{M}/gu, '').toUpperCase();
  return plain.toLowerCase();
}

/** Creates a test whether a text has a part; undefined means that every text has it. */
export function createPartTest(part: string | undefined): (text: string | undefined) => boolean {
  if (part === undefined) return () => true;
  const wanted = foldText(part);
  return (text) => text !== undefined && foldText(text).includes(wanted);
}

/** The same for a text of JSON that has a value with this part. */
export function createJsonPartTest(part: string | undefined): (json: string) => boolean {
  if (part === undefined) return () => true;
  const wanted = foldText(JSON.stringify(part).slice(1, -1));
  return (json) => foldText(json).includes(wanted);
}
