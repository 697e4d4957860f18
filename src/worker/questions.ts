// What a server may ask its worker, and the answers. The worker takes programs, addresses and accounts from its own config.
import { oneOf, oneOfShapes, shape, type Checked } from './shapes.ts';
import { name, taskList } from './dsm-shapes.ts';

const questions = {
  /** Which tasks a NAS has. */
  tasks: shape({ kind: oneOf('tasks'), nas: name }),
};

const answers = {
  tasks: shape({ kind: oneOf('tasks'), list: taskList }),
};

export const question = oneOfShapes(questions);
export const answer = oneOfShapes(answers);

export type Question = Checked<typeof question>;
export type Answer = Checked<typeof answer>;
/** The answer to a kind of question. */
export type AnswerTo<Kind extends Question['kind']> = Extract<Answer, { readonly kind: Kind }>;
