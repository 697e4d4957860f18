// The languages of the phone's pages: one file each, and one line here.
import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import type { Language } from './language.ts';

/** The first is the default for callers that ask for no supported language. */
export const languages: readonly [Language, ...Language[]] = [en, de, fr];

/** The language that a caller likes best (`Accept-Language`). */
export function chooseLanguage(request: IncomingMessage): Language {
  const tag = new Negotiator(request).language(languages.map((language) => language.tag));
  return languages.find((language) => language.tag === tag) ?? languages[0];
}
