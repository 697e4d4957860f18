// The system page: config, DSM, certificates, versions.
import { dayMs } from '../../clock.ts';
import { soonDays } from '../../listener/certificate.ts';
import type { Health } from '../../health.ts';
import type { Language } from '../../languages/language.ts';
import type { CertificateState, ConfigState, DsmState, AdminDeps } from './admin-deps.ts';
import { renderRestartNeeds } from './health-note.ts';
import { html, type Html } from './html.ts';
import { renderKeys } from './key-rows.ts';
import { findKeyUses } from './key-uses.ts';
import { renderDateAndTime, renderMark, renderMoment } from './marks.ts';
import type { AdminPage, Reader } from './page.ts';
import { renderReceivers } from './receivers.ts';
import { renderFacts } from './run-page.ts';

export async function toSystemPage(
  house: Pick<
    AdminDeps,
    | 'config'
    | 'certificates'
    | 'health'
    | 'dsmStates'
    | 'notices'
    | 'keys'
    | 'blocks'
    | 'history'
    | 'attempts'
    | 'version'
    | 'clock'
  >,
  reader: Reader,
): Promise<AdminPage> {
  const { config, certificates, health, dsmStates, notices, keys, blocks, version, clock } = house;
  const { magic, tasks } = keys();
  const uses = await findKeyUses(undefined, house);
  const { language } = reader;
  const { sections, system: words } = language.admin;
  const state = config();
  const nowMs = clock.wallMs();
  const ailments = health();
  return {
    title: sections.system,
    section: '/system',
    main: html`<h1>${sections.system}</h1>
      <div role="status">
        ${ailments.length === 0 ? renderMark('good', words.well) : renderAilments(ailments)}
      </div>
      <h2>${words.config}</h2>
      ${renderConfig(state, nowMs, language)}
      <h2>DSM</h2>
      ${renderDsm(dsmStates(), language)}
      <h2>${words.notices}</h2>
      ${renderReceivers(notices.states(), nowMs, reader)}
      <h2>${language.admin.log.title}</h2>
      <p class="acts"><a class="button quiet" href="log">${language.admin.log.open}</a></p>
      <h2>${language.admin.keys.magicTitle}</h2>
      ${renderKeys(magic, { uses, partners: [...tasks.values()].flat(), isMagic: true, isBlocked: blocks.has, back: 'system', nowMs }, reader)}
      <h2>${words.certificates}</h2>
      ${renderCertificates(certificates(), nowMs, language)}
      <h2>${words.versions}</h2>
      <div class="card">
        ${renderFacts([
          ['remotetask', version],
          ['Node', process.version],
          [words.system, `${process.platform} ${process.arch}`],
          [words.up, renderUptime(process.uptime())],
        ])}
      </div>`,
  };
}

/** A refused config is shown below, with all of its problems. */
function renderAilments(health: Health): readonly Html[] {
  return health
    .filter(({ what }) => what !== 'config')
    .map(({ message }) => html`<p class="note poor">${message}</p>`);
}

function renderConfig(state: ConfigState, nowMs: number, language: Language): Html {
  const { file, takenAt, warnings, refused } = state;
  const { system: words, counts } = language.admin;
  const problems =
    refused === undefined
      ? undefined
      : html`<div class="note poor">
          <strong>${refused.message}</strong>, ${words.since} ${renderMoment(refused.at, nowMs, language)}.
          ${words.lastGood}${renderList(refused.problems)}
        </div>`;
  const warned =
    warnings.length === 0
      ? undefined
      : html`<div class="note odd">${counts.warnings(warnings.length)}${renderList(warnings)}</div>`;
  return html`${problems}${renderRestartNeeds(state, language)}${warned}
    <div class="card">
      ${renderFacts([
        [words.file, file],
        [words.takenAt, renderMoment(takenAt, nowMs, language)],
      ])}
    </div>`;
}

function renderList(lines: readonly string[]): Html {
  return html`<ul>
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}

function renderDsm(states: readonly DsmState[], { admin: { system: words } }: Language): Html {
  if (states.length === 0) return html`<p class="soft">${words.dsmUnused}</p>`;
  const tones = { ok: 'good', unused: 'still', failing: 'poor' } as const;
  const rows = states.map(
    ({ name, way, reason, health }) =>
      html`<li>
        <div>${renderMark(tones[health], words[health])}</div>
        <div class="what">${name} <span class="soft">${reason}</span></div>
        <div class="end">${way}</div>
      </li>`,
  );
  return html`<ul class="rows">
    ${rows}
  </ul>`;
}

function renderCertificates(
  certificates: readonly CertificateState[],
  nowMs: number,
  { admin }: Language,
): Html {
  const { system: words, sections, counts, until } = admin;
  if (certificates.length === 0) return html`<p class="soft">${words.noCertificates}</p>`;
  const rows = certificates.map(({ listener, subject, names, endsAtMs }) => {
    const days = Math.floor((endsAtMs - nowMs) / dayMs);
    const mark =
      days < 0
        ? renderMark('poor', words.expired)
        : renderMark(days < soonDays ? 'odd' : 'good', counts.daysLeft(days));
    const facts = [subject, names.join(', ')].filter((text) => text !== '').join('; ');
    return html`<li>
      <div>${mark}</div>
      <div class="what">
        ${listener === 'server' ? sections.tasks : words.adminPage} <span class="soft">${facts}</span>
      </div>
      <div class="end">${until(renderDateAndTime(new Date(endsAtMs).toISOString()).slice(0, 10))}</div>
    </li>`;
  });
  const warnings = certificates.flatMap((one) => one.warnings);
  return html`<ul class="rows">
      ${rows}
    </ul>
    ${warnings.length === 0 ? undefined : html`<div class="note odd">${renderList(warnings)}</div>`}`;
}

function renderUptime(seconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3600),
    Math.floor((seconds % 3600) / 60),
  ];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}
