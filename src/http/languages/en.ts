// English.
import { renderDuration } from '../../duration.ts';
import type { Language } from './language.ts';

export const en: Language = {
  tag: 'en',
  duration: renderDuration,
  time: (at) => at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' }),
  states: {
    asked: 'start it?',
    refused: 'not started',
    queued: 'waiting',
    running: 'running',
    succeeded: 'succeeded',
    failed: 'failed',
    'timed-out': 'timed out',
    stopped: 'stopped',
    lost: 'lost from sight',
    unconfirmed: 'unconfirmed',
  },
  running: (ms) => (ms === 0 ? 'Just started' : `Running for ${renderDuration(ms)}`),
  reached: (state, ms) => `${state} after ${renderDuration(ms)}`,
  facts: { started: 'Started', accepted: 'Accepted', usually: 'Usually takes', exitStatus: 'Exit status', signal: 'Ended by' },
  about: (duration) => `about ${duration}`,
  explanations: {
    queued: 'It begins when an earlier run has ended.',
    'timed-out': 'It took longer than it may, and was stopped.',
    stopped: 'Somebody stopped it.',
    lost: 'The NAS or this service was cut off while it ran. Nobody knows how it ended.',
    unconfirmed: 'It was started in DSM; its end is not reported.',
  },
  reasons: {},
  nothingStarted: {
    joined: 'It had been started already; nothing was started a second time.',
    askedAgain: 'Nothing was started this time: the button was too old.',
    spent: 'Nothing was started this time: the button was too old. To start it, open its bookmark.',
  },
  question: 'Start it now?',
  refusals: {
    busy: 'It is running already, and was not started again.',
    full: 'Too many runs of it are waiting already.',
    hours: 'It may not be started at this hour.',
    maxPerDay: 'It was started as often as it may be within 24 hours.',
    limited: 'It was called too often.',
    unwritable: 'The NAS cannot write down what it starts (is the disk full?), so it starts nothing.',
    closing: 'The service is being stopped.',
  },
  comeBack: (duration) => `Try again in ${duration}.`,
  buttons: { start: 'Start', stop: 'Stop', again: 'Try again' },
  home: {
    title: 'Put it on the home screen',
    starts: 'A tap on the icon then starts it.',
    asks: 'A tap on the icon then asks whether to start it.',
    ways: [
      ['iPhone, iPad', 'Tap Share, then “Add to Home Screen”, and switch “Open as Web App” off.'],
      ['Android', 'Open the browser’s menu and tap “Add to Home screen”; where there is a choice, “Create shortcut”.'],
    ],
  },
  overview: { title: 'Tasks', never: 'Not started yet', none: 'There is no task that may be started from here.' },
  output: 'Output',
  updates: { hold: 'Hold this page still', resume: 'Let this page update itself' },
};
