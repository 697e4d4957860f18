// What a server may ask its worker, and the answers. The worker takes programs, addresses and accounts from its own config.
import { dsmText, name, taskList } from './dsm-shapes.ts';
import { boolean, integer, oneOf, oneOfShapes, shape, text, type Checked } from './shapes.ts';

const opaque = text(256);
const account = text(128);
const password = text(256);

/** A browser, as DSM's programs learn of it. */
const browser = shape({ address: text(100) }, { sessionId: opaque, host: text(255) });

/** Why an answer of DSM's programs is missing. */
const none = shape({ kind: oneOf('none'), reason: dsmText }, { wasAsked: oneOf(false) });

const refused = {
  kind: oneOf('refused'),
  code: integer,
  reason: dsmText,
  isSessionOver: boolean,
  isPassing: boolean,
} as const;
const unanswered = { kind: oneOf('unanswered'), reason: dsmText } as const;

const questions = {
  /** Which tasks a NAS has. */
  tasks: shape({ kind: oneOf('tasks'), nas: name }),
  /** Which user of this NAS a browser is signed in as. */
  user: shape({ kind: oneOf('user'), browser }, { synoToken: opaque }),
  /** The token that DSM gives the browser's own pages. */
  'syno-token': shape({ kind: oneOf('syno-token'), browser }),
  /** Signs a browser in to this NAS. */
  'sign-in-here': shape({ kind: oneOf('sign-in-here'), browser, account, password }),
  /** Whether a user of this NAS is in the group that may enter the admin page. */
  member: shape({ kind: oneOf('member'), user: account }),
  /** Signs in by the Web API of the NAS whose accounts may enter; the worker keeps the session. */
  'sign-in': shape({ kind: oneOf('sign-in'), account, password }, { code: text(20) }),
  /** Whether the account of such a session is an administrator's. */
  proof: shape({ kind: oneOf('proof'), session: integer }),
  'sign-out': shape({ kind: oneOf('sign-out'), session: integer }),
};

const answers = {
  tasks: shape({ kind: oneOf('tasks'), list: taskList }),
  user: shape({
    kind: oneOf('user'),
    found: oneOfShapes({ answered: shape({ kind: oneOf('answered') }, { value: dsmText }), none }),
  }),
  'syno-token': shape({ kind: oneOf('syno-token') }, { synoToken: opaque }),
  'sign-in-here': shape({
    kind: oneOf('sign-in-here'),
    found: oneOfShapes({
      answered: shape({
        kind: oneOf('answered'),
        value: shape({ isSignedIn: boolean }, { synoToken: opaque, sessionId: opaque }),
      }),
      none,
    }),
  }),
  member: shape({
    kind: oneOf('member'),
    found: oneOfShapes({ answered: shape({ kind: oneOf('answered'), value: boolean }), none }),
  }),
  'sign-in': shape({
    kind: oneOf('sign-in'),
    result: oneOfShapes({
      'signed-in': shape({ kind: oneOf('signed-in'), session: integer }),
      refused: shape({ ...refused, isAttempt: boolean }),
      unanswered: shape({ ...unanswered, isAttempt: boolean }),
    }),
  }),
  proof: shape({
    kind: oneOf('proof'),
    proof: oneOfShapes({
      administrator: shape({ kind: oneOf('administrator') }),
      ordinary: shape({ kind: oneOf('ordinary'), reason: dsmText }),
      unclear: shape({ kind: oneOf('unclear'), reason: dsmText }),
      refused: shape(refused),
      unanswered: shape(unanswered),
    }),
  }),
  'sign-out': shape({ kind: oneOf('sign-out') }),
};

export const question = oneOfShapes(questions);
export const answer = oneOfShapes(answers);

export type Question = Checked<typeof question>;
export type Answer = Checked<typeof answer>;
/** The answer to a kind of question. */
export type AnswerTo<Kind extends Question['kind']> = Extract<Answer, { readonly kind: Kind }>;
