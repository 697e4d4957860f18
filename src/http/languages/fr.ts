// French.
import { renderDuration } from '../../duration.ts';
import type { Language } from './language.ts';

const duration = (ms: number): string => renderDuration(ms).replace('.', ',');

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
  facts: { started: 'Démarré', accepted: 'Accepté', usually: 'Durée habituelle', exitStatus: 'Code de sortie', signal: 'Terminé par' },
  about: (duration) => `environ ${duration}`,
  explanations: {
    queued: 'La tâche démarre dès qu’une exécution précédente est terminée.',
    'timed-out': 'La tâche a duré plus longtemps que permis et a été arrêtée.',
    stopped: 'Quelqu’un l’a arrêtée.',
    lost: 'Le NAS ou ce service a été interrompu pendant l’exécution. On ne sait pas comment elle s’est terminée.',
    unconfirmed: 'La tâche a été lancée dans DSM ; sa fin n’est pas signalée.',
  },
  reasons: {},
  nothingStarted: {
    joined: 'La tâche était déjà lancée ; rien n’a été lancé une seconde fois.',
    askedAgain: 'Rien n’a été lancé cette fois : le bouton était trop ancien.',
    spent: 'Rien n’a été lancé cette fois : le bouton était trop ancien. Pour lancer la tâche, ouvrir son signet.',
  },
  question: 'Lancer maintenant ?',
  refusals: {
    busy: 'La tâche est déjà en cours et n’a pas été relancée.',
    full: 'Trop d’exécutions sont déjà en attente.',
    hours: 'La tâche ne peut pas être lancée à cette heure.',
    maxPerDay: 'La tâche a été lancée aussi souvent que permis en 24 heures.',
    limited: 'La tâche a été appelée trop souvent.',
    unwritable: 'Le NAS ne peut pas noter ce qu’il lance (le disque est-il plein ?) et ne lance donc rien.',
    closing: 'Le service est en cours d’arrêt.',
  },
  comeBack: (duration) => `Possible à nouveau dans ${duration}.`,
  buttons: { start: 'Lancer', stop: 'Arrêter', again: 'Réessayer' },
  home: {
    title: 'Sur l’écran d’accueil',
    starts: 'Toucher l’icône lance alors la tâche.',
    asks: 'Toucher l’icône demande alors s’il faut lancer la tâche.',
    ways: [
      ['iPhone, iPad', 'Toucher « Partager », puis « Sur l’écran d’accueil », et désactiver « Ouvrir comme app web ».'],
      ['Android', 'Dans le menu du navigateur, toucher « Ajouter à l’écran d’accueil » ; si le choix est proposé, « Créer un raccourci ».'],
    ],
  },
  overview: { title: 'Tâches', never: 'Pas encore lancée', none: 'Aucune tâche ne peut être lancée d’ici.' },
  output: 'Sortie',
  updates: { hold: 'Figer cette page', resume: 'Laisser cette page s’actualiser' },
};
