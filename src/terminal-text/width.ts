// How many columns of a terminal a character takes.
import { eastAsianWidth } from 'get-east-asian-width';

/** Below it, each character takes one column. */
const firstMark = 0x300;
/** Marks and format characters, and the vowels and finals that Hangul syllables are composed of. */
const joined = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;

/** 0 for a character that joins the one before it, 2 for a wide one, otherwise 1. */
export function toWidth(character: string): 0 | 1 | 2 {
  const code = character.codePointAt(0) ?? 0;
  if (code < firstMark) return 1;
  if (joined.test(character)) return 0;
  return eastAsianWidth(code) === 2 ? 2 : 1;
}
