// Serves the buttons of what follows a run: to start it now, never, or at another time.
import type { FastifyReply } from 'fastify';
import type { Flood } from '../attempts/flood.ts';
import type { Recorder } from '../attempts/recorder.ts';
import type { Trigger } from '../entry/trigger.ts';
import type { FollowUps } from '../follow-ups/follow-ups.ts';
import { toNetwork } from '../listener/address.ts';
import type { RunFeed } from '../runs/run-view.ts';
import { readChosenTime } from './chosen-time.ts';
import { toQueryReply, toSpentReply, toThenReply } from './run-replies.ts';
import { send } from './send.ts';
import type { ServeRun } from './serve-run.ts';
import { toWanted } from './wanted.ts';

export interface ServeThenOptions {
  readonly trigger: Pick<Trigger, 'admitAgain'>;
  readonly followUps: Pick<FollowUps, 'choose' | 'leave' | 'startNow' | 'thenOf' | 'ofRun'>;
  readonly flood: Pick<Flood, 'count'>;
  readonly recorder: Pick<Recorder, 'attempted'>;
}

export function createServeThen({ trigger, followUps, flood, recorder }: ServeThenOptions): ServeRun {
  return async ({ feed, address, query }, { request, reply }) => {
    const view = feed.view();
    const { run } = view;
    const wanted = toWanted(request.raw, query);
    const parameters = new URLSearchParams(query);
    const nonce = parameters.get('nonce') ?? '';
    const admission = trigger.admitAgain({ nonce, run, address });
    if (admission === undefined) {
      flood.count({ address, network: toNetwork(address), why: 'again' });
      return send(reply, toSpentReply(view, wanted.format));
    }
    const by = { address, label: admission.label };
    const { chosenMs, fault } = readChosenTime(query, followUps.thenOf(view.task));
    if (fault !== undefined) return send(reply, toQueryReply(view, fault, wanted.format, 'not changed'));
    const answer = (isDone: boolean, started?: RunFeed): FastifyReply => {
      const parts = { isDone, started: started?.view(), following: followUps.ofRun(run), nonce };
      return send(reply, toThenReply(view, parts, wanted.format));
    };
    if (chosenMs !== undefined) return answer(await followUps.choose(run, chosenMs, by));
    if (parameters.get('do') === 'leave') return answer(await followUps.leave(run, by));
    const next = parameters.get('do') === 'now' ? followUps.ofRun(run) : undefined;
    const result = next === undefined ? undefined : await followUps.startNow(run, by);
    if (next === undefined || result === undefined) return answer(false);
    recorder.attempted(result, { intent: 'then', task: next.task, name: next.name, ...by });
    const isStarted = 'run' in result && result.kind !== 'busy' && result.kind !== 'full';
    return answer(isStarted, isStarted ? result.run : undefined);
  };
}
