// What follows a run, on its page and in the overview: the time, and buttons that decide about it.
import type { Following } from '../../follow-ups/follow-ups.ts';
import { renderNext } from '../../languages/following.ts';
import type { Language } from '../../languages/language.ts';
import { escapeHtml } from '../../listener/page.ts';
import { renderNote } from './phone-page.ts';
import { toRunPath } from './visit.ts';

/** A sentence about what follows, and the buttons if the visitor may decide; pages one folder below the root contain it. */
export function renderFollowing(following: Following, nonce: string | undefined, language: Language): string {
  const { then, duration } = language;
  const { run, choicesMs } = following;
  const sentence = renderNote(renderNext(following, language));
  if (nonce === undefined) return sentence;
  const toButton = (what: string, text: string): string =>
    `<button formaction="${escapeHtml(`..${toRunPath({ run })}/then?nonce=${nonce}&${what}`)}">${escapeHtml(text)}</button>`;
  const choices = choicesMs.map((ms) => toButton(`after=${ms}ms`, then.after(duration(ms))));
  return `${sentence}<form class="then" method="post">${toButton('do=now', then.now)}${toButton('do=leave', then.leave)}${choices.join('')}</form>`;
}
