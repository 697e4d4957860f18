// The names of the texts of the admin pages, by the page that they belong to.

/** Why a visitor is not signed in. */
export type SignInProblem =
  | 'session-over'
  | 'not-in-dsm'
  | 'account-missing'
  | 'password-missing'
  | 'digits-needed'
  | 'wrong-credentials'
  | 'wrong-password'
  | 'not-administrator'
  | 'not-proven'
  | 'disabled'
  | 'not-allowed'
  | 'locked'
  | 'blocked'
  | 'password-expired'
  | 'second-factor-needed'
  | 'code-needed'
  | 'code-wrong'
  | 'silent'
  | 'too-many-at-once'
  | 'too-many';

/** Of the page with all tasks. */
export type TasksWord =
  | 'empty'
  | 'live'
  | 'all'
  | 'none'
  | 'off'
  | 'run'
  | 'runAgain'
  | 'stop'
  | 'more'
  | 'search'
  | 'order'
  | 'find'
  | 'noMatch'
  | 'showAll';

/** Of a task's page. */
export type TaskWord =
  | 'runBy'
  | 'id'
  | 'usually'
  | 'runs'
  | 'notEnabled'
  | 'asksFirst'
  | 'allow'
  | 'hours'
  | 'maxPerDay'
  | 'timeout'
  | 'whenBusy'
  | 'output'
  | 'address'
  | 'lastRuns'
  | 'neverStarted'
  | 'allRuns'
  | 'keysHidden'
  | 'addressIsKey'
  | 'showAddress'
  | 'qrCode'
  | 'forScript'
  | 'startAddress'
  | 'homeAddress'
  | 'qrHome'
  | 'addressFor'
  | 'command'
  | 'folder'
  | 'user'
  | 'daemonUser'
  | 'variables'
  | 'base'
  | 'showWithBase'
  | 'gone'
  | 'configUnreadable'
  | 'asksHere'
  | 'goBack';

/** Of a run's page. */
export type RunWord =
  | 'took'
  | 'elapsed'
  | 'accepted'
  | 'waited'
  | 'label'
  | 'noLabel'
  | 'from'
  | 'run'
  | 'reason'
  | 'task'
  | 'outputHidden'
  | 'outputEmpty';

/** Of the history. */
export type HistoryWord =
  | 'what'
  | 'runs'
  | 'attempts'
  | 'nothing'
  | 'nothingYet'
  | 'newest'
  | 'older'
  | 'outcome'
  | 'result'
  | 'task'
  | 'network'
  | 'label'
  | 'text'
  | 'all'
  | 'filter'
  | 'aRun'
  | 'noNetwork'
  | 'noResult'
  | 'from'
  | 'to'
  | 'noDay'
  | 'exportAll';

/** Of the system page. */
export type SystemWord =
  | 'well'
  | 'config'
  | 'file'
  | 'takenAt'
  | 'since'
  | 'lastGood'
  | 'dsmUnused'
  | 'ok'
  | 'unused'
  | 'failing'
  | 'notices'
  | 'noReceivers'
  | 'nothingSent'
  | 'arrived'
  | 'answered'
  | 'sendTest'
  | 'certificates'
  | 'noCertificates'
  | 'adminPage'
  | 'expired'
  | 'versions'
  | 'system'
  | 'up';

/** Of guest links. */
export type LinksWord =
  | 'title'
  | 'about'
  | 'make'
  | 'label'
  | 'time'
  | 'uses'
  | 'used'
  | 'open'
  | 'spent'
  | 'ended'
  | 'end'
  | 'shownOnce'
  | 'label-taken'
  | 'full'
  | 'unwritten'
  | 'badForm';

/** Of keys. */
export type KeysWord =
  | 'title'
  | 'magicTitle'
  | 'noLabel'
  | 'noEnd'
  | 'early'
  | 'expired'
  | 'block'
  | 'unblock'
  | 'blocked'
  | 'unwritten'
  | 'asksFirst'
  | 'lastUse'
  | 'unused';

/** Of the page with the last lines of the log. */
export type LogWord = 'title' | 'open' | 'show' | 'lines' | 'usual' | 'warnings' | 'all' | 'button' | 'empty';
