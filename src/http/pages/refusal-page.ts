// The pages on which nothing was started: the question that comes first, and the refusals.
import type { Language } from '../../languages/language.ts';
import { capitalize, renderButton, renderNote, renderPhonePage, type Shown } from './phone-page.ts';

/** What is asked, and where the answer goes. */
interface Question {
  /** In the owner's words; undefined for ours. */
  readonly question: string | undefined;
  readonly action: string;
  /** Whether an answer came too late. */
  readonly isAgain: boolean;
  /** Links in the head by which the page may be put on a home screen. */
  readonly homeLinks?: string | undefined;
}

/** The page that asks before anything is started: one button, which no script presses. It leads to `action`. */
export function renderQuestionPage(shown: Shown, { question, action, isAgain, homeLinks }: Question, language: Language): string {
  return renderPhonePage({
    language,
    shown,
    standing: 'asked',
    state: question ?? language.question,
    homeLinks,
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
