// The pages for visitors who are not signed in.
import type { NotSignedIn, SignInField } from '../gate/gate.ts';
import { renderProblem } from '../gate/sign-in-form.ts';
import { html, type Html } from './html.ts';
import { renderCardPage, type Reader } from './page.ts';

const inputs: Readonly<Record<SignInField, Html>> = {
  account: html`autocomplete="username" autocapitalize="none" spellcheck="false" required`,
  password: html`type="password" autocomplete="current-password" required`,
  code: html`inputmode="numeric" autocomplete="one-time-code"`,
};

/** A visitor who may not be signed in. */
export type Visiting = Pick<Reader, 'language' | 'root'>;

export interface SignInPageParts {
  readonly fields: readonly SignInField[];
  /** The path of ours to go to afterwards. */
  readonly to: string;
  /** The result of the previous try. */
  readonly problem?: Pick<NotSignedIn, 'problem' | 'retryAfterSeconds'> | undefined;
  readonly account?: string | undefined;
  /** The field to fill in next. */
  readonly focus?: SignInField | undefined;
}

/** The sign-in form; if the gate has no form, what to do instead. */
export function renderSignInPage(
  { fields, to, problem, account, focus = fields[0] }: SignInPageParts,
  { language, root }: Visiting,
): string {
  const words = language.admin.signIn;
  const note =
    problem === undefined
      ? undefined
      : html`<p class="poor" role="alert">${renderProblem(problem, language)}</p>`;
  if (fields.length === 0)
    return renderCardPage(
      words.title,
      html`<h1>remotetask</h1>
        ${note}
        <p>${words.inDsm}</p>
        <a class="button" href="${root}${to.slice(1)}">${words.signedIn}</a>`,
      language,
    );
  const rows = fields.map((name) => {
    const value = name === 'account' && account !== undefined ? html` value="${account}"` : undefined;
    return html`<label
      >${words[name]}<input
        name="${name}"
        ${inputs[name]}${value}${name === focus ? html` autofocus` : undefined}
    /></label>`;
  });
  return renderCardPage(
    words.title,
    html`<h1>remotetask</h1>
      ${note ?? html`<p>${words.intro}</p>`}
      <form method="post" action="${root}sign-in">
        <input type="hidden" name="to" value="${to}" />${rows}<button>${words.button}</button>
      </form>`,
    language,
  );
}

/** A page with only a message. */
export function renderMessagePage(title: string, message: string, { language, root }: Visiting): string {
  return renderCardPage(
    title,
    html`<h1>${title}</h1>
      <p>${message}</p>
      <a class="button" href="${root}">${language.admin.signIn.toTasks}</a>`,
    language,
  );
}
