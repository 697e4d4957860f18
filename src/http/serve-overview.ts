// Serves the overview: the page, and its icon and manifest. Pressing one of its buttons is a start like any other.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Icons } from '../icons/icons.ts';
import type { Admitted } from '../entry/gate.ts';
import type { Trigger } from '../entry/trigger.ts';
import type { FollowUps } from '../follow-ups/follow-ups.ts';
import type { OverviewCall } from './door.ts';
import { isForm, overviewPlaces } from './pages/home-parts.ts';
import { chooseLanguage } from '../languages/languages.ts';
import { renderManifest } from './pages/manifest.ts';
import { overviewHeaders, renderOverviewPage, type Listed } from './pages/overview-page.ts';
import { send } from './send.ts';
import { sendIcon, sendManifest } from './serve-home.ts';

export function createServeOverview({
  trigger,
  followUps,
  icons,
}: {
  readonly trigger: Pick<Trigger, 'ask' | 'last' | 'offerAgain'>;
  readonly followUps: Pick<FollowUps, 'ofTask'>;
  readonly icons: Icons;
}): (call: OverviewCall, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  const toNext = (admission: Admitted): Listed['next'] => {
    const following = followUps.ofTask(admission.task);
    return following === undefined
      ? undefined
      : { following, nonce: trigger.offerAgain(admission, following.run) };
  };
  return async ({ tasks, query }, request, reply) => {
    const language = chooseLanguage(request.raw);
    const parameters = new URLSearchParams(query);
    if (parameters.has('manifest'))
      return sendManifest(reply, renderManifest(language.overview.title, overviewPlaces));
    const form = [...parameters.keys()].find(isForm);
    if (form !== undefined) {
      const id = parameters.get('task');
      return await sendIcon(reply, icons, tasks.find(({ task }) => task === id)?.icon, form);
    }
    const listed = tasks.map((admission) => ({
      admission,
      last: trigger.last(admission.task),
      nonce: admission.asksFirst ? undefined : trigger.ask(admission),
      next: toNext(admission),
    }));
    const body = renderOverviewPage(listed, language);
    return send(reply, {
      status: 200,
      headers: { ...overviewHeaders, 'Content-Type': 'text/html; charset=utf-8' },
      body,
    });
  };
}
