// French.
import {
  toPlace,
  type AnswerCause,
  type ConnectionCause,
  type Place,
  type RefusalCause,
} from '../reasons/dsm-causes.ts';
import type { Exposed, Reasons, Trouble, Troubles } from '../reasons/reason.ts';
import { renderCoded, type Texts } from '../reasons/texts.ts';
import { renderDuration } from '../values/duration.ts';
import { renderHours } from '../values/hours.ts';
import type { Language } from './language.ts';

const duration = (ms: number): string => renderDuration(ms).replace('.', ',');

type At = (place: Place) => string;

const adaptive =
  'Si le compte n’en a pas, Adaptive MFA demande peut-être une seconde étape, comme pour des administrateurs qui se connectent de lieux inconnus : la désactiver pour le compte (Panneau de configuration > Sécurité > Compte), ou configurer l’authentification à deux facteurs pour lui';
const otherVersions: At = ({ webapi, isTool }) =>
  isTool
    ? 'essayer ce DSM par son API Web ("via": "webapi")'
    : `ce DSM a peut-être besoin d’autres versions (${webapi}.versions)`;
const trust: At = ({ webapi }) =>
  `indiquer son empreinte dans ${webapi}.fingerprint, ou son autorité dans ${webapi}.ca`;

const dsmRefusals: Readonly<Record<RefusalCause, At>> = {
  'no-reason': () => 'sans raison donnée ; réessayer plus tard',
  'call-incomplete': (at) => `il manque quelque chose à l’appel ; ${otherVersions(at)}`,
  'unknown-api': ({ webapi, isTool }) =>
    isTool
      ? 'cette API est inconnue ; cette version de DSM n’a peut-être pas de telles tâches'
      : `cette API est inconnue ; est-ce DSM, et ${webapi}.url y mène-t-il ?`,
  'unknown-method': (at) => `cette méthode est inconnue ; ${otherVersions(at)}`,
  'unknown-version': (at) =>
    `cette version est inconnue ; ${at.isTool ? otherVersions(at) : `en indiquer d’autres dans ${at.webapi}.versions`}`,
  'parameter-missing': (at) => `il manque un paramètre ; ${otherVersions(at)}`,
  'parameter-refused': (at) => `un paramètre n’est pas accepté ; ${otherVersions(at)}`,
  'not-permitted': ({ webapi, isTool }) =>
    isTool
      ? 'ce n’est pas permis ; exécuter remotetask en tant que root'
      : `le compte n’en a pas le droit ; le mettre dans le groupe administrators et laisser ${webapi}.versions.login à sa valeur par défaut ; un DSM virtuel le refuse peut-être à tous les comptes`,
  'session-over': () => 'la session est terminée',
  'session-replaced': () =>
    'une autre connexion du même compte a mis fin à la session ; donner à remotetask un compte à lui',
  'session-unknown': () => 'la session est inconnue',
  'session-elsewhere': ({ webapi }) =>
    `la session appartient à une autre adresse : un nom qui mène tantôt par IPv4, tantôt par IPv6, ou une adresse changeante de cette machine fait que DSM y met fin ; indiquer dans ${webapi}.url une adresse au lieu d’un nom`,
  'session-not-permitted': ({ webapi }) =>
    `la session n’en a pas le droit ; laisser ${webapi}.versions.login à sa valeur par défaut`,
  'upload-failed': () => 'un envoi a échoué',
  'upload-not-allowed': () => 'un envoi n’est pas permis',
  unstable: () => 'son réseau est instable ou il est surchargé ; réessayer plus tard',
  busy: () => 'il est surchargé ou a une erreur interne ; réessayer plus tard',
  demonstration: () => 'c’est un site de démonstration, où ce n’est pas permis',
  'no-privilege': () =>
    'le compte n’a pas le privilège pour cette application ; l’accorder dans Panneau de configuration > Utilisateur > Applications',
  scheduler: () =>
    'ce n’est pas possible avec cette tâche ; peut-on l’exécuter dans Panneau de configuration > Planificateur de tâches ?',
  'wrong-credentials': ({ webapi }) =>
    `le compte ou le mot de passe est incorrect ; corriger ${webapi}.account ou ${webapi}.password. DSM le dit peut-être aussi d’une adresse bloquée (Panneau de configuration > Sécurité > Protection), ou d’un compte qui ne peut pas se connecter d’ici`,
  'account-disabled': () => 'le compte est désactivé ; l’activer dans Panneau de configuration > Utilisateur',
  'sign-in-not-permitted': ({ webapi }) =>
    `le compte ne peut pas se connecter ainsi ; en faire un administrateur, ou changer ${webapi}.session`,
  'code-wrong': () => 'le code à usage unique est incorrect ; en utiliser un nouveau',
  portal: () =>
    'le portail d’applications ne le permet pas ; le corriger dans Panneau de configuration > Portail de connexion',
  'second-factor-missing': () =>
    'l’authentification à deux facteurs est imposée et n’est pas configurée pour le compte ; se connecter une fois à DSM avec lui',
  'address-blocked': () =>
    'cette adresse est bloquée après des échecs ; la retirer dans Panneau de configuration > Sécurité > Protection',
  'password-expired-fixed': () =>
    'le mot de passe a expiré et ne peut pas être changé ; en définir un autre dans Panneau de configuration > Utilisateur',
  'password-expired': () =>
    'le mot de passe a expiré ; en définir un autre dans Panneau de configuration > Utilisateur',
  'password-to-change': () => 'le mot de passe doit être changé ; se connecter une fois à DSM avec le compte',
  'account-locked': () =>
    'le compte est verrouillé ; le déverrouiller dans Panneau de configuration > Sécurité',
  'code-not-taken': () => `un code à usage unique n’est pas accepté comme seconde étape. ${adaptive}`,
  'device-token-not-taken': ({ webapi, deviceToken }) =>
    `le jeton d’appareil n’est plus accepté ; en créer un nouveau avec ${deviceToken}, et définir ${webapi}.deviceToken et le même ${webapi}.deviceName. ${adaptive}`,
  'code-wanted': ({ webapi, deviceToken }) =>
    `le compte a l’authentification à deux facteurs ; exécuter ${deviceToken}, et définir ${webapi}.deviceToken. ${adaptive}`,
  'other-step-wanted': ({ deviceToken }) =>
    `une seconde étape est demandée qui n’est pas un code à usage unique ; configurer de tels codes pour le compte, puis exécuter ${deviceToken}. ${adaptive}`,
};

const dsmConnections: Readonly<Record<ConnectionCause, At>> = {
  'takes-no-connections': ({ webapi }) =>
    `il n’accepte pas de connexions ; est-il en train de démarrer, et le port de ${webapi}.url est-il juste ?`,
  'broken-off': () => 'il a interrompu la connexion',
  'no-way': () => 'aucun chemin n’y mène ; est-il allumé ?',
  'no-network': () => 'aucun chemin n’y mène ; le réseau est-il là ?',
  silent: () => 'il ne répond pas ; est-il allumé ?',
  'unknown-name': ({ webapi }) => `son nom est inconnu ; corriger ${webapi}.url`,
  'name-not-looked-up': () => 'son nom ne peut pas être résolu en ce moment',
  'no-https': ({ webapi }) => `il n’y a pas de HTTPS à cet endroit ; corriger le port dans ${webapi}.url`,
  'untrusted-certificate': (at) => `aucune autorité de confiance n’a signé son certificat ; ${trust(at)}`,
  'expired-certificate': () =>
    'son certificat a expiré ; le renouveler dans Panneau de configuration > Sécurité > Certificat',
  'early-certificate': () => 'son certificat n’est pas encore valable ; les horloges sont-elles justes ?',
  'certificate-of-other-name': (at) =>
    `son certificat est pour un autre nom ; utiliser ce nom dans ${at.webapi}.url, ou ${trust(at)}`,
  'other-certificate': ({ webapi }) =>
    `il a montré un autre certificat que celui de ${webapi}.fingerprint ; s’il a été renouvelé, indiquer la nouvelle empreinte`,
  'ended-before': () => 'l’appel a été terminé avant la réponse',
  'too-slow': () => 'la réponse a pris trop de temps',
  'too-large': () => 'la réponse était trop grande',
};

const dsmAnswers: Readonly<Record<AnswerCause, (status: number, place: Place) => string>> = {
  redirect: (status, { webapi }) =>
    `DSM a envoyé l’appel ailleurs (HTTP ${status}) : indiquer ${webapi}.url tel qu’il est après la redirection.`,
  'not-ready': (status) => `DSM n’est pas prêt (HTTP ${status}) : il démarre peut-être.`,
  forbidden: (status, { webapi }) =>
    `Ce qui a répondu n’est pas l’API Web de DSM (HTTP ${status}) : corriger ${webapi}.url, ou laisser entrer l’adresse de cette machine si un profil d’accès du portail de connexion ou d’un proxy inverse la refuse.`,
  'not-dsm': (status, { webapi }) =>
    `Ce qui a répondu n’est pas l’API Web de DSM (HTTP ${status}) : corriger ${webapi}.url.`,
};

const entries = { file: 'le fichier', folder: 'son dossier', link: 'un lien vers lui' } as const;
const renderExposed = ({ of, kind, entry, error }: Exposed): string => {
  const what = of === 'program' ? 'le programme' : 'l’interpréteur du programme';
  if (kind === 'unknown')
    return `On ne peut pas voir qui pourrait modifier ${what} (${entries[entry]} n’est pas lisible, ${error}).`;
  const how =
    kind === 'foreign' ? 'appartient à quelqu’un d’autre' : 'est modifiable par le groupe ou d’autres';
  return `D’autres que root peuvent modifier ${what} (${entries[entry]} ${how}).`;
};
const tool = (name: string): string => `Le programme ${name} de DSM`;
const needsRoot = (isNeeded: boolean): string => (isNeeded ? ' Il doit être exécuté en tant que root.' : '');
const exit = (status: string | number): string =>
  typeof status === 'number' ? `code de sortie ${status}` : status;

const troubles: Texts<Troubles> = {
  'dsm-refused': ({ what, by, number, cause, nas }) =>
    `DSM a refusé ${what === 'call' ? 'l’appel' : 'la connexion'} : ${cause === undefined ? 'le numéro est inconnu' : dsmRefusals[cause](toPlace(nas, by === 'synowebapi'))} (erreur ${number}).`,
  'dsm-unreachable': ({ error, cause, nas }) =>
    `DSM est injoignable : ${cause === undefined ? 'la connexion a échoué' : dsmConnections[cause](toPlace(nas))} (${error}).`,
  'dsm-odd-answer': ({ status, cause, nas }) => dsmAnswers[cause](status, toPlace(nas)),
  'dsm-unclear': ({ what }) => `DSM a répondu d’une façon incompréhensible (${what}).`,
  'dsm-late': () => 'DSM n’a pas répondu à temps.',
  'dsm-ends-sessions': () => 'DSM met sans cesse fin à la session.',
  'tool-exposed': ({ tool: name, ...exposed }) =>
    `${tool(name)} n’est pas exécuté en tant que root. ${renderExposed(exposed)}`,
  'tool-missing': ({ tool: name }) => `${tool(name)} n’est pas sur cette machine.`,
  'tool-not-started': ({ tool: name, error }) => `${tool(name)} n’a pas pu être lancé (${error}).`,
  'tool-not-waited-for': ({ tool: name }) => `La réponse n’a pas été attendue : ${name}.`,
  'tool-late': ({ tool: name, afterMs }) => `${tool(name)} n’a pas répondu en ${duration(afterMs)}.`,
  'tool-silent': ({ tool: name }) => `${tool(name)} n’a pas répondu.`,
  'tool-wrong-way': ({ tool: name }) =>
    `${tool(name)} n’accepte pas d’appels tels que DSM 6 et 7 les connaissent.`,
  'tool-ended': ({ tool: name, signal }) => `${tool(name)} a été terminé par ${signal} avant de répondre.`,
  'tool-unclear': ({ tool: name }) => `${tool(name)} a répondu d’une façon incompréhensible.`,
  'tool-failed': ({ tool: name, status, needsRoot: isNeeded }) =>
    `${tool(name)} s’est terminé sans réponse (${exit(status)}).${needsRoot(isNeeded)}`,
  'tool-refused': ({ tool: name, status, needsRoot: isNeeded }) =>
    `${tool(name)} a refusé (${exit(status)}).${needsRoot(isNeeded)}`,
  'tool-not-asked': ({ tool: name }) =>
    `${tool(name)} n’a pas été appelé : l’appel a été terminé avant son tour.`,
  'tool-too-much': ({ tool: name }) => `${tool(name)} a écrit plus que ce qui peut être lu.`,
  'no-such-scheduled-task': () => 'Cette tâche planifiée n’existe pas dans DSM.',
  'no-such-scheduled-but-triggered-task': () =>
    'Cette tâche planifiée n’existe pas dans DSM : c’est le numéro d’une tâche déclenchée, qui se lance par son nom.',
  'no-such-triggered-task': () => 'Cette tâche déclenchée n’existe pas dans DSM.',
  'task-not-permitted': () => 'DSM ne permet pas au compte de lancer cette tâche.',
  'no-history-any-more': () => 'DSM ne montre plus d’historique.',
};
const signInAgain = (reason: object): string =>
  'retryInMs' in reason && typeof reason.retryInMs === 'number'
    ? ` La prochaine connexion aura lieu dans ${duration(reason.retryInMs)}.`
    : '';
const renderTrouble = (trouble: Trouble): string => renderCoded(troubles, trouble) + signInAgain(trouble);
const unknownEnd = (isEarlier: boolean): string =>
  isEarlier ? ' On ne sait pas comment l’exécution s’est terminée.' : '';
const saveOutput =
  'Pour le savoir, activer « Save output results » dans DSM : Control Panel > Task Scheduler > Settings.';

const reasons: Texts<Reasons> = {
  ...troubles,
  bug: () =>
    'Une erreur de remotetask : on ne sait pas comment cette exécution s’est terminée. Le journal en dit plus.',
  'no-exit-status': () => 'La tâche s’est terminée sans code de sortie.',
  'left-behind': ({ processes, areMore }) =>
    `Des processus qui se sont détachés continuent : ${processes.join(', ')}${areMore ? ' et d’autres' : ''}.`,
  'ended-unwatched': () =>
    'La tâche a continué pendant le redémarrage du service ; son code de sortie est donc inconnu.',
  'program-exposed': (exposed) =>
    `${renderExposed(exposed)} Le service s’exécute en tant que root et le refuse.`,
  'program-missing': () => 'Le programme n’existe pas.',
  'program-is-folder': () => 'Le programme est un dossier.',
  'program-not-executable': () => 'Le programme n’est pas exécutable (chmod +x), ou n’est pas lisible.',
  'program-not-understood': () =>
    'Le programme n’est ni un binaire pour cette machine ni un script dont la première ligne commence par #!.',
  'interpreter-missing': () =>
    'L’interpréteur nommé dans la première ligne du programme n’existe pas ; le fichier a-t-il des fins de ligne Windows ?',
  'arguments-too-long': () => 'Les arguments et l’environnement sont plus longs que le système ne le permet.',
  'no-process': ({ error }) => `Le système n’a pas pu lancer d’autre processus (${error}).`,
  'folder-missing': () => 'Le dossier où la tâche doit s’exécuter n’existe pas.',
  'folder-not-a-folder': () => 'Le dossier où la tâche doit s’exécuter n’en est pas un.',
  'folder-closed': () => 'Le dossier où la tâche doit s’exécuter n’est pas accessible.',
  'folder-unknown': ({ error }) =>
    `Le dossier où la tâche doit s’exécuter ne peut pas être examiné (${error}).`,
  'could-not-record': () => 'Le lancement n’a pas pu être noté, et la tâche n’a pas été lancée.',
  'could-not-record-in-turn': () =>
    'Le lancement n’a pas pu être noté quand son tour est venu, et la tâche n’a pas été lancée.',
  'waited-too-long': () =>
    'La tâche a attendu trop longtemps une exécution précédente, et n’a pas été lancée.',
  'stopped-before-turn': () => 'Le service a été arrêté avant son tour ; la tâche n’a pas été lancée.',
  'cut-off-before-turn': () => 'Le service a été interrompu avant son tour ; la tâche n’a pas été lancée.',
  'task-removed': () => 'La tâche a été retirée avant son tour ; elle n’a pas été lancée.',
  'task-disabled': () => 'La tâche a été désactivée avant son tour ; elle n’a pas été lancée.',
  'cut-off-before-start': () => 'Le service a été interrompu avant le lancement.',
  'worker-away': () => 'Le worker était absent ; la tâche n’a pas été lancée.',
  'start-expired': () => 'Le lancement est arrivé trop tard au worker ; la tâche n’a pas été lancée.',
  'too-many-runs': () => 'Trop d’exécutions sont en cours ; la tâche n’a pas été lancée.',
  'task-changed': () => 'La tâche a été modifiée avant son tour ; elle n’a pas été lancée.',
  'caller-no-longer-allowed': () =>
    'Quand son tour est venu, l’appelant ne pouvait plus lancer la tâche ; elle n’a pas été lancée.',
  'hours-over': () => 'Les heures permises étaient passées avant son tour ; la tâche n’a pas été lancée.',
  'max-per-day': () =>
    'La tâche avait déjà été lancée aussi souvent que permis en un jour avant son tour ; elle n’a pas été lancée.',
  'task-gone': () =>
    'Le service a été redémarré, et la configuration n’a plus cette tâche : on ne sait pas comment elle s’est terminée.',
  'nas-gone': ({ isEarlier }) =>
    `La configuration ne nomme plus le NAS de cette tâche.${unknownEnd(isEarlier)}`,
  'no-way-into-dsm': ({ nas, isEarlier }) =>
    `Les tâches ${nas === '' ? 'de DSM' : `du NAS ${nas}`} ne peuvent pas être lancées : les programmes de DSM ne sont pas utilisables ici, et la configuration n’a pas de « webapi ». Ajouter « webapi » à « ${nas === '' ? 'dsm' : `dsm.${nas}`} », ou exécuter le service en tant que root sur le NAS.${unknownEnd(isEarlier)}`,
  'triggered-by-synoschedtask': () =>
    'Les tâches déclenchées ne peuvent pas être lancées par synoschedtask, le seul accès à DSM ici ; il leur faut synowebapi, ou l’API Web (dsm.webapi).',
  'not-resumed-by-synoschedtask': () =>
    `Le service a été redémarré, et synoschedtask, maintenant le seul accès à DSM ici, ne montre pas les exécutions passées.${unknownEnd(true)}`,
  'start-refused-by-synoschedtask': () =>
    'Le programme synoschedtask de DSM a signalé une erreur et n’a pas lancé la tâche.',
  'start-unanswered-by-synoschedtask': () =>
    'Le programme synoschedtask de DSM n’a pas répondu à temps : on ne sait pas si la tâche a été lancée.',
  'ended-before-asked': () => 'La tâche a été arrêtée avant que DSM soit prié de la lancer.',
  'dsm-signal': () => 'DSM signale qu’un signal a mis fin à la tâche.',
  'dsm-crash': () => 'DSM signale que la tâche s’est effondrée.',
  'dsm-command-not-found': () =>
    'DSM signale que la tâche a été interrompue : très probablement une commande n’a pas été trouvée (code de sortie 127).',
  'dsm-interrupted': () => 'DSM signale que la tâche a été interrompue.',
  'dsm-end-unclear': () => 'DSM signale que la tâche est terminée, mais pas comment.',
  'dsm-start-unanswered': () => 'DSM n’a pas répondu : on ne sait pas si la tâche a été lancée.',
  'dsm-start-unclear': ({ because }) => `${renderTrouble(because)} On ne sait pas si la tâche a été lancée.`,
  'dsm-start-cut-off': () =>
    'Le service a été interrompu pendant qu’il demandait à DSM de lancer la tâche : on ne sait pas si elle a été lancée.',
  'dsm-without-history': () =>
    'DSM a accepté le lancement, mais cette version de DSM ne signale pas comment la tâche s’est terminée.',
  'dsm-scripts-only': () =>
    'DSM a accepté le lancement. Il ne signale la fin que des scripts définis par l’utilisateur.',
  'dsm-output-not-saved': () =>
    `DSM a accepté le lancement, mais ne signale pas comment la tâche s’est terminée. ${saveOutput}`,
  'dsm-run-unseen': () =>
    'DSM a accepté le lancement, mais son historique n’a pas montré d’exécution à temps.',
  'dsm-end-unseen': () =>
    `DSM a montré que la tâche s’est exécutée et est terminée, mais ne signale pas comment. ${saveOutput}`,
  'dsm-end-unreported': () =>
    'DSM a accepté le lancement, mais ne signale pas comment la tâche s’est terminée.',
  'dsm-end-unreported-though-started': () =>
    'DSM a lancé la tâche, mais ne signale pas comment elle s’est terminée.',
  'dsm-end-late': () =>
    'DSM a lancé la tâche et n’a pas signalé sa fin à temps. Elle est peut-être encore en cours : DSM n’offre aucun moyen de l’arrêter.',
  'dsm-end-too-late': () => 'DSM a lancé la tâche et n’a pas signalé de fin depuis un jour.',
  'dsm-run-vanished': () => 'DSM a lancé la tâche, mais son historique ne montre plus cette exécution.',
  'dsm-runs-mixed-up': () =>
    'DSM a exécuté la tâche plusieurs fois au même moment, avec des fins différentes, et ne dit pas quelle exécution est celle-ci.',
  'dsm-not-asked-again': ({ because }) =>
    `DSM a lancé la tâche, et ne peut plus être interrogé sur sa fin. ${renderTrouble(because)}`,
};

export const fr: Language = {
  tag: 'fr',
  duration,
  time: (at) => at.toLocaleString('fr', { dateStyle: 'medium', timeStyle: 'short' }),
  states: {
    asked: 'lancer ?',
    refused: 'pas lancé',
    queued: 'en attente',
    running: 'en cours',
    succeeded: 'réussi',
    failed: 'échoué',
    'timed-out': 'délai dépassé',
    stopped: 'arrêté',
    lost: 'perdu de vue',
    unconfirmed: 'non confirmé',
  },
  running: (ms) => (ms === 0 ? 'Vient de démarrer' : `En cours depuis ${duration(ms)}`),
  reached: (state, ms) => `${state} après ${duration(ms)}`,
  facts: {
    started: 'Démarré',
    accepted: 'Accepté',
    waited: 'Attente',
    usually: 'Durée habituelle',
    exitStatus: 'Code de sortie',
    signal: 'Terminé par',
  },
  about: (duration) => `environ ${duration}`,
  explanations: {
    queued: 'La tâche démarre dès qu’une exécution précédente est terminée.',
    'timed-out': 'La tâche a duré plus longtemps que permis et a été arrêtée.',
    stopped: 'Quelqu’un l’a arrêtée.',
    lost: 'Le NAS ou ce service a été interrompu pendant l’exécution. On ne sait pas comment elle s’est terminée.',
    unconfirmed: 'La tâche a été lancée dans DSM ; sa fin n’est pas signalée.',
  },
  reason: (reason) => renderCoded(reasons, reason) + signInAgain(reason),
  nothingStarted: {
    joined: 'La tâche était déjà lancée ; rien n’a été lancé une seconde fois.',
    askedAgain: 'Rien n’a été lancé cette fois : le bouton était trop ancien.',
    spent:
      'Rien n’a été lancé cette fois : le bouton était trop ancien. Pour lancer la tâche, ouvrir son signet.',
  },
  question: 'Lancer maintenant ?',
  refusals: {
    busy: () => 'La tâche est déjà en cours et n’a pas été relancée.',
    'queue-full': () => 'Trop d’exécutions sont déjà en attente.',
    hours: ({ hours }) => `La tâche ne peut pas être lancée à cette heure, seulement ${renderHours(hours)}.`,
    'max-per-day': () => 'La tâche a été lancée aussi souvent que permis en 24 heures.',
    'rate-limit': () => 'La tâche a été appelée trop souvent.',
    confirm: () =>
      'La tâche demande d’abord : ouvrir son adresse dans un navigateur et y appuyer sur le bouton.',
    'could-not-record': () =>
      'Le NAS ne peut pas noter ce qu’il lance (le disque est-il plein ?) et ne lance donc rien.',
    closing: () => 'Le service est en cours d’arrêt.',
    'worker-away': () => 'La partie du service qui exécute les tâches est absente ; rien n’est lancé.',
    'not-stoppable': () =>
      'La tâche ne peut pas être arrêtée : elle est terminée, ou elle n’est pas `stoppable`.',
    'old-nonce': () => 'Le bouton était trop ancien. Pour lancer la tâche, ouvrir son signet.',
    'unknown-parameter': ({ name, known }) =>
      `L’adresse contient, après le point d’interrogation, un nom qui ne signifie rien ici : « ${name} ».${known.length === 0 ? '' : ` Noms connus : ${known.join(', ')}.`}`,
    'nothing-follows': () => 'Rien ne suit (plus) cette exécution, ou cela ne peut pas être noté.',
    'bad-parameter': (why) => {
      if (why.name === 'after')
        return `La valeur de « after » doit être une durée entre ${duration(why.leastMs)} et ${duration(why.mostMs)}, par exemple 45m.`;
      return why.name === 'wait'
        ? 'La valeur de « wait » n’est pas comprise : écrire des secondes, ou une durée comme 90s, 1m ou 1500ms.'
        : 'La valeur de « follow » n’est pas comprise : il n’en faut aucune.';
    },
    'repeated-parameter': ({ name }) => `L’adresse contient « ${name} » plus d’une fois.`,
    contradiction: ({ between }) =>
      between === 'follow-and-json'
        ? 'Le texte de « follow » et le JSON s’excluent : enlever « follow », ou accepter text/plain ou text/event-stream.'
        : 'Attendre la fin et suivre un flux s’excluent : enlever l’un des deux.',
  },
  comeBack: (duration) => `Possible à nouveau dans ${duration}.`,
  clock: (at) => at.toLocaleTimeString('fr', { timeStyle: 'short' }),
  then: {
    again: (name, at) => `${name} de nouveau : ${at}`,
    now: 'Maintenant',
    leave: 'Laisser ainsi',
    after: (wait) => `Dans ${wait}`,
  },
  buttons: { start: 'Lancer', stop: 'Arrêter', again: 'Réessayer' },
  home: {
    title: 'Sur l’écran d’accueil',
    starts: 'Toucher l’icône lance alors la tâche.',
    asks: 'Toucher l’icône demande alors s’il faut lancer la tâche.',
    ways: [
      [
        'iPhone, iPad',
        'Toucher « Partager », puis « Sur l’écran d’accueil », et désactiver « Ouvrir comme app web ».',
      ],
      [
        'Android',
        'Dans le menu du navigateur, toucher « Ajouter à l’écran d’accueil » ; si le choix est proposé, « Créer un raccourci ».',
      ],
    ],
  },
  overview: { title: 'Tâches', never: 'Pas encore lancée', none: 'Aucune tâche ne peut être lancée d’ici.' },
  aboutRun:
    'Cette page ne concerne qu’une seule exécution et ne lance rien. Pour l’écran d’accueil, ouvrir l’adresse de la tâche elle-même, suivie de /home.',
  output: 'Sortie',
  notShown: {
    before: (bytes) =>
      plural(bytes, 'octet précédent n’est pas affiché.', 'octets précédents ne sont pas affichés.'),
    skipped: (bytes) => plural(bytes, 'octet est omis ici.', 'octets sont omis ici.'),
    all: 'La sortie de cette exécution n’est plus conservée.',
  },
  updates: { hold: 'Figer cette page', resume: 'Laisser cette page s’actualiser' },
  admin: {
    sections: { tasks: 'Tâches', history: 'Historique', strangers: 'Inconnus', system: 'Système' },
    pages: 'Pages',
    signOut: 'Se déconnecter',
    bySignal: (state, signal) => `${state} par ${signal}`,
    withStatus: (state, status) => `${state} avec le code de sortie ${status}`,
    results: {
      started: 'lancée',
      joined: 'déjà en cours',
      queued: 'mise en attente',
      asked: 'a demandé d’abord',
      busy: 'pas lancée : en cours',
      full: 'pas lancée : file pleine',
      'not-now': 'pas lancée : pas maintenant',
      unwritable: 'pas lancée : disque',
      closing: 'pas lancée : arrêt en cours',
      away: 'pas lancée : worker absent',
      'bad-query': 'pas lancée : pas comprise',
      stopped: 'exécution arrêtée',
      'magic-key': 'mauvaise clé magique',
      'task-key': 'mauvaise clé de tâche',
      'both-keys': 'mauvaises clés',
      'early-key': 'clé pas encore valable',
      'expired-key': 'clé expirée',
      'blocked-key': 'clé bloquée',
      'ended-link': 'lien d’invité terminé',
      'disabled-task': 'tâche désactivée',
      address: 'mauvaise adresse',
      run: 'exécution inconnue',
      path: 'chemin inconnu',
      method: 'mauvaise méthode',
      syntax: 'HTTP incorrect',
      limited: 'trop souvent',
      again: 'bouton périmé',
      flood: 'afflux',
    },
    ago: {
      now: 'à l’instant',
      minutes: (count) => `il y a ${count} min`,
      hours: (count) => `il y a ${count} h`,
    },
    counts: {
      calls: (count) => plural(count, 'appel', 'appels'),
      warnings: (count) => plural(count, 'avertissement', 'avertissements'),
      daysLeft: (count) => `encore ${plural(count, 'jour', 'jours')}`,
      moreNetworks: (count) => `et ${plural(count, 'autre réseau', 'autres réseaux')}`,
      failed: (count) => plural(count, 'échec récent', 'échecs récents'),
      runs: (count) => plural(count, 'exécution', 'exécutions'),
    },
    shownOf: (shown, all) => `${shown} sur ${plural(all, 'tâche', 'tâches')}`,
    runningTitle: (title, count) => `… ${title}, ${count} en cours`,
    tasks: {
      empty: 'Il n’y a pas encore de tâche. Les tâches s’ajoutent dans la configuration.',
      live: 'En cours',
      planned: 'Prévu',
      all: 'Toutes les tâches',
      none: 'Aucune exécution conservée',
      off: 'Désactivée',
      run: 'Lancer',
      runAgain: 'Relancer',
      stop: 'Arrêter',
      more: 'Plus',
      search: 'Nom, id ou programme',
      order: 'Ordre',
      find: 'Afficher',
      noMatch: 'Aucune tâche ne correspond.',
      showAll: 'Afficher toutes les tâches',
    },
    orders: {
      failed: 'Les échecs d’abord',
      recent: 'Les plus récentes d’abord',
      name: 'Par nom',
      config: 'Comme dans la configuration',
    },
    usually: (duration) => `D’habitude environ ${duration}`,
    scheduled: (id, nas) => `Tâche ${id} de ${nas}`,
    triggered: (nas) => `Tâche déclenchée de ${nas}`,
    task: {
      runBy: 'Exécutée par',
      id: 'Id',
      usually: 'Durée habituelle',
      runs: 'Exécution',
      notEnabled: 'Jamais : elle est désactivée',
      asksFirst: 'Demande d’abord',
      asksHere: 'Oui, ici aussi',
      goBack: 'Retour',
      allow: 'Permise depuis',
      hours: 'Heures',
      maxPerDay: 'Par jour au plus',
      timeout: 'Délai maximal',
      whenBusy: 'Un appel pendant l’exécution',
      output: 'Sortie',
      address: 'Adresse',
      lastRuns: 'Dernières exécutions',
      neverStarted: 'Aucune exécution n’est conservée.',
      allRuns: 'Toutes ses exécutions',
      addressIsKey: 'Toute personne qui voit l’adresse peut lancer la tâche.',
      showAddress: 'Afficher l’adresse et le code QR',
      keysHidden:
        'La configuration ne contient pas les deux clés en clair ; l’adresse ne peut donc pas être affichée.',
      qrCode: 'Code QR de l’adresse',
      forScript: 'Pour un script :',
      startAddress: 'Cette adresse la lance :',
      homeAddress: 'Celle-ci la met sur un écran d’accueil :',
      qrHome: 'Le code mène à la page qui met la tâche sur un écran d’accueil. Il ne lance rien.',
      addressFor: 'Pour',
      command: 'Commande',
      folder: 'Dossier',
      user: 'Utilisateur',
      daemonUser: 'celui du service',
      variables: 'Variables',
      base: 'Adresse du service vue de l’extérieur',
      showWithBase: 'Afficher avec cette adresse',
      gone: 'Cette tâche n’est plus dans la configuration.',
      configUnreadable:
        'La configuration est incorrecte ; les clés ne peuvent être affichées qu’une fois qu’elle est corrigée.',
    },
    keys: {
      title: 'Clés',
      magicTitle: 'Clés magiques',
      noLabel: 'sans nom',
      noEnd: 'sans fin',
      early: 'pas encore valable',
      expired: 'expirée',
      block: 'Bloquer',
      unblock: 'Débloquer',
      blocked: 'bloquée',
      unwritten: 'Cela n’a pas pu être enregistré : le journal en donne la raison.',
      asksFirst: 'demande d’abord',
      lastUse: 'dernier usage',
      unused: 'aucun usage conservé',
    },
    links: {
      title: 'Liens d’invité',
      about: 'Une adresse pour un invité : elle ne démarre que cette tâche, sans autre clé.',
      make: 'Créer un lien',
      label: 'Pour',
      time: 'Valable',
      uses: 'Démarrages',
      used: 'utilisé',
      open: 'ouvert',
      spent: 'épuisé',
      ended: 'terminé',
      end: 'Terminer',
      shownOnce: 'Cette adresse n’est montrée qu’une fois. Envoyez-la à votre invité.',
      'label-taken': 'Il y a déjà un lien ouvert de ce nom.',
      full: 'Il y a trop de liens.',
      unwritten: 'Le lien n’a pas pu être enregistré et n’ouvre rien : le journal en donne la raison.',
      badForm: 'Donnez un nom, une durée comme 6h et un nombre de démarrages.',
    },
    copy: {
      button: 'Copier',
      done: 'Copié',
    },
    busy: {
      join: 'rejoint cette exécution',
      parallel: 'obtient sa propre exécution',
      queue: 'attend son tour',
      reject: 'est refusé',
    },
    outputs: { none: 'pas affichée', tail: 'les 20 dernières lignes', all: 'les 64 derniers Kio' },
    run: {
      took: 'Durée',
      elapsed: 'En cours depuis',
      accepted: 'Acceptée',
      waited: 'Attente',
      label: 'Pour',
      noLabel: 'des clés sans nom',
      from: 'Depuis',
      run: 'Exécution',
      reason: 'Raison',
      task: 'La tâche',
      outputHidden:
        'La sortie de cette exécution n’est pas affichée : l’option output de la tâche vaut « none », ou l’exécution est trop ancienne.',
      outputEmpty: 'Il n’y a eu aucune sortie.',
    },
    history: {
      what: 'Ce qui est affiché',
      runs: 'Exécutions',
      attempts: 'Appels',
      nothing: 'Aucun résultat.',
      nothingYet: 'Aucun résultat jusqu’ici. Des entrées plus anciennes restent à parcourir.',
      newest: 'Plus récents',
      older: 'Plus anciens',
      outcome: 'Issue',
      result: 'Résultat',
      task: 'Tâche',
      network: 'Adresse ou réseau',
      label: 'Nom de la clé',
      text: 'Texte',
      all: 'Tous',
      filter: 'Filtrer',
      aRun: 'une exécution',
      noNetwork:
        'Indiquer une adresse ou un réseau, par exemple 192.168.1.5 ou 192.168.0.0/16. Ceci n’est ni l’un ni l’autre ; rien n’est donc affiché.',
      noResult: 'Ce résultat n’existe pas. En choisir un dans la liste.',
      exportAll: 'Tous les résultats en fichier :',
      from: 'Du',
      to: 'Au',
      noDay: 'Indiquer un jour, par exemple 2026-11-30. Ce jour n’existe pas ; rien n’est donc affiché.',
    },
    day: (at) =>
      at.toLocaleDateString('fr', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    lastRuns: (count) => `les ${plural(count, 'dernière exécution', 'dernières exécutions')}`,
    lastCalls: (count) => `les ${plural(count, 'dernier appel', 'derniers appels')}`,
    sumOf: (sum, parts) => `${sum} : ${parts}`,
    callsFrom: (calls, network) => `${calls} depuis ${network}`,
    strangers: {
      intro:
        'Appels sans les deux clés, le dernier d’abord : tous depuis le démarrage du service, et ceux d’avant parmi les 10 000 derniers appels conservés. Tous ont reçu « Not found ».',
      empty: 'Il n’y a eu aucun appel de ce genre.',
    },
    system: {
      well: 'En marche et en bon état',
      config: 'Configuration',
      file: 'Fichier',
      takenAt: 'En vigueur depuis',
      since: 'depuis',
      lastGood: 'La dernière bonne configuration est en vigueur.',
      dsmUnused: 'L’API Web de DSM n’est pas utilisée.',
      ok: 'en ordre',
      unused: 'inutilisé',
      failing: 'en panne',
      notices: 'Notifications',
      noReceivers: 'Aucun destinataire : notify est vide dans la configuration.',
      nothingSent: 'rien d’envoyé jusqu’ici',
      arrived: 'arrivée',
      answered: 'a répondu',
      sendTest: 'Envoyer un test',
      certificates: 'Certificats',
      noCertificates:
        'Il n’y en a pas : remotetask parle ici en HTTP simple. Un proxy inverse devant lui peut en avoir un.',
      adminPage: 'Page d’administration',
      expired: 'expiré',
      versions: 'Versions',
      system: 'Système',
      up: 'En marche depuis',
    },
    log: {
      title: 'Journal',
      open: 'Afficher les dernières lignes',
      show: 'Quoi',
      lines: 'Lignes',
      usual: 'Sans les inconnus',
      warnings: 'Avertissements et erreurs',
      all: 'Tout',
      button: 'Afficher',
      empty: 'Il n’y a aucune ligne de ce genre.',
    },
    failedNotices: {
      unreachable: 'injoignable',
      certificate: 'certificat non reconnu',
      'no-answer': 'pas de réponse',
      redirect: 'redirigée ailleurs',
      refused: 'refusée',
      denied: 'refusée malgré un code de succès',
      page: 'une page pour humains a répondu',
      busy: 'n’accepte plus rien pour l’instant',
      faulty: 'réponse défectueuse',
      stopped: 'service arrêté',
    },
    restartFor: (names) => `Redémarrer le service pour appliquer ${names}.`,
    until: (day) => `jusqu’au ${day}`,
    signIn: {
      title: 'Connexion',
      intro: 'Se connecter pour voir les tâches.',
      account: 'Compte DSM',
      password: 'Mot de passe',
      code: 'Code à usage unique, si DSM le demande',
      button: 'Se connecter',
      inDsm:
        'Se connecter à DSM dans ce navigateur comme administrateur, sous le même nom d’hôte que cette page. Revenir ensuite.',
      signedIn: 'C’est fait',
      toTasks: 'Vers les tâches',
    },
    signInProblems: {
      'session-over': 'La session est terminée. Se connecter à nouveau.',
      'not-in-dsm': 'Se connecter à DSM, dans ce navigateur et sous le même nom d’hôte.',
      'account-missing': 'Saisir le compte et le mot de passe.',
      'password-missing': 'Saisir le mot de passe.',
      'digits-needed': 'Saisir les chiffres du code à usage unique.',
      'wrong-credentials': 'Le compte ou le mot de passe est incorrect.',
      'wrong-password': 'Le mot de passe est incorrect.',
      'not-administrator': 'Ce compte n’est pas administrateur de DSM.',
      'not-proven': 'DSM ne dit pas si ce compte est administrateur. Le journal en dit plus.',
      disabled: 'Ce compte est désactivé dans DSM.',
      'not-allowed': 'DSM ne permet pas à ce compte de se connecter ici.',
      locked: 'Ce compte est verrouillé dans DSM.',
      blocked:
        'DSM a bloqué l’adresse de remotetask après des échecs : Panneau de configuration > Sécurité > Protection.',
      'password-expired': 'Le mot de passe doit être changé. Se connecter d’abord à DSM.',
      'second-factor-needed': 'DSM exige un second facteur pour ce compte. Se connecter d’abord à DSM.',
      'code-needed': 'Saisir aussi le code à usage unique.',
      'code-wrong': 'Le code à usage unique est incorrect. En saisir un nouveau.',
      silent: 'DSM ne répond pas comme prévu. Réessayer plus tard ; le journal en dit plus.',
      'too-many-at-once': 'Trop de connexions à la fois. Réessayer dans un instant.',
    },
    tooMany: (wait) => `Trop de connexions ont échoué. Réessayer dans ${wait}.`,
    messages: {
      refused: 'Refusé',
      foreign:
        'D’après le navigateur, ce formulaire ne vient pas d’une page de cette adresse ; rien n’a donc été fait. Un proxy inverse doit transmettre l’en-tête Host.',
      tooOld: 'Cette page était trop ancienne. Revenir en arrière, la recharger et réessayer.',
      notStarted: 'Pas lancée',
      notHere: 'Introuvable',
      noPage: 'Cette page n’existe pas ou n’existe plus.',
      noRun: 'Cette exécution n’existe pas ou n’est plus conservée.',
      notOurForm: 'Ce formulaire ne vient pas de ces pages.',
      sorry: 'Désolé',
      bug: 'Cette page n’a pas pu être créée : c’est une erreur de remotetask. Le journal en dit plus ; merci de la signaler.',
    },
  },
};

/** `1 appel`, `2 appels`. */
function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString('fr')} ${count > 1 ? many : one}`;
}
