// German.
import { renderDuration } from '../../duration.ts';
import type { Language } from './language.ts';

const duration = (ms: number): string => renderDuration(ms).replace('.', ',');

export const de: Language = {
  tag: 'de',
  duration,
  time: (at) => at.toLocaleString('de', { dateStyle: 'medium', timeStyle: 'short' }),
  states: {
    asked: 'jetzt starten?',
    refused: 'nicht gestartet',
    queued: 'wartet',
    running: 'läuft',
    succeeded: 'erledigt',
    failed: 'fehlgeschlagen',
    'timed-out': 'abgebrochen',
    stopped: 'gestoppt',
    lost: 'aus den Augen verloren',
    unconfirmed: 'unbestätigt',
  },
  running: (ms) => (ms === 0 ? 'Gerade gestartet' : `Läuft seit ${duration(ms)}`),
  reached: (state, ms) => `${state} nach ${duration(ms)}`,
  facts: { started: 'Gestartet', accepted: 'Angenommen', usually: 'Dauert meist', exitStatus: 'Exit-Status', signal: 'Beendet durch' },
  about: (duration) => `etwa ${duration}`,
  explanations: {
    queued: 'Es beginnt, sobald ein früherer Lauf zu Ende ist.',
    'timed-out': 'Es hat länger gedauert als erlaubt und wurde deshalb abgebrochen.',
    stopped: 'Jemand hat es gestoppt.',
    lost: 'Das NAS oder dieser Dienst wurde währenddessen unterbrochen. Niemand weiß, wie es ausging.',
    unconfirmed: 'Es wurde in DSM gestartet; das Ende wird nicht gemeldet.',
  },
  reasons: {
    'A mistake in remotetask: how this run ended is not known. The log says more.':
      'Ein Fehler in remotetask: Wie dieser Lauf ausging, ist nicht bekannt. Mehr steht im Log.',
    'DSM did not answer in time.': 'DSM hat nicht rechtzeitig geantwortet.',
    'DSM did not answer: whether the task was started is not known.':
      'DSM hat nicht geantwortet: Ob die Aufgabe gestartet wurde, ist nicht bekannt.',
    'DSM does not let the account run this task.': 'DSM lässt das Konto diese Aufgabe nicht ausführen.',
    'DSM has no such scheduled task.': 'Diese geplante Aufgabe gibt es in DSM nicht.',
    'DSM no longer shows a history.': 'DSM zeigt keinen Verlauf mehr.',
    'DSM ran the task more than once at the same moment, with different ends, and does not tell which run is this one.':
      'DSM hat die Aufgabe im selben Augenblick mehrmals ausgeführt, mit verschiedenem Ausgang, und sagt nicht, welcher Lauf dieser ist.',
    'DSM says that a signal ended it.': 'DSM meldet, dass ein Signal es beendet hat.',
    'DSM says that it ended, but not how.': 'DSM meldet, dass es zu Ende ist, aber nicht, wie es ausging.',
    'DSM started the task and did not report its end in time.': 'DSM hat die Aufgabe gestartet und ihr Ende nicht rechtzeitig gemeldet.',
    'DSM started the task and has not reported its end for a day.': 'DSM hat die Aufgabe gestartet und seit einem Tag kein Ende gemeldet.',
    'DSM started the task, and can no longer be asked how it ended.':
      'DSM hat die Aufgabe gestartet und kann nicht mehr gefragt werden, wie sie ausging.',
    'DSM started the task, but does not report how it ended.': 'DSM hat die Aufgabe gestartet, meldet aber nicht, wie sie ausging.',
    'DSM started the task, but its history no longer shows that run.':
      'DSM hat die Aufgabe gestartet, zeigt diesen Lauf aber nicht mehr im Verlauf.',
    'DSM took the start, but does not report how the task ended.':
      'DSM hat den Start angenommen, meldet aber nicht, wie die Aufgabe ausging.',
    'DSM took the start, but its history shows no run of the task in time.':
      'DSM hat den Start angenommen, zeigt im Verlauf aber nicht rechtzeitig einen Lauf.',
    'DSM took the start, but this version of DSM does not report how the task ended.':
      'DSM hat den Start angenommen, aber diese Version von DSM meldet nicht, wie die Aufgabe ausging.',
    "DSM's synoschedtask answered in a form that is not understood.": 'Das Programm synoschedtask von DSM hat unverständlich geantwortet.',
    "DSM's synoschedtask did not answer in time: whether the task was started is not known.":
      'Das Programm synoschedtask von DSM hat nicht rechtzeitig geantwortet: Ob die Aufgabe gestartet wurde, ist nicht bekannt.',
    "DSM's synoschedtask reported an error and did not start the task.":
      'Das Programm synoschedtask von DSM meldete einen Fehler und hat die Aufgabe nicht gestartet.',
    'It could not be written down, and was not started.': 'Es konnte nicht aufgeschrieben werden und wurde nicht gestartet.',
    'It could not be written down when it was its turn, and was not started.':
      'Es konnte nicht aufgeschrieben werden, als es an der Reihe war, und wurde nicht gestartet.',
    'It ended without an exit status.': 'Es endete ohne Exit-Status.',
    'It may still be running: DSM offers no way to stop it.': 'Vielleicht läuft sie noch: DSM bietet keinen Weg, sie zu stoppen.',
    'It waited too long behind an earlier run, and was not started.':
      'Es wartete zu lange auf einen früheren Lauf und wurde nicht gestartet.',
    'It was ended before DSM was asked to start it.': 'Es wurde beendet, bevor DSM um den Start gebeten wurde.',
    'It went on while the daemon was started again, and its exit status went to nobody.':
      'Es lief weiter, während dieser Dienst neu gestartet wurde; seinen Exit-Status hat niemand erfahren.',
    'Its hours were over before it was its turn; it was not started.':
      'Die erlaubten Stunden waren vorbei, bevor es an der Reihe war; es wurde nicht gestartet.',
    'The daemon was cut off before it was its turn; it was not started.':
      'Dieser Dienst wurde unterbrochen, bevor es an der Reihe war; es wurde nicht gestartet.',
    'The daemon was cut off while it asked DSM to start the task: whether it was started is not known.':
      'Dieser Dienst wurde unterbrochen, während er DSM um den Start bat: Ob die Aufgabe gestartet wurde, ist nicht bekannt.',
    'The daemon was started again, and the config no longer has this task: how it ended is not known.':
      'Dieser Dienst wurde neu gestartet und kennt die Aufgabe nicht mehr: Wie sie ausging, ist nicht bekannt.',
    'The daemon was stopped before it was its turn; it was not started.':
      'Dieser Dienst wurde beendet, bevor es an der Reihe war; es wurde nicht gestartet.',
    'The folder that it should run in does not exist.': 'Der Ordner, in dem es laufen soll, existiert nicht.',
    'The folder that it should run in is not a folder.': 'Der Ordner, in dem es laufen soll, ist keiner.',
    'The folder that it should run in may not be entered.': 'Der Ordner, in dem es laufen soll, darf nicht betreten werden.',
    'The program does not exist.': 'Das Programm existiert nicht.',
    'To learn it, switch on "Save output results" in DSM: Control Panel > Task Scheduler > Settings.':
      'Wer es wissen will, schaltet in DSM „Save output results“ ein: Control Panel > Task Scheduler > Settings.',
    'The program is a folder.': 'Das Programm ist ein Ordner.',
    'The program is not executable (chmod +x), or may not be read.':
      'Das Programm ist nicht ausführbar (chmod +x) oder darf nicht gelesen werden.',
  },
  nothingStarted: {
    joined: 'Es war schon gestartet; ein zweites Mal wurde nichts gestartet.',
    askedAgain: 'Diesmal wurde nichts gestartet: Der Knopf war zu alt.',
    spent: 'Diesmal wurde nichts gestartet: Der Knopf war zu alt. Zum Starten bitte das Lesezeichen öffnen.',
  },
  question: 'Jetzt starten?',
  refusals: {
    busy: 'Es läuft schon und wurde nicht noch einmal gestartet.',
    full: 'Davon warten schon zu viele.',
    hours: 'Um diese Zeit darf es nicht gestartet werden.',
    maxPerDay: 'Es wurde in 24 Stunden so oft gestartet, wie es erlaubt ist.',
    limited: 'Es wurde zu oft aufgerufen.',
    unwritable: 'Das NAS kann nicht aufschreiben, was es startet (ist die Platte voll?), und startet deshalb nichts.',
    closing: 'Der Dienst wird gerade beendet.',
  },
  comeBack: (duration) => `Wieder möglich in ${duration}.`,
  buttons: { start: 'Starten', stop: 'Stoppen', again: 'Noch einmal versuchen' },
  home: {
    title: 'Auf den Home-Bildschirm',
    starts: 'Ein Tipp auf das Symbol startet es dann.',
    asks: 'Ein Tipp auf das Symbol fragt dann, ob es starten soll.',
    ways: [
      ['iPhone, iPad', 'Auf „Teilen“ und „Zum Home-Bildschirm“ tippen und „Als Web-App öffnen“ ausschalten.'],
      ['Android', 'Im Menü des Browsers auf „Zum Startbildschirm hinzufügen“ tippen; wo gefragt wird, „Verknüpfung erstellen“.'],
    ],
  },
  overview: { title: 'Aufgaben', never: 'Noch nicht gestartet', none: 'Von hier aus darf keine Aufgabe gestartet werden.' },
  output: 'Ausgabe',
  updates: { hold: 'Diese Seite anhalten', resume: 'Diese Seite selbst aktualisieren lassen' },
};
