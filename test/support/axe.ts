// axe-core in a real browser: what people who do not see or tap like others would stumble over.
import fs from 'node:fs';
import type { Page } from 'playwright-core';

/** The short form: half of what each page costs is reading it. */
const source = fs.readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** All rules of WCAG 2.2 up to AA, and what axe calls good practice. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Those of them that colours decide. */
const colourRules = ['color-contrast', 'link-in-text-block'];

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/**
 * What axe-core finds wrong with a page in light and in dark, as lines for people; empty for nothing. The page's context needs
 * `bypassCSP: true`, since our pages allow no scripts, and JavaScript, without whose timers axe never ends. Colours are the
 * dear part: a page that has been looked at in another language needs no second look at them.
 */
export async function findBarriers(page: Page, { withColours = true } = {}): Promise<string[]> {
  await page.evaluate(source);
  const run = async (options: object): Promise<string[]> => {
    const all = JSON.stringify({ ...options, resultTypes: ['violations', 'incomplete'] });
    const { violations, incomplete } = await page.evaluate<{
      violations: Violation[];
      incomplete: Violation[];
    }>(`axe.run(document, ${all}).then(({ violations, incomplete }) => ({ violations, incomplete }))`);
    return [...violations, ...incomplete].flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) =>
          `${id}: ${help} (${target.join(' ')}) ${failureSummary.replaceAll(/\s+/g, ' ')}`,
      ),
    );
  };
  const none = Object.fromEntries(colourRules.map((rule) => [rule, { enabled: false }]));
  if (!withColours) return await run({ runOnly: tags, rules: none });
  await page.emulateMedia({ colorScheme: 'light' });
  const inLight = await run({ runOnly: tags });
  await page.emulateMedia({ colorScheme: 'dark' });
  return [...inLight, ...(await run({ runOnly: colourRules })).map((barrier) => `in dark: ${barrier}`)];
}
