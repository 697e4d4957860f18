// The manifest (Web Application Manifest, W3C): by which name and icon a home screen shows an address.
import { forms, type Form } from '../../icons/tile.ts';
import type { HomePlaces } from './home-parts.ts';

/**
 * A manifest. It asks for a bookmark (`display: "browser"`) and not for an app, since an app is brought back as it was left and would not start
 * the task again; and since Chrome on Android has apps built by a server of Google's, which it tells the address with both keys.
 */
export function renderManifest(name: string, { start, icon }: HomePlaces): string {
  const toIcon = (form: Form, purpose: 'any' | 'maskable'): object => {
    const { sizePx } = forms[form];
    return { src: icon(form), type: 'image/png', sizes: `${sizePx}x${sizePx}`, purpose };
  };
  return `${JSON.stringify({
    name,
    short_name: name,
    start_url: start,
    scope: '/',
    display: 'browser',
    background_color: '#eaf1fb',
    theme_color: '#f1f3f6',
    icons: [toIcon('icon-192', 'any'), toIcon('icon-512', 'any'), toIcon('icon-512-maskable', 'maskable')],
  })}\n`;
}
