// The only script of the admin pages: shows output as it arrives, and updates without a flash. Everything works without it.
import { markName } from '../gate/automatic.ts';

/**
 * On the page of an active run, it listens to the run's events: it shows the lines that have changed, counts the time, and reloads
 * the page at the end, or when the connection is refused for good (an expired session). On other pages, it regularly fetches again
 * what is marked `data-news`. It shows the buttons that copy.
 * It marks the requests that it sends by itself, and removes the mark from the address bar: a reload by the reader counts as use.
 */
export const adminScript = `
const here = new URL(location.href);
if (here.searchParams.has('${markName}')) {
  here.searchParams.delete('${markName}');
  history.replaceState(null, '', here);
}
here.searchParams.set('${markName}', '1');
const load = () => location.replace(here);
const status = document.querySelector('[data-events]');
const clock = document.querySelector('[data-since]');
const news = document.querySelector('[data-news]');
if (clock) {
  const startMs = Date.now() - Number(clock.dataset.since);
  setInterval(() => {
    const seconds = Math.floor((Date.now() - startMs) / 1000);
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
    clock.textContent = h > 0 ? h + ' h ' + m + ' min' : m > 0 ? m + ' min ' + s + ' s' : s + ' s';
  }, 1000);
}
for (const button of document.querySelectorAll('[data-copy]')) {
  const words = button.textContent;
  const label = button.getAttribute('aria-label');
  button.hidden = false;
  button.addEventListener('click', async () => {
    const { copy, done } = button.dataset;
    try {
      await navigator.clipboard.writeText(copy);
    } catch {
      // Over plain HTTP there is no clipboard but that of the old way.
      const field = document.createElement('textarea');
      field.value = copy;
      button.after(field);
      field.select();
      const isDone = document.execCommand('copy');
      field.remove();
      if (!isDone) return;
    }
    button.textContent = done;
    button.removeAttribute('aria-label');
    setTimeout(() => {
      button.textContent = words;
      button.setAttribute('aria-label', label);
    }, 2000);
  });
}
if (status) {
  const { events: address, state } = status.dataset;
  const output = document.querySelector('samp');
  const events = new EventSource(address);
  events.addEventListener('lines', (event) => {
    const { dropped, from, lines } = JSON.parse(event.data);
    output.closest('section').hidden = false;
    for (let i = 0; i < dropped; i++) output.firstChild.remove();
    let place = output.children[from];
    for (const line of lines) {
      place ??= output.appendChild(document.createElement('span'));
      if (place.innerHTML !== line) place.innerHTML = line;
      place = place.nextElementSibling;
    }
    while (place) {
      const rest = place;
      place = place.nextElementSibling;
      rest.remove();
    }
  });
  events.addEventListener('state', (event) => {
    if (JSON.parse(event.data).state !== state) load();
  });
  events.addEventListener('end', () => {
    events.close();
    load();
  });
  events.addEventListener('error', () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(() => load(), 1000);
  });
}
if (news) {
  setInterval(async () => {
    if (document.hidden || news.contains(document.activeElement)) return;
    const answer = await fetch(here).catch(() => undefined);
    if (answer === undefined) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('[data-news]');
    if (fresh) news.innerHTML = fresh.innerHTML;
    else load();
  }, 5000);
}
`;
