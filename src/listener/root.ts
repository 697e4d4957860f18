// References from one of our addresses to another: relative, so that they stay below the path at which a proxy shows us.

/** Deeper than any address of ours. */
const deepest = 8;

/** The way from an address to the root of all our addresses: `./`, `../` and so on. */
export function toRoot(url: string): string {
  const [path = ''] = url.split('?', 1);
  const depth = path.split('/', deepest + 3).length - 2;
  return path.startsWith('/') && depth <= deepest ? '../'.repeat(depth) || './' : '/';
}

/** The same for a path of ours. */
export function toRelative(path: string, url: string): string {
  return toRoot(url) + path.slice(1);
}
