// German.
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
  'Wenn das Konto keine hat, verlangt vielleicht Adaptive MFA einen zweiten Schritt, wie von Administratoren, die sich von unbekannten Orten aus anmelden: für das Konto abschalten (Systemsteuerung > Sicherheit > Konto) oder für das Konto die zweistufige Anmeldung einrichten';
const otherVersions: At = ({ webapi, isTool }) =>
  isTool
    ? 'dieses DSM über seine Web API ansprechen ("via": "webapi")'
    : `vielleicht braucht dieses DSM andere Versionen (${webapi}.versions)`;
const trust: At = ({ webapi }) =>
  `seinen Fingerabdruck als ${webapi}.fingerprint angeben oder seine Zertifizierungsstelle als ${webapi}.ca`;

const dsmRefusals: Readonly<Record<RefusalCause, At>> = {
  'no-reason': () => 'ohne Angabe eines Grundes; später noch einmal versuchen',
  'call-incomplete': (at) => `dem Aufruf fehlt etwas; ${otherVersions(at)}`,
  'unknown-api': ({ webapi, isTool }) =>
    isTool
      ? 'diese API ist unbekannt; vielleicht hat diese Version von DSM keine solchen Aufgaben'
      : `diese API ist unbekannt; ist das DSM, und führt ${webapi}.url dorthin?`,
  'unknown-method': (at) => `diese Methode ist unbekannt; ${otherVersions(at)}`,
  'unknown-version': (at) =>
    `diese Version ist unbekannt; ${at.isTool ? otherVersions(at) : `andere in ${at.webapi}.versions angeben`}`,
  'parameter-missing': (at) => `ein Parameter fehlt; ${otherVersions(at)}`,
  'parameter-refused': (at) => `ein Parameter wird nicht angenommen; ${otherVersions(at)}`,
  'not-permitted': ({ webapi, isTool }) =>
    isTool
      ? 'das ist nicht erlaubt; remotetask als root ausführen'
      : `das Konto darf das nicht; es in die Gruppe administrators aufnehmen und ${webapi}.versions.login nicht ändern; ein virtuelles DSM lässt vielleicht kein Konto zu`,
  'session-over': () => 'die Sitzung ist zu Ende',
  'session-replaced': () =>
    'eine andere Anmeldung desselben Kontos hat die Sitzung beendet; remotetask ein eigenes Konto geben',
  'session-unknown': () => 'die Sitzung ist unbekannt',
  'session-elsewhere': ({ webapi }) =>
    `die Sitzung gehört zu einer anderen Adresse: Ein Name, der abwechselnd über IPv4 und IPv6 führt, oder eine wechselnde Adresse dieses Rechners lässt DSM sie beenden; in ${webapi}.url eine Adresse statt eines Namens angeben`,
  'session-not-permitted': ({ webapi }) =>
    `die Sitzung darf das nicht; ${webapi}.versions.login nicht ändern`,
  'upload-failed': () => 'ein Upload schlug fehl',
  'upload-not-allowed': () => 'ein Upload ist nicht erlaubt',
  unstable: () => 'sein Netz ist unzuverlässig, oder es ist überlastet; später noch einmal versuchen',
  busy: () => 'es ist überlastet oder hat einen inneren Fehler; später noch einmal versuchen',
  demonstration: () => 'dies ist eine Vorführung, wo das nicht erlaubt ist',
  'no-privilege': () =>
    'dem Konto fehlt das Recht für diese Anwendung; erlauben unter Systemsteuerung > Benutzer > Anwendungen',
  scheduler: () =>
    'das geht mit dieser Aufgabe nicht; lässt sie sich unter Systemsteuerung > Aufgabenplaner ausführen?',
  'wrong-credentials': ({ webapi }) =>
    `Konto oder Passwort ist falsch; ${webapi}.account oder ${webapi}.password berichtigen. DSM meldet das vielleicht auch bei einer gesperrten Adresse (Systemsteuerung > Sicherheit > Schutz) oder bei einem Konto, das sich von hier nicht anmelden darf`,
  'account-disabled': () => 'das Konto ist abgeschaltet; einschalten unter Systemsteuerung > Benutzer',
  'sign-in-not-permitted': ({ webapi }) =>
    `das Konto darf sich so nicht anmelden; es zum Administrator machen oder ${webapi}.session ändern`,
  'code-wrong': () => 'der Einmalcode ist falsch; einen neuen verwenden',
  portal: () => 'das Anmeldeportal erlaubt es nicht; berichtigen unter Systemsteuerung > Anmeldeportal',
  'second-factor-missing': () =>
    'die zweistufige Anmeldung ist Pflicht und für das Konto nicht eingerichtet; einmal mit ihm bei DSM anmelden',
  'address-blocked': () =>
    'diese Adresse ist nach Fehlversuchen gesperrt; entfernen unter Systemsteuerung > Sicherheit > Schutz',
  'password-expired-fixed': () =>
    'das Passwort ist abgelaufen und kann nicht geändert werden; ein neues setzen unter Systemsteuerung > Benutzer',
  'password-expired': () => 'das Passwort ist abgelaufen; ein neues setzen unter Systemsteuerung > Benutzer',
  'password-to-change': () => 'das Passwort muss geändert werden; einmal mit dem Konto bei DSM anmelden',
  'account-locked': () => 'das Konto ist gesperrt; entsperren unter Systemsteuerung > Sicherheit',
  'code-not-taken': () => `ein Einmalcode wird als zweiter Schritt nicht angenommen. ${adaptive}`,
  'device-token-not-taken': ({ webapi, deviceToken }) =>
    `das Geräte-Token wird nicht mehr angenommen; mit ${deviceToken} ein neues erzeugen und ${webapi}.deviceToken und denselben ${webapi}.deviceName setzen. ${adaptive}`,
  'code-wanted': ({ webapi, deviceToken }) =>
    `das Konto hat die zweistufige Anmeldung; ${deviceToken} ausführen und ${webapi}.deviceToken setzen. ${adaptive}`,
  'other-step-wanted': ({ deviceToken }) =>
    `verlangt wird ein zweiter Schritt, der kein Einmalcode ist; für das Konto Einmalcodes einrichten, dann ${deviceToken} ausführen. ${adaptive}`,
};

const dsmConnections: Readonly<Record<ConnectionCause, At>> = {
  'takes-no-connections': ({ webapi }) =>
    `es nimmt keine Verbindungen an; startet es gerade, und stimmt der Port in ${webapi}.url?`,
  'broken-off': () => 'es hat die Verbindung abgebrochen',
  'no-way': () => 'es führt kein Weg dorthin; ist es eingeschaltet?',
  'no-network': () => 'es führt kein Weg dorthin; ist das Netz da?',
  silent: () => 'es antwortet nicht; ist es eingeschaltet?',
  'unknown-name': ({ webapi }) => `sein Name ist unbekannt; ${webapi}.url berichtigen`,
  'name-not-looked-up': () => 'sein Name kann gerade nicht nachgeschlagen werden',
  'no-https': ({ webapi }) => `dort gibt es kein HTTPS; den Port in ${webapi}.url berichtigen`,
  'untrusted-certificate': (at) =>
    `keine vertrauenswürdige Stelle hat sein Zertifikat unterschrieben; ${trust(at)}`,
  'expired-certificate': () =>
    'sein Zertifikat ist abgelaufen; erneuern unter Systemsteuerung > Sicherheit > Zertifikat',
  'early-certificate': () => 'sein Zertifikat gilt noch nicht; stimmen die Uhren?',
  'certificate-of-other-name': (at) =>
    `sein Zertifikat gilt für einen anderen Namen; diesen in ${at.webapi}.url verwenden, oder ${trust(at)}`,
  'other-certificate': ({ webapi }) =>
    `es zeigte ein anderes Zertifikat als das von ${webapi}.fingerprint; wenn es erneuert wurde, den neuen Fingerabdruck angeben`,
  'ended-before': () => 'der Aufruf wurde vor der Antwort beendet',
  'too-slow': () => 'die Antwort dauerte zu lange',
  'too-large': () => 'die Antwort war zu groß',
};

const dsmAnswers: Readonly<Record<AnswerCause, (status: number, place: Place) => string>> = {
  redirect: (status, { webapi }) =>
    `DSM hat den Aufruf weitergeleitet (HTTP ${status}): ${webapi}.url so angeben, wie es nach der Weiterleitung lautet.`,
  'not-ready': (status) => `DSM ist nicht bereit (HTTP ${status}): Vielleicht startet es gerade.`,
  forbidden: (status, { webapi }) =>
    `Geantwortet hat nicht die Web API von DSM (HTTP ${status}): ${webapi}.url berichtigen oder die Adresse dieses Rechners zulassen, wenn ein Zugriffsprofil des Anmeldeportals oder eines Reverse Proxy sie abweist.`,
  'not-dsm': (status, { webapi }) =>
    `Geantwortet hat nicht die Web API von DSM (HTTP ${status}): ${webapi}.url berichtigen.`,
};

const entries = { file: 'die Datei', folder: 'ihr Ordner', link: 'ein Link auf sie' } as const;
const renderExposed = ({ of, kind, entry, error }: Exposed): string => {
  const what = of === 'program' ? 'das Programm' : 'den Interpreter des Programms';
  if (kind === 'unknown')
    return `Es ist nicht zu erkennen, wer ${what} ändern könnte (${entries[entry]} ist nicht lesbar, ${error}).`;
  const how = kind === 'foreign' ? 'gehört jemand anderem' : 'ist für Gruppe oder andere schreibbar';
  return `Andere als root können ${what} ändern (${entries[entry]} ${how}).`;
};
const tool = (name: string): string => `Das Programm ${name} von DSM`;
const needsRoot = (isNeeded: boolean): string => (isNeeded ? ' Es muss als root ausgeführt werden.' : '');
const exit = (status: string | number): string =>
  typeof status === 'number' ? `Exit-Status ${status}` : status;

const troubles: Texts<Troubles> = {
  'dsm-refused': ({ what, by, number, cause, nas }) =>
    `DSM hat ${what === 'call' ? 'den Aufruf' : 'die Anmeldung'} abgelehnt: ${cause === undefined ? 'die Nummer ist nicht bekannt' : dsmRefusals[cause](toPlace(nas, by === 'synowebapi'))} (Fehler ${number}).`,
  'dsm-unreachable': ({ error, cause, nas }) =>
    `DSM ist nicht erreichbar: ${cause === undefined ? 'die Verbindung schlug fehl' : dsmConnections[cause](toPlace(nas))} (${error}).`,
  'dsm-odd-answer': ({ status, cause, nas }) => dsmAnswers[cause](status, toPlace(nas)),
  'dsm-unclear': ({ what }) => `DSM hat unverständlich geantwortet (${what}).`,
  'dsm-late': () => 'DSM hat nicht rechtzeitig geantwortet.',
  'dsm-ends-sessions': () => 'DSM beendet die Sitzung immer wieder.',
  'tool-exposed': ({ tool: name, ...exposed }) =>
    `${tool(name)} wird nicht als root ausgeführt. ${renderExposed(exposed)}`,
  'tool-missing': ({ tool: name }) => `${tool(name)} gibt es auf diesem Rechner nicht.`,
  'tool-not-started': ({ tool: name, error }) => `${tool(name)} konnte nicht gestartet werden (${error}).`,
  'tool-not-waited-for': ({ tool: name }) => `Auf eine Antwort wurde nicht gewartet: ${name}.`,
  'tool-late': ({ tool: name, afterMs }) => `${tool(name)} hat in ${duration(afterMs)} nicht geantwortet.`,
  'tool-silent': ({ tool: name }) => `${tool(name)} hat nicht geantwortet.`,
  'tool-wrong-way': ({ tool: name }) => `${tool(name)} nimmt keine Aufrufe an, wie DSM 6 und 7 sie kennen.`,
  'tool-ended': ({ tool: name, signal }) => `${tool(name)} wurde vor der Antwort durch ${signal} beendet.`,
  'tool-unclear': ({ tool: name }) => `${tool(name)} hat unverständlich geantwortet.`,
  'tool-failed': ({ tool: name, status, needsRoot: isNeeded }) =>
    `${tool(name)} endete ohne Antwort (${exit(status)}).${needsRoot(isNeeded)}`,
  'tool-refused': ({ tool: name, status, needsRoot: isNeeded }) =>
    `${tool(name)} hat abgelehnt (${exit(status)}).${needsRoot(isNeeded)}`,
  'tool-not-asked': ({ tool: name }) =>
    `${tool(name)} wurde nicht gefragt: Der Aufruf wurde beendet, bevor er an der Reihe war.`,
  'tool-too-much': ({ tool: name }) => `${tool(name)} hat mehr ausgegeben, als gelesen werden kann.`,
  'no-such-scheduled-task': () => 'Diese geplante Aufgabe gibt es in DSM nicht.',
  'no-such-scheduled-but-triggered-task': () =>
    'Diese geplante Aufgabe gibt es in DSM nicht: Es ist die Nummer einer ausgelösten Aufgabe, die mit ihrem Namen gestartet wird.',
  'no-such-triggered-task': () => 'Diese ausgelöste Aufgabe gibt es in DSM nicht.',
  'task-not-permitted': () => 'DSM lässt das Konto diese Aufgabe nicht ausführen.',
  'no-history-any-more': () => 'DSM zeigt keinen Verlauf mehr.',
};
const signInAgain = (reason: object): string =>
  'retryInMs' in reason && typeof reason.retryInMs === 'number'
    ? ` Die nächste Anmeldung folgt in ${duration(reason.retryInMs)}.`
    : '';
const renderTrouble = (trouble: Trouble): string => renderCoded(troubles, trouble) + signInAgain(trouble);
const unknownEnd = (isEarlier: boolean): string =>
  isEarlier ? ' Wie der Lauf ausging, ist nicht bekannt.' : '';
const saveOutput =
  'Wer es wissen will, schaltet in DSM „Save output results“ ein: Control Panel > Task Scheduler > Settings.';

const reasons: Texts<Reasons> = {
  ...troubles,
  bug: () => 'Ein Fehler in remotetask: Wie dieser Lauf ausging, ist nicht bekannt. Mehr steht im Log.',
  'no-exit-status': () => 'Es endete ohne Exit-Status.',
  'left-behind': ({ processes, areMore }) =>
    `Prozesse, die sich selbständig gemacht haben, laufen weiter: ${processes.join(', ')}${areMore ? ' und weitere' : ''}.`,
  'ended-unwatched': () =>
    'Es lief weiter, während dieser Dienst neu gestartet wurde; sein Exit-Status ist deshalb nicht bekannt.',
  'program-exposed': (exposed) => `${renderExposed(exposed)} Der Dienst läuft als root und lehnt es ab.`,
  'program-missing': () => 'Das Programm existiert nicht.',
  'program-is-folder': () => 'Das Programm ist ein Ordner.',
  'program-not-executable': () =>
    'Das Programm ist nicht ausführbar (chmod +x) oder darf nicht gelesen werden.',
  'program-not-understood': () =>
    'Das Programm ist weder für diesen Rechner übersetzt noch ein Skript, dessen erste Zeile mit #! beginnt.',
  'interpreter-missing': () =>
    'Den Interpreter in der ersten Zeile des Programms gibt es nicht; hat die Datei Zeilenenden von Windows?',
  'arguments-too-long': () => 'Argumente und Umgebung sind länger, als das System erlaubt.',
  'no-process': ({ error }) => `Das System konnte keinen Prozess mehr starten (${error}).`,
  'folder-missing': () => 'Der Ordner, in dem es laufen soll, existiert nicht.',
  'folder-not-a-folder': () => 'Der Ordner, in dem es laufen soll, ist keiner.',
  'folder-closed': () => 'Der Ordner, in dem es laufen soll, darf nicht betreten werden.',
  'folder-unknown': ({ error }) => `Der Ordner, in dem es laufen soll, ist nicht einsehbar (${error}).`,
  'could-not-record': () => 'Es konnte nicht aufgeschrieben werden und wurde nicht gestartet.',
  'could-not-record-in-turn': () =>
    'Es konnte nicht aufgeschrieben werden, als es an der Reihe war, und wurde nicht gestartet.',
  'waited-too-long': () => 'Es wartete zu lange auf einen früheren Lauf und wurde nicht gestartet.',
  'stopped-before-turn': () =>
    'Dieser Dienst wurde beendet, bevor es an der Reihe war; es wurde nicht gestartet.',
  'cut-off-before-turn': () =>
    'Dieser Dienst wurde unterbrochen, bevor es an der Reihe war; es wurde nicht gestartet.',
  'task-removed': () => 'Die Aufgabe wurde entfernt, bevor es an der Reihe war; es wurde nicht gestartet.',
  'task-disabled': () =>
    'Die Aufgabe wurde abgeschaltet, bevor es an der Reihe war; es wurde nicht gestartet.',
  'cut-off-before-start': () => 'Der Dienst wurde unterbrochen, bevor es gestartet war.',
  'worker-away': () => 'Der Worker war nicht da; es wurde nicht gestartet.',
  'start-expired': () => 'Der Start kam zu spät beim Worker an; es wurde nicht gestartet.',
  'too-many-runs': () => 'Es laufen zu viele Aufgaben zugleich; es wurde nicht gestartet.',
  'task-changed': () => 'Die Aufgabe wurde geändert, bevor es an der Reihe war; es wurde nicht gestartet.',
  'caller-no-longer-allowed': () =>
    'Als es an der Reihe war, durfte der Aufrufer es nicht mehr starten; es wurde nicht gestartet.',
  'hours-over': () =>
    'Die erlaubten Stunden waren vorbei, bevor es an der Reihe war; es wurde nicht gestartet.',
  'max-per-day': () =>
    'Die Aufgabe war schon so oft gestartet worden, wie sie es an einem Tag darf; es wurde nicht gestartet.',
  'task-gone': () =>
    'Dieser Dienst wurde neu gestartet und kennt die Aufgabe nicht mehr: Wie sie ausging, ist nicht bekannt.',
  'nas-gone': ({ isEarlier }) =>
    `Das NAS dieser Aufgabe steht nicht mehr in der Config.${unknownEnd(isEarlier)}`,
  'no-way-into-dsm': ({ nas, isEarlier }) =>
    `Aufgaben von ${nas === '' ? 'DSM' : `dem NAS ${nas}`} können nicht ausgeführt werden: Die Programme von DSM sind hier nicht nutzbar, und in der Config fehlt „webapi“. „webapi“ bei „${nas === '' ? 'dsm' : `dsm.${nas}`}“ eintragen, oder den Dienst als root auf dem NAS ausführen.${unknownEnd(isEarlier)}`,
  'triggered-by-synoschedtask': () =>
    'Ausgelöste Aufgaben kann synoschedtask, der einzige vorhandene Weg in DSM, nicht starten; sie brauchen synowebapi oder die Web API (dsm.webapi).',
  'not-resumed-by-synoschedtask': () =>
    `Dieser Dienst wurde neu gestartet, und synoschedtask, jetzt der einzige vorhandene Weg in DSM, zeigt keine früheren Läufe.${unknownEnd(true)}`,
  'start-refused-by-synoschedtask': () =>
    'Das Programm synoschedtask von DSM meldete einen Fehler und hat die Aufgabe nicht gestartet.',
  'start-unanswered-by-synoschedtask': () =>
    'Das Programm synoschedtask von DSM hat nicht rechtzeitig geantwortet: Ob die Aufgabe gestartet wurde, ist nicht bekannt.',
  'ended-before-asked': () => 'Es wurde beendet, bevor DSM um den Start gebeten wurde.',
  'dsm-signal': () => 'DSM meldet, dass ein Signal es beendet hat.',
  'dsm-crash': () => 'DSM meldet, dass es abgestürzt ist.',
  'dsm-command-not-found': () =>
    'DSM meldet, dass es unterbrochen wurde: Höchstwahrscheinlich wurde ein Befehl nicht gefunden (Exit-Status 127).',
  'dsm-interrupted': () => 'DSM meldet, dass es unterbrochen wurde.',
  'dsm-end-unclear': () => 'DSM meldet, dass es zu Ende ist, aber nicht, wie es ausging.',
  'dsm-start-unanswered': () =>
    'DSM hat nicht geantwortet: Ob die Aufgabe gestartet wurde, ist nicht bekannt.',
  'dsm-start-unclear': ({ because }) =>
    `${renderTrouble(because)} Ob die Aufgabe gestartet wurde, ist nicht bekannt.`,
  'dsm-start-cut-off': () =>
    'Dieser Dienst wurde unterbrochen, während er DSM um den Start bat: Ob die Aufgabe gestartet wurde, ist nicht bekannt.',
  'dsm-without-history': () =>
    'DSM hat den Start angenommen, aber diese Version von DSM meldet nicht, wie die Aufgabe ausging.',
  'dsm-scripts-only': () =>
    'DSM hat den Start angenommen. Wie eine Aufgabe ausging, meldet es nur von benutzerdefinierten Skripten.',
  'dsm-output-not-saved': () =>
    `DSM hat den Start angenommen, meldet aber nicht, wie die Aufgabe ausging. ${saveOutput}`,
  'dsm-run-unseen': () => 'DSM hat den Start angenommen, zeigt im Verlauf aber nicht rechtzeitig einen Lauf.',
  'dsm-end-unseen': () =>
    `DSM hat gezeigt, dass die Aufgabe lief und zu Ende ist, meldet aber nicht, wie sie ausging. ${saveOutput}`,
  'dsm-end-unreported': () => 'DSM hat den Start angenommen, meldet aber nicht, wie die Aufgabe ausging.',
  'dsm-end-unreported-though-started': () =>
    'DSM hat die Aufgabe gestartet, meldet aber nicht, wie sie ausging.',
  'dsm-end-late': () =>
    'DSM hat die Aufgabe gestartet und ihr Ende nicht rechtzeitig gemeldet. Vielleicht läuft sie noch: DSM bietet keinen Weg, sie zu stoppen.',
  'dsm-end-too-late': () => 'DSM hat die Aufgabe gestartet und seit einem Tag kein Ende gemeldet.',
  'dsm-run-vanished': () => 'DSM hat die Aufgabe gestartet, zeigt diesen Lauf aber nicht mehr im Verlauf.',
  'dsm-runs-mixed-up': () =>
    'DSM hat die Aufgabe im selben Augenblick mehrmals ausgeführt, mit verschiedenem Ausgang, und sagt nicht, welcher Lauf dieser ist.',
  'dsm-not-asked-again': ({ because }) =>
    `DSM hat die Aufgabe gestartet und kann nicht mehr gefragt werden, wie sie ausging. ${renderTrouble(because)}`,
};

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
    waited: 'Wartete',
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
  reason: (reason) => renderCoded(reasons, reason) + signInAgain(reason),
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
    'worker-away': () =>
      'Der Teil des Dienstes, der Aufgaben ausführt, ist nicht da; es wird nichts gestartet.',
    'not-stoppable': () =>
      'Es kann nicht gestoppt werden: Es ist zu Ende, oder seine Aufgabe ist nicht `stoppable`.',
    'old-nonce': () => 'Der Knopf war zu alt. Zum Starten bitte das Lesezeichen öffnen.',
    'unknown-parameter': ({ name, known }) =>
      `Hinter dem Fragezeichen der Adresse steht etwas, das hier nichts bedeutet: „${name}“.${known.length === 0 ? '' : ` Bekannt: ${known.join(', ')}.`}`,
    'nothing-follows': () => 'Auf diesen Lauf folgt nichts (mehr), oder es kann nicht aufgeschrieben werden.',
    'bad-parameter': (why) => {
      if (why.name === 'after')
        return `Der Wert von „after“ muss eine Dauer zwischen ${duration(why.leastMs)} und ${duration(why.mostMs)} sein, etwa 45m.`;
      return why.name === 'wait'
        ? 'Der Wert von „wait“ ist unverständlich: Möglich sind Sekunden, oder eine Dauer wie 90s, 1m oder 1500ms.'
        : 'Der Wert von „follow“ ist unverständlich: Es braucht keinen.';
    },
    'repeated-parameter': ({ name }) => `In der Adresse steht „${name}“ mehr als einmal.`,
    contradiction: ({ between }) =>
      between === 'follow-and-json'
        ? 'Der Text von „follow“ und JSON schließen einander aus: „follow“ weglassen, oder text/plain oder text/event-stream annehmen.'
        : 'Warten bis zum Ende und ein Strom schließen einander aus: eines von beiden weglassen.',
  },
  comeBack: (duration) => `Wieder möglich in ${duration}.`,
  clock: (at) => at.toLocaleTimeString('de', { timeStyle: 'short' }),
  then: {
    again: (name, at) => `${name} wieder: ${at}`,
    now: 'Jetzt',
    leave: 'Aus lassen',
    after: (wait) => `In ${wait}`,
  },
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
  aboutRun:
    'Diese Seite zeigt einen einzelnen Lauf und startet nichts. Für den Home-Bildschirm die eigene Adresse der Aufgabe öffnen, mit /home am Ende.',
  output: 'Ausgabe',
  notShown: {
    before: (bytes) =>
      `${plural(bytes, 'Byte', 'Bytes')} davor ${bytes === 1 ? 'wird' : 'werden'} nicht gezeigt.`,
    skipped: (bytes) => `${plural(bytes, 'Byte ist', 'Bytes sind')} hier ausgelassen.`,
    all: 'Die Ausgabe dieses Laufs ist nicht mehr gespeichert.',
  },
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
      away: 'nicht gestartet: Worker fehlt',
      'bad-query': 'nicht gestartet: unverständlich',
      stopped: 'Lauf gestoppt',
      'magic-key': 'falscher Magic Key',
      'task-key': 'falscher Task Key',
      'both-keys': 'falsche Schlüssel',
      'early-key': 'noch nicht gültiger Schlüssel',
      'expired-key': 'abgelaufener Schlüssel',
      'blocked-key': 'gesperrter Schlüssel',
      'ended-link': 'beendeter Gast-Link',
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
      failed: (count) => `${count.toLocaleString('de')} zuletzt gescheitert`,
      runs: (count) => plural(count, 'Lauf', 'Läufe'),
    },
    shownOf: (shown, all) => `${shown} von ${plural(all, 'Aufgabe', 'Aufgaben')}`,
    runningTitle: (title, count) => `… ${title}, ${count} laufen`,
    tasks: {
      empty: 'Es gibt noch keine Aufgabe. Aufgaben stehen in der Config.',
      live: 'Läuft gerade',
      planned: 'Geplant',
      all: 'Alle Aufgaben',
      none: 'Kein Lauf verzeichnet',
      off: 'Aus',
      run: 'Starten',
      runAgain: 'Noch einmal starten',
      stop: 'Stoppen',
      more: 'Mehr',
      search: 'Name, Id oder Programm',
      order: 'Reihenfolge',
      find: 'Zeigen',
      noMatch: 'Keine Aufgabe passt.',
      showAll: 'Alle Aufgaben zeigen',
    },
    orders: {
      failed: 'Gescheiterte zuerst',
      recent: 'Zuletzt gestartete zuerst',
      name: 'Nach Namen',
      config: 'Wie in der Config',
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
      asksHere: 'Ja, auch hier',
      goBack: 'Zurück',
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
      startAddress: 'Diese Adresse startet sie:',
      homeAddress: 'Diese legt sie auf den Startbildschirm:',
      qrHome: 'Der Code führt zu der Seite, die die Aufgabe auf den Startbildschirm legt. Er startet nichts.',
      addressFor: 'Für',
      command: 'Befehl',
      folder: 'Ordner',
      user: 'Benutzer',
      daemonUser: 'der des Dienstes',
      variables: 'Variablen',
      base: 'Adresse des Dienstes, wie sie von außen lautet',
      showWithBase: 'Mit dieser Adresse zeigen',
      gone: 'Diese Aufgabe steht nicht mehr in der Config.',
      configUnreadable:
        'Die Config ist fehlerhaft; die Schlüssel können erst gezeigt werden, wenn sie berichtigt ist.',
    },
    keys: {
      title: 'Schlüssel',
      magicTitle: 'Magic Keys',
      noLabel: 'ohne Namen',
      noEnd: 'ohne Ende',
      expired: 'abgelaufen',
      early: 'noch nicht gültig',
      block: 'Sperren',
      unblock: 'Entsperren',
      blocked: 'gesperrt',
      unwritten: 'Das konnte nicht aufgezeichnet werden: das Protokoll nennt den Grund.',
      asksFirst: 'fragt erst',
      lastUse: 'zuletzt benutzt',
      unused: 'kein Gebrauch verzeichnet',
    },
    links: {
      title: 'Gast-Links',
      about:
        'Eine Adresse für einen Gast, die nur diese Aufgabe startet und keinen weiteren Schlüssel braucht.',
      make: 'Link erstellen',
      label: 'Für',
      time: 'Gilt für',
      uses: 'Starts',
      used: 'benutzt',
      open: 'offen',
      spent: 'aufgebraucht',
      ended: 'beendet',
      end: 'Beenden',
      shownOnce: 'Die Adresse für den Gast wird nur einmal gezeigt.',
      'label-taken': 'Es gibt schon einen offenen Link mit diesem Namen.',
      full: 'Es gibt zu viele Links.',
      unwritten:
        'Der Link konnte nicht aufgezeichnet werden und öffnet nichts: das Protokoll nennt den Grund.',
      badForm: 'Nötig sind ein Name, eine Zeit wie 6h und eine Anzahl.',
    },
    copy: {
      button: 'Kopieren',
      done: 'Kopiert',
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
      waited: 'Wartete',
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
      exportAll: 'Alles Gefundene als Datei:',
      from: 'Vom',
      to: 'Bis zum',
      noDay:
        'Bitte einen Tag angeben, etwa 2026-11-30. Diesen Tag gibt es nicht; deshalb wird nichts gezeigt.',
    },
    day: (at) =>
      at.toLocaleDateString('de', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    lastRuns: (count) => `die letzten ${plural(count, 'Lauf', 'Läufe')}`,
    lastCalls: (count) => `die letzten ${plural(count, 'Aufruf', 'Aufrufe')}`,
    sumOf: (sum, parts) => `${sum}: ${parts}`,
    callsFrom: (calls, network) => `${calls} von ${network}`,
    strangers: {
      intro:
        'Aufrufe ohne beide Schlüssel, der letzte zuerst: alle seit dem Start des Dienstes, und die davor unter den letzten 10.000 gespeicherten Aufrufen. Alle sahen „Not found“.',
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
      notices: 'Benachrichtigungen',
      noReceivers: 'Es gibt keine Empfänger: notify ist in der Config leer.',
      nothingSent: 'noch nichts gesendet',
      arrived: 'angekommen',
      answered: 'hat geantwortet',
      sendTest: 'Test senden',
      certificates: 'Zertifikate',
      noCertificates:
        'Es gibt keine: remotetask spricht hier einfaches HTTP. Ein Reverse Proxy davor kann eines haben.',
      adminPage: 'Admin-Seite',
      expired: 'abgelaufen',
      versions: 'Versionen',
      system: 'System',
      up: 'Läuft seit',
    },
    log: {
      title: 'Log',
      open: 'Die letzten Zeilen zeigen',
      show: 'Was',
      lines: 'Zeilen',
      usual: 'Ohne Fremde',
      warnings: 'Warnungen und Fehler',
      all: 'Alles',
      button: 'Zeigen',
      empty: 'Es gibt keine solchen Zeilen.',
    },
    failedNotices: {
      unreachable: 'nicht erreichbar',
      certificate: 'Zertifikat nicht vertrauenswürdig',
      'no-answer': 'keine Antwort',
      redirect: 'umgeleitet',
      refused: 'abgelehnt',
      denied: 'abgelehnt, als Erfolg gemeldet',
      page: 'eine Seite für Menschen hat geantwortet',
      busy: 'nimmt gerade nichts mehr an',
      faulty: 'fehlerhafte Antwort',
      stopped: 'Dienst beendet',
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
