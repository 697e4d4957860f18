// axe-core in a real browser: what people who do not see or tap like others would stumble over.
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** All rules of WCAG 2.2 up to AA, and what axe calls good practice. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/**
 * What axe-core finds wrong with a page, as lines for people; empty for nothing. The page's context needs
 * `bypassCSP: true`, since our pages allow no scripts, and JavaScript, without whose timers axe never ends.
 */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly: tags, resultTypes: ['violations', 'incomplete'] });
  const { violations, incomplete } = await page.evaluate<{
    violations: Violation[];
    incomplete: Violation[];
  }>(`axe.run(document, ${options}).then(({ violations, incomplete }) => ({ violations, incomplete }))`);
  return [...violations, ...incomplete].flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) =>
        `${id}: ${help} (${target.join(' ')}) ${failureSummary.replaceAll(/\s+/g, ' ')}`,
    ),
  );
}
