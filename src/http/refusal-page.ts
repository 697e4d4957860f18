// The pages on which nothing was started: the question that comes first, and the refusals.
import type { Language } from './languages/language.ts';
import { capitalize, renderButton, renderNote, renderPhonePage, type Shown } from './phone-page.ts';

/** The page that asks before anything is started: one button, which no script presses. It leads to `action`. */
export function renderQuestionPage(
  shown: Shown,
  { question, action, isAgain }: { readonly question: string | undefined; readonly action: string; readonly isAgain: boolean },
  language: Language,
): string {
  return renderPhonePage({
    language,
    shown,
    standing: 'asked',
    state: question ?? language.question,
    rest: `${isAgain ? renderNote(language.nothingStarted.askedAgain) : ''}${renderButton(action, language.buttons.start)}`,
  });
}

/** The page for a call that was understood and refused, and may come back after some seconds. */
export function renderRefusalPage(
  shown: Shown,
  { why, retryAfterSeconds }: { readonly why: keyof Language['refusals']; readonly retryAfterSeconds?: number | undefined },
  language: Language,
): string {
  const back = retryAfterSeconds === undefined ? '' : ` ${language.comeBack(language.duration(retryAfterSeconds * 1000))}`;
  return renderPhonePage({
    language,
    shown,
    standing: 'refused',
    state: capitalize(language.states.refused),
    rest: renderNote(language.refusals[why] + back),
  });
}
