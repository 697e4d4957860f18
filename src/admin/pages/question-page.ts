// The second tap: the question before a task with `confirm` is started.
import type { Task } from '../../tasks.ts';
import { html, renderName } from './html.ts';
import { renderToken, type AdminPage, type Reader } from './page.ts';
import { toTaskPath } from './task-parts.ts';

/** The field of the form by which the reader has answered the question. */
export const answerField = 'sure';

export function toQuestionPage({ id, name, question }: Task, reader: Reader): AdminPage {
  const { buttons, question: usual, admin } = reader.language;
  const address = `${reader.root}${toTaskPath(id)}`;
  return {
    title: name,
    section: '/',
    main: html`<h1>${renderName(name)}</h1>
      <div class="card">
        <p class="question">${renderName(question ?? usual)}</p>
        <div class="acts">
          <form method="post" action="${address}/run">
            ${renderToken(reader)}<input type="hidden" name="${answerField}" value="1" /><button>
              ${buttons.start}
            </button>
          </form>
          <a class="button quiet" href="${address}">${admin.task.goBack}</a>
        </div>
      </div>`,
  };
}
