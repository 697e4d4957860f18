// The manifest (Web Application Manifest, W3C): the name and icon that a home screen shows for an address.
import { iconSizes, type IconSize } from '../../icons/tile.ts';
import type { HomePlaces } from './home-parts.ts';

/**
 * A manifest. It asks for a bookmark (`display: "browser"`) and not for an app, because an app is restored as it was left and would not start
 * the task again; and because Chrome on Android has apps built by a Google server, and sends it the address with both keys.
 */
export function renderManifest(name: string, { start, icon }: HomePlaces): string {
  const toIcon = (form: IconSize, purpose: 'any' | 'maskable'): object => {
    const { sizePx } = iconSizes[form];
    return { src: icon(form), type: 'image/png', sizes: `${sizePx}x${sizePx}`, purpose };
  };
  return `${JSON.stringify({
    name,
    short_name: name,
    start_url: start,
    scope: start === '.' ? '../' : '../../',
    display: 'browser',
    background_color: '#eaf1fb',
    theme_color: '#f1f3f6',
    icons: [toIcon('icon-192', 'any'), toIcon('icon-512', 'any'), toIcon('icon-512-maskable', 'maskable')],
  })}\n`;
}
