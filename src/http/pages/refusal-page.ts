// The pages that are shown when nothing was started: the question before a start, and the refusals.
import type { Language } from '../../languages/language.ts';
import { renderRefusalIn } from '../../languages/reasons.ts';
import type { Refusal } from '../../reasons/refusal.ts';
import { capitalize, renderButton, renderNote, renderPhonePage, type Shown } from './phone-page.ts';

/** A question, and the address that its answer is posted to. */
interface Question {
  /** The owner's wording; undefined for the default one. */
  readonly question: string | undefined;
  readonly action: string;
  /** Whether an earlier answer came too late. */
  readonly isAgain: boolean;
  /** Links in the head that let browsers put the page on a home screen. */
  readonly homeLinks?: string | undefined;
}

/** The page that asks before anything is started: one button, which no script presses. It posts to `action`. */
export function renderQuestionPage(
  shown: Shown,
  { question, action, isAgain, homeLinks }: Question,
  language: Language,
): string {
  return renderPhonePage({
    language,
    shown,
    standing: 'asked',
    state: question ?? language.question,
    homeLinks,
    rest: `${isAgain ? renderNote(language.nothingStarted.askedAgain) : ''}${renderButton(action, language.buttons.start)}`,
  });
}

/** The page for a call that was understood but refused; the caller may try again after some seconds. */
export function renderRefusalPage(shown: Shown, refusal: Refusal, language: Language): string {
  return renderPhonePage({
    language,
    shown,
    standing: 'refused',
    state: capitalize(language.states.refused),
    rest: renderNote(renderRefusalIn(language, refusal)),
  });
}
