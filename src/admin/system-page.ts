// How things stand: config, DSM, certificates, versions.
import { X509Certificate } from 'node:crypto';
import { dayMs } from '../clock.ts';
import type { Health } from '../health.ts';
import type { ConfigState, DsmState, House } from './house.ts';
import { html, type Html } from './html.ts';
import { renderCount, renderDateAndTime, renderMark, renderMoment } from './marks.ts';
import type { AdminPage } from './page.ts';
import { renderFacts } from './run-page.ts';

/** From so many days before its end on, a certificate is odd. */
const oddDays = 14;

export function toSystemPage({
  config,
  health,
  dsmStates,
  version,
  clock,
}: Pick<House, 'config' | 'health' | 'dsmStates' | 'version' | 'clock'>): AdminPage {
  const state = config();
  const nowMs = clock.wallMs();
  const ailments = health();
  return {
    title: 'System',
    section: '/system',
    main: html`<h1>System</h1>
      <div role="status">${ailments.length === 0 ? renderMark('good', 'All is well') : renderAilments(ailments)}</div>
      <h2>Config</h2>
      ${renderConfig(state, nowMs)}
      <h2>DSM</h2>
      ${renderDsm(dsmStates())}
      <h2>Certificates</h2>
      ${renderCertificates(state, nowMs)}
      <h2>Versions</h2>
      <div class="card">
        ${renderFacts([
          ['remotetask', version],
          ['Node', process.version],
          ['System', `${process.platform} ${process.arch}`],
          ['Up', renderUptime(process.uptime())],
        ])}
      </div>`,
  };
}

/** What is wrong with the config stands below, with all of its problems. */
function renderAilments(health: Health): readonly Html[] {
  return health.filter(({ what }) => what !== 'config').map(({ message }) => html`<p class="note poor">${message}</p>`);
}

function renderConfig({ file, takenAt, warnings, restartNeeds, refused }: ConfigState, nowMs: number): Html {
  const problems =
    refused === undefined
      ? undefined
      : html`<div class="note poor">
          <strong>${refused.message}</strong>, since ${renderMoment(refused.at, nowMs)}. The last good config is in
          force.${renderList(refused.problems)}
        </div>`;
  const needs =
    restartNeeds.length === 0 ? undefined : html`<div class="note odd">Start the daemon again for ${restartNeeds.join(', ')}.</div>`;
  const warned =
    warnings.length === 0 ? undefined : html`<div class="note odd">${renderCount(warnings.length, 'warning')}${renderList(warnings)}</div>`;
  return html`${problems}${needs}${warned}
    <div class="card">
      ${renderFacts([
        ['File', file],
        ['Taken up', renderMoment(takenAt, nowMs)],
      ])}
    </div>`;
}

function renderList(lines: readonly string[]): Html {
  return html`<ul>
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}

function renderDsm(states: readonly DsmState[]): Html {
  if (states.length === 0) return html`<p class="soft">DSM's Web API is not used.</p>`;
  const tones = { ok: 'good', unused: 'still', failing: 'poor' } as const;
  const rows = states.map(
    ({ name, way, reason, health }) =>
      html`<li>
        <div>${renderMark(tones[health], health)}</div>
        <div class="what">${name === '' ? 'DSM' : name} <span class="soft">${reason}</span></div>
        <div class="end">${way}</div>
      </li>`,
  );
  return html`<ul class="rows">
    ${rows}
  </ul>`;
}

function renderCertificates({ certificates }: ConfigState, nowMs: number): Html {
  if (certificates.length === 0) return html`<p class="soft">None: plain HTTP is spoken here. A reverse proxy may have one.</p>`;
  const rows = certificates.map(({ name, cert }) => {
    const { subject, subjectAltName, validTo } = new X509Certificate(cert);
    const days = Math.floor((Date.parse(validTo) - nowMs) / dayMs);
    const mark = days < 0 ? renderMark('poor', 'expired') : renderMark(days < oddDays ? 'odd' : 'good', `${renderCount(days, 'day')} left`);
    const names = [subject?.replaceAll('\n', ', '), subjectAltName].filter((text) => text !== undefined && text !== '').join('; ');
    return html`<li>
      <div>${mark}</div>
      <div class="what">${name} <span class="soft">${names}</span></div>
      <div class="end">until ${renderDateAndTime(new Date(validTo).toISOString()).slice(0, 10)}</div>
    </li>`;
  });
  return html`<ul class="rows">
    ${rows}
  </ul>`;
}

function renderUptime(seconds: number): string {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3600), Math.floor((seconds % 3600) / 60)];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}
