// News of runs, passed on to every subscriber: one that fails keeps it from none of the others.
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import type { RunNews } from '../runs/lifecycle.ts';

export interface NewsBoard {
  publish(news: RunNews): void;
  subscribe(hear: (news: RunNews) => void): void;
}

/** Creates a board without subscribers. */
export function createNewsBoard(logger: Logger): NewsBoard {
  const subscribers: ((news: RunNews) => void)[] = [];
  return {
    publish(news) {
      for (const hear of subscribers) {
        try {
          hear(news);
        } catch (error) {
          logBug(logger, error, 'News of a run did not arrive', { run: news.view.run });
        }
      }
    },
    subscribe: (hear) => void subscribers.push(hear),
  };
}
