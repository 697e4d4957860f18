// The pages for who is not signed in.
import type { SignInField } from './gate.ts';
import { html, type Html } from './html.ts';
import { renderCardPage } from './page.ts';

const inputs: Readonly<Record<SignInField, { readonly words: string; readonly attributes: Html }>> = {
  account: { words: 'Account of DSM', attributes: html`autocomplete="username" autocapitalize="none" spellcheck="false" required` },
  password: { words: 'Password', attributes: html`type="password" autocomplete="current-password" required` },
  code: { words: 'One-time code, if DSM asks for one', attributes: html`inputmode="numeric" autocomplete="one-time-code"` },
};

export interface SignInPageParts {
  readonly fields: readonly SignInField[];
  /** Where to go afterwards: a path of ours. */
  readonly to: string;
  /** What came of the try before. */
  readonly message?: string | undefined;
  readonly account?: string | undefined;
  /** The field that wants to be filled in next. */
  readonly focus?: SignInField | undefined;
}

/** The sign-in form; where the gate has none, what to do instead. */
export function renderSignInPage({ fields, to, message, account, focus = fields[0] }: SignInPageParts): string {
  const note = message === undefined ? undefined : html`<p class="poor" role="alert">${message}</p>`;
  if (fields.length === 0)
    return renderCardPage(
      'Sign in',
      html`<h1>remotetask</h1>
        ${note}
        <p>Sign in to DSM in this browser as an administrator, under the very host name of this page. Then come back.</p>
        <a class="button" href="${to}">I have signed in</a>`,
    );
  const rows = fields.map((name) => {
    const { words, attributes } = inputs[name];
    const value = name === 'account' && account !== undefined ? html` value="${account}"` : undefined;
    return html`<label>${words}<input name="${name}" ${attributes}${value}${name === focus ? html` autofocus` : undefined} /></label>`;
  });
  return renderCardPage(
    'Sign in',
    html`<h1>remotetask</h1>
      ${note ?? html`<p>Sign in to see your tasks.</p>`}
      <form method="post" action="/sign-in"><input type="hidden" name="to" value="${to}" />${rows}<button>Sign in</button></form>`,
  );
}

/** A page that only says something. */
export function renderMessagePage(title: string, message: string): string {
  return renderCardPage(
    title,
    html`<h1>${title}</h1>
      <p>${message}</p>
      <a class="button" href="/">To the tasks</a>`,
  );
}
