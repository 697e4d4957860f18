// German.
import { renderDuration } from '../values/duration.ts';
import { renderHours } from '../values/hours.ts';
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
  facts: {
    started: 'Gestartet',
    accepted: 'Angenommen',
    usually: 'Dauert meist',
    exitStatus: 'Exit-Status',
    signal: 'Beendet durch',
  },
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
    'DSM has no such scheduled task: this is the number of a triggered task, which is started by its name.':
      'Diese geplante Aufgabe gibt es in DSM nicht: Es ist die Nummer einer ausgelösten Aufgabe, die mit ihrem Namen gestartet wird.',
    'DSM has no such triggered task.': 'Diese ausgelöste Aufgabe gibt es in DSM nicht.',
    'DSM says that a signal ended it.': 'DSM meldet, dass ein Signal es beendet hat.',
    'DSM says that it crashed.': 'DSM meldet, dass es abgestürzt ist.',
    'DSM says that it was interrupted.': 'DSM meldet, dass es unterbrochen wurde.',
    'DSM says that it was interrupted: most likely a command was not found (exit status 127).':
      'DSM meldet, dass es unterbrochen wurde: Höchstwahrscheinlich wurde ein Befehl nicht gefunden (Exit-Status 127).',
    'DSM showed that the task ran and has ended, but does not report how.':
      'DSM hat gezeigt, dass die Aufgabe lief und zu Ende ist, meldet aber nicht, wie sie ausging.',
    'DSM says that it ended, but not how.': 'DSM meldet, dass es zu Ende ist, aber nicht, wie es ausging.',
    'DSM started the task and did not report its end in time.':
      'DSM hat die Aufgabe gestartet und ihr Ende nicht rechtzeitig gemeldet.',
    'DSM started the task and has not reported its end for a day.':
      'DSM hat die Aufgabe gestartet und seit einem Tag kein Ende gemeldet.',
    'DSM started the task, and can no longer be asked how it ended.':
      'DSM hat die Aufgabe gestartet und kann nicht mehr gefragt werden, wie sie ausging.',
    'DSM started the task, but does not report how it ended.':
      'DSM hat die Aufgabe gestartet, meldet aber nicht, wie sie ausging.',
    'DSM started the task, but its history no longer shows that run.':
      'DSM hat die Aufgabe gestartet, zeigt diesen Lauf aber nicht mehr im Verlauf.',
    'DSM took the start.': 'DSM hat den Start angenommen.',
    'DSM took the start, but does not report how the task ended.':
      'DSM hat den Start angenommen, meldet aber nicht, wie die Aufgabe ausging.',
    'DSM took the start, but its history shows no run of the task in time.':
      'DSM hat den Start angenommen, zeigt im Verlauf aber nicht rechtzeitig einen Lauf.',
    'DSM took the start, but this version of DSM does not report how the task ended.':
      'DSM hat den Start angenommen, aber diese Version von DSM meldet nicht, wie die Aufgabe ausging.',
    "DSM's synoschedtask answered in a form that is not understood.":
      'Das Programm synoschedtask von DSM hat unverständlich geantwortet.',
    "DSM's synoschedtask did not answer in time: whether the task was started is not known.":
      'Das Programm synoschedtask von DSM hat nicht rechtzeitig geantwortet: Ob die Aufgabe gestartet wurde, ist nicht bekannt.',
    "DSM's synoschedtask reported an error and did not start the task.":
      'Das Programm synoschedtask von DSM meldete einen Fehler und hat die Aufgabe nicht gestartet.',
    'It could not be written down, and was not started.':
      'Es konnte nicht aufgeschrieben werden und wurde nicht gestartet.',
    'It could not be written down when it was its turn, and was not started.':
      'Es konnte nicht aufgeschrieben werden, als es an der Reihe war, und wurde nicht gestartet.',
    'It ended without an exit status.': 'Es endete ohne Exit-Status.',
    'It reports how a task ended of user-defined scripts only.':
      'Wie eine Aufgabe ausging, meldet es nur von benutzerdefinierten Skripten.',
    'It may still be running: DSM offers no way to stop it.':
      'Vielleicht läuft sie noch: DSM bietet keinen Weg, sie zu stoppen.',
    'It waited too long behind an earlier run, and was not started.':
      'Es wartete zu lange auf einen früheren Lauf und wurde nicht gestartet.',
    'It was ended before DSM was asked to start it.':
      'Es wurde beendet, bevor DSM um den Start gebeten wurde.',
    'It went on while the daemon was started again, and its exit status went to nobody.':
      'Es lief weiter, während dieser Dienst neu gestartet wurde; seinen Exit-Status hat niemand erfahren.',
    'Its hours were over before it was its turn; it was not started.':
      'Die erlaubten Stunden waren vorbei, bevor es an der Reihe war; es wurde nicht gestartet.',
    'Its caller could no longer start it when it was its turn; it was not started.':
      'Als es an der Reihe war, durfte der Aufrufer es nicht mehr starten; es wurde nicht gestartet.',
    'Its task had been started as often as it may be within a day before it was its turn; it was not started.':
      'Die Aufgabe war schon so oft gestartet worden, wie sie es an einem Tag darf; es wurde nicht gestartet.',
    'Its task was changed before it was its turn; it was not started.':
      'Die Aufgabe wurde geändert, bevor es an der Reihe war; es wurde nicht gestartet.',
    'Its task was removed before it was its turn; it was not started.':
      'Die Aufgabe wurde entfernt, bevor es an der Reihe war; es wurde nicht gestartet.',
    'Its task was switched off before it was its turn; it was not started.':
      'Die Aufgabe wurde abgeschaltet, bevor es an der Reihe war; es wurde nicht gestartet.',
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
    'The folder that it should run in may not be entered.':
      'Der Ordner, in dem es laufen soll, darf nicht betreten werden.',
    'The program does not exist.': 'Das Programm existiert nicht.',
    'Whether the task was started is not known.': 'Ob die Aufgabe gestartet wurde, ist nicht bekannt.',
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
    busy: () => 'Es läuft schon und wurde nicht noch einmal gestartet.',
    'queue-full': () => 'Davon warten schon zu viele.',
    hours: ({ hours }) => `Um diese Zeit darf es nicht gestartet werden, nur ${renderHours(hours)}.`,
    'max-per-day': () => 'Es wurde in 24 Stunden so oft gestartet, wie es erlaubt ist.',
    'rate-limit': () => 'Es wurde zu oft aufgerufen.',
    confirm: () => 'Es fragt erst: Die Adresse im Browser öffnen und dort auf den Knopf drücken.',
    'could-not-record': () =>
      'Das NAS kann nicht aufschreiben, was es startet (ist die Platte voll?), und startet deshalb nichts.',
    closing: () => 'Der Dienst wird gerade beendet.',
    'not-stoppable': () =>
      'Es kann nicht gestoppt werden: Es ist zu Ende, oder seine Aufgabe ist nicht `stoppable`.',
    'old-nonce': () => 'Der Knopf war zu alt. Zum Starten bitte das Lesezeichen öffnen.',
  },
  comeBack: (duration) => `Wieder möglich in ${duration}.`,
  buttons: { start: 'Starten', stop: 'Stoppen', again: 'Noch einmal versuchen' },
  home: {
    title: 'Auf den Home-Bildschirm',
    starts: 'Ein Tipp auf das Symbol startet es dann.',
    asks: 'Ein Tipp auf das Symbol fragt dann, ob es starten soll.',
    ways: [
      ['iPhone, iPad', 'Auf „Teilen“ und „Zum Home-Bildschirm“ tippen und „Als Web-App öffnen“ ausschalten.'],
      [
        'Android',
        'Im Menü des Browsers auf „Zum Startbildschirm hinzufügen“ tippen; wo gefragt wird, „Verknüpfung erstellen“.',
      ],
    ],
  },
  overview: {
    title: 'Aufgaben',
    never: 'Noch nicht gestartet',
    none: 'Von hier aus darf keine Aufgabe gestartet werden.',
  },
  output: 'Ausgabe',
  updates: { hold: 'Diese Seite anhalten', resume: 'Diese Seite selbst aktualisieren lassen' },
  admin: {
    sections: { tasks: 'Aufgaben', history: 'Verlauf', strangers: 'Fremde', system: 'System' },
    pages: 'Seiten',
    signOut: 'Abmelden',
    bySignal: (state, signal) => `${state} durch ${signal}`,
    withStatus: (state, status) => `${state} mit Exit-Status ${status}`,
    results: {
      started: 'gestartet',
      joined: 'lief schon',
      queued: 'eingereiht',
      asked: 'erst gefragt',
      busy: 'nicht gestartet: läuft',
      full: 'nicht gestartet: zu viele warten',
      'not-now': 'nicht gestartet: nicht jetzt',
      unwritable: 'nicht gestartet: Platte',
      closing: 'nicht gestartet: wird beendet',
      stopped: 'Lauf gestoppt',
      'magic-key': 'falscher Magic Key',
      'task-key': 'falscher Task Key',
      'both-keys': 'falsche Schlüssel',
      'expired-key': 'abgelaufener Schlüssel',
      'disabled-task': 'abgeschaltete Aufgabe',
      address: 'falsche Adresse',
      run: 'unbekannter Lauf',
      path: 'unbekannter Pfad',
      method: 'falsche Methode',
      syntax: 'fehlerhaftes HTTP',
      limited: 'zu oft',
      again: 'alter Knopf',
      flood: 'Flut',
    },
    ago: { now: 'gerade eben', minutes: (count) => `vor ${count} min`, hours: (count) => `vor ${count} h` },
    counts: {
      calls: (count) => plural(count, 'Aufruf', 'Aufrufe'),
      warnings: (count) => plural(count, 'Warnung', 'Warnungen'),
      daysLeft: (count) => `noch ${plural(count, 'Tag', 'Tage')}`,
      moreNetworks: (count) => `und ${plural(count, 'weiteres Netz', 'weitere Netze')}`,
    },
    runningTitle: (title, count) => `… ${title}, ${count} laufen`,
    tasks: {
      empty: 'Es gibt noch keine Aufgabe. Aufgaben stehen in der Config.',
      live: 'Läuft gerade',
      all: 'Alle Aufgaben',
      never: 'Noch nie gestartet',
      off: 'Aus',
      run: 'Starten',
      runAgain: 'Noch einmal starten',
      stop: 'Stoppen',
      more: 'Mehr',
    },
    usually: (duration) => `Meist etwa ${duration}`,
    scheduled: (id, nas) => `Aufgabe ${id} von ${nas}`,
    triggered: (nas) => `Ausgelöste Aufgabe von ${nas}`,
    task: {
      runBy: 'Ausgeführt durch',
      id: 'Id',
      usually: 'Dauert meist',
      runs: 'Läuft',
      notEnabled: 'Nie, sie ist abgeschaltet',
      asksFirst: 'Fragt erst',
      asksCallers: 'Beim Aufruf, hier nicht',
      allow: 'Erlaubt aus',
      hours: 'Stunden',
      maxPerDay: 'Höchstens am Tag',
      timeout: 'Zeitlimit',
      whenBusy: 'Ein Aufruf, während sie läuft',
      output: 'Ausgabe',
      address: 'Adresse',
      lastRuns: 'Letzte Läufe',
      neverStarted: 'Es ist kein Lauf verzeichnet.',
      allRuns: 'Alle Läufe',
      addressIsKey: 'Wer die Adresse sieht, kann die Aufgabe starten.',
      showAddress: 'Adresse und QR-Code zeigen',
      keysHidden:
        'Die Config enthält nicht beide Schlüssel im Klartext; deshalb kann die Adresse nicht gezeigt werden.',
      qrCode: 'QR-Code der Adresse',
      forScript: 'Für ein Skript:',
      base: 'Adresse des Dienstes, wie sie von außen lautet',
      showWithBase: 'Mit dieser Adresse zeigen',
      gone: 'Diese Aufgabe steht nicht mehr in der Config.',
      configUnreadable:
        'Die Config ist fehlerhaft; die Schlüssel können erst gezeigt werden, wenn sie berichtigt ist.',
    },
    busy: {
      join: 'führt zu diesem Lauf',
      parallel: 'bekommt einen eigenen Lauf',
      queue: 'wartet, bis er dran ist',
      reject: 'wird abgelehnt',
    },
    outputs: { none: 'wird nicht gezeigt', tail: 'die letzten 20 Zeilen', all: 'die letzten 64 KiB' },
    run: {
      took: 'Dauerte',
      elapsed: 'Läuft seit',
      accepted: 'Angenommen',
      label: 'Für',
      noLabel: 'Schlüssel ohne Namen',
      from: 'Von',
      run: 'Lauf',
      reason: 'Grund',
      task: 'Zur Aufgabe',
      outputHidden:
        'Die Ausgabe dieses Laufs wird nicht gezeigt: Die Option output der Aufgabe ist „none“, oder der Lauf ist zu alt.',
      outputEmpty: 'Es gab keine Ausgabe.',
    },
    bytesBefore: (count) => `${count} Bytes davor werden nicht gezeigt.`,
    bytesSkipped: (count) => `${count} Bytes sind hier ausgelassen.`,
    history: {
      what: 'Was gezeigt wird',
      runs: 'Läufe',
      attempts: 'Aufrufe',
      nothing: 'Nichts gefunden.',
      nothingYet: 'Bisher nichts gefunden. Ältere Einträge sind noch nicht durchsucht.',
      newest: 'Neueste',
      older: 'Ältere',
      outcome: 'Ausgang',
      result: 'Ergebnis',
      task: 'Aufgabe',
      network: 'Adresse oder Netz',
      label: 'Name des Schlüssels',
      text: 'Text',
      all: 'Alle',
      filter: 'Filtern',
      aRun: 'ein Lauf',
      noNetwork:
        'Bitte eine Adresse oder ein Netz angeben, etwa 192.168.1.5 oder 192.168.0.0/16. Dies ist keines von beiden; deshalb wird nichts gezeigt.',
      noResult: 'Dieses Ergebnis gibt es nicht. Bitte eines aus der Liste wählen.',
    },
    callsFrom: (calls, network) => `${calls} von ${network}`,
    strangers: {
      intro:
        'Aufrufe ohne beide Schlüssel seit dem Start des Dienstes, der letzte zuerst. Alle sahen „Not found“.',
      empty: 'Es gab keine solchen Aufrufe.',
    },
    system: {
      well: 'Läuft und ist gesund',
      config: 'Config',
      file: 'Datei',
      takenAt: 'In Kraft seit',
      since: 'seit',
      lastGood: 'Die letzte gute Config ist in Kraft.',
      dsmUnused: 'Die Web API von DSM wird nicht benutzt.',
      ok: 'in Ordnung',
      unused: 'unbenutzt',
      failing: 'gestört',
      certificates: 'Zertifikate',
      noCertificates:
        'Es gibt keine: remotetask spricht hier einfaches HTTP. Ein Reverse Proxy davor kann eines haben.',
      expired: 'abgelaufen',
      versions: 'Versionen',
      system: 'System',
      up: 'Läuft seit',
    },
    restartFor: (names) => `Bitte den Dienst neu starten für: ${names}.`,
    until: (day) => `bis ${day}`,
    signIn: {
      title: 'Anmelden',
      intro: 'Nach dem Anmelden sind die Aufgaben zu sehen.',
      account: 'DSM-Konto',
      password: 'Passwort',
      code: 'Einmalcode, falls DSM einen verlangt',
      button: 'Anmelden',
      inDsm:
        'Bitte in diesem Browser bei DSM als Administrator anmelden, unter demselben Hostnamen wie diese Seite. Dann hierher zurückkommen.',
      signedIn: 'Angemeldet',
      toTasks: 'Zu den Aufgaben',
    },
    signInProblems: {
      'session-over': 'Die Sitzung ist zu Ende. Bitte noch einmal anmelden.',
      'not-in-dsm': 'Bitte bei DSM anmelden, in diesem Browser und unter demselben Hostnamen.',
      'account-missing': 'Bitte Konto und Passwort eingeben.',
      'password-missing': 'Bitte das Passwort eingeben.',
      'digits-needed': 'Bitte die Ziffern des Einmalcodes eingeben.',
      'wrong-credentials': 'Konto oder Passwort ist falsch.',
      'wrong-password': 'Das Passwort ist falsch.',
      'not-administrator': 'Dieses Konto ist kein Administrator von DSM.',
      'not-proven': 'DSM sagt nicht, ob dieses Konto ein Administrator ist. Mehr steht im Log.',
      disabled: 'Dieses Konto ist in DSM abgeschaltet.',
      'not-allowed': 'DSM lässt dieses Konto hier nicht zu.',
      locked: 'Dieses Konto ist in DSM gesperrt.',
      blocked:
        'DSM hat die Adresse von remotetask nach Fehlversuchen gesperrt: Systemsteuerung > Sicherheit > Schutz.',
      'password-expired': 'Das Passwort muss geändert werden. Bitte zuerst bei DSM selbst anmelden.',
      'second-factor-needed':
        'DSM verlangt für dieses Konto einen zweiten Faktor. Bitte zuerst bei DSM selbst anmelden.',
      'code-needed': 'Bitte auch den Einmalcode eingeben.',
      'code-wrong': 'Der Einmalcode ist falsch. Bitte einen neuen eingeben.',
      silent: 'DSM antwortet nicht wie erwartet. Bitte später noch einmal versuchen; mehr steht im Log.',
      'too-many-at-once': 'Zu viele Anmeldungen auf einmal. Bitte gleich noch einmal versuchen.',
    },
    tooMany: (wait) => `Zu viele Anmeldungen schlugen fehl. Wieder möglich in ${wait}.`,
    messages: {
      refused: 'Abgelehnt',
      foreign:
        'Laut Browser kam dieses Formular nicht von einer Seite dieser Adresse; deshalb ist nichts geschehen. Ein Reverse Proxy muss den Header Host weiterreichen.',
      tooOld: 'Die Seite war zu alt. Bitte zurückgehen, neu laden und noch einmal versuchen.',
      notStarted: 'Nicht gestartet',
      notHere: 'Nicht hier',
      noPage: 'Diese Seite gibt es nicht oder nicht mehr.',
      noRun: 'Diesen Lauf gibt es nicht, oder er ist nicht mehr verzeichnet.',
      notOurForm: 'Dieses Formular gehört nicht zu diesen Seiten.',
      sorry: 'Das war ein Fehler',
      bug: 'Diese Seite konnte nicht erzeugt werden, ein Fehler in remotetask. Mehr steht im Log; bitte melden.',
    },
  },
};

/** `1 Aufruf`, `2 Aufrufe`. */
function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString('de')} ${count === 1 ? one : many}`;
}
