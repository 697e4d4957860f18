// Warns of secrets from the environment or a file that contain characters which are probably unintended. Only warnings: a password may be anything.
import { loadSecret, type SecretPlace } from './load-secret.ts';
import type { Finding } from './finding.ts';
import type { ReferredSecret } from './list-files.ts';

/** Warnings about secrets; they never quote a secret. */
export function findOddSecrets(secrets: readonly ReferredSecret[], place: SecretPlace): Finding[] {
  return secrets.flatMap(({ path, secret, isKey }): Finding[] => {
    const found = loadSecret(secret, '', place);
    const oddity = 'text' in found ? findOddity(found.text, isKey) : undefined;
    if (oddity === undefined) return [];
    const source = 'env' in secret ? 'environment variable' : 'file';
    return [{ path, message: `Look at this ${source}: ${oddity}, and that counts as part of the secret` }];
  });
}

/** Spaces, control characters, invisible ones and typographic quotes in keys are checked with the other rules for keys (`key-rules.ts`). */
function findOddity(text: string, isKey: boolean): string | undefined {
  if (/^(["'`]).*\1$/su.test(text)) return 'its text stands in quotes';
  if (/^(?:export )?[A-Z_][A-Z\d_]*=/.test(text))
    return 'it begins with a name and "=", as a line of an env file does';
  if (/\\[nr]$/.test(text)) return 'it ends with a backslash and a letter where a line break was meant';
  if (/^\$\{?[A-Za-z_]\w*\}?$|^\$\(.*\)$/s.test(text)) return 'it is the name of a variable, not its value';
  if (/&(?:amp|quot|lt|gt|#\d+);/.test(text)) return 'it holds a sign as a web page writes it, such as &amp;';
  if (isKey) return undefined;
  if (/^[\u2018-\u201f\u00ab].*[\u2018-\u201f\u00bb]$/su.test(text)) return 'its text stands in quotes';
  if (/[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/.test(text))
    return 'it holds an invisible character';
  if (/[\r\n]/.test(text))
    return /^[^\r\n]*[\r\n]+$/.test(text) ? 'it ends with a line break' : 'it has several lines';
  if (/\p{Cc}/u.test(text)) return 'it holds a control character';
  if (text !== text.trim()) return 'it begins or ends with a space';
  return undefined;
}
