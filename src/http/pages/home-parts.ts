// What there is below the address of a task besides the task: all that its icon on a home screen needs.
import { forms, type Form } from '../../icons/tile.ts';

/** A page that says how, the manifest, and the icon in its forms. */
export type HomePart = 'page' | 'manifest' | Form;

const icons = new Map(
  Object.keys(forms)
    .filter(isForm)
    .map((form) => [`${form}.png`, form]),
);

/** The part of a name, as it stands behind the address of a task. */
export function toHomePart(name: string): HomePart | undefined {
  if (name === 'home') return 'page';
  return name === 'manifest.webmanifest' ? 'manifest' : icons.get(name);
}

export function isForm(name: string): name is Form {
  return Object.hasOwn(forms, name);
}

/** Where the parts are: below the address of a task, or behind the question mark of the overview's. */
export interface HomePlaces {
  /** What the icon opens. */
  readonly start: string;
  readonly manifest: string;
  readonly icon: (form: Form) => string;
}

/** The parts of the task at a path. */
export function toTaskPlaces(path: string): HomePlaces {
  return { start: path, manifest: `${path}/manifest.webmanifest`, icon: (form) => `${path}/${form}.png` };
}

/** The parts of the overview, as it and its manifest name them. */
export const overviewPlaces: HomePlaces = { start: '.', manifest: '?manifest', icon: (form) => `?${form}` };
