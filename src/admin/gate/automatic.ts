// Requests that a page makes by itself. They do not count as use, so that a tab left open does not keep its session alive.

/** The parameter with which the pages mark such requests, and the complete mark. */
export const markName = 'auto';
export const automaticMark = `${markName}=1`;

/** Whether an address is that of a run's events. */
export function isEvents(url: string): boolean {
  return /^\/runs\/[^/?]+\/events(?:\?|$)/.test(url);
}

/** Whether an address is that of a task's picture. */
function isPicture(url: string): boolean {
  return /^\/tasks\/[^/?]+\/icon\.png(?:\?|$)/.test(url);
}

/** Whether a page requests an address by itself: it has the mark, or is that of events or of a picture. */
export function isAutomatic(url: string): boolean {
  const [, query = ''] = url.split('?');
  return isEvents(url) || isPicture(url) || query.split('&').includes(automaticMark);
}

/** The same address without the mark. */
export function withoutMark(url: string): string {
  const [path = '', query = ''] = url.split('?');
  const rest = query.split('&').filter((part) => part !== '' && part !== automaticMark);
  return rest.length === 0 ? path : `${path}?${rest.join('&')}`;
}
