// The addresses below the address of a task: everything that its icon on a home screen needs.
import { iconSizes, type IconSize } from '../../icons/tile.ts';

/** The page with instructions, the manifest, and the icon in its sizes. */
export type HomePart = 'page' | 'manifest' | IconSize;

const icons = new Map(
  Object.keys(iconSizes)
    .filter(isForm)
    .map((form) => [`${form}.png`, form]),
);

/** The part with this name, as it follows the address of a task. */
export function toHomePart(name: string): HomePart | undefined {
  if (name === 'home') return 'page';
  return name === 'manifest.webmanifest' ? 'manifest' : icons.get(name);
}

export function isForm(name: string): name is IconSize {
  return Object.hasOwn(iconSizes, name);
}

/** The addresses of the parts: below the address of a task, or in the query of the overview's address. */
export interface HomePlaces {
  /** The address that the icon opens. All of them are relative. */
  readonly start: string;
  readonly manifest: string;
  readonly icon: (form: IconSize) => string;
}

/** The parts of the task at a path, as seen from that path. */
export function toTaskPlaces(path: string): HomePlaces {
  const task = path.slice(path.lastIndexOf('/') + 1);
  return { start: task, manifest: `${task}/manifest.webmanifest`, icon: (form) => `${task}/${form}.png` };
}

/** The same, as seen from one of the parts. */
export function toPlacesBelow(path: string): HomePlaces {
  const { start, manifest, icon } = toTaskPlaces(path);
  return { start: `../${start}`, manifest: `../${manifest}`, icon: (form) => `../${icon(form)}` };
}

/** The parts of the overview, relative to the overview and to its manifest. */
export const overviewPlaces: HomePlaces = { start: '.', manifest: '?manifest', icon: (form) => `?${form}` };
