// Warns of secrets from the environment or a file that contain characters which are probably unintended. Only warnings: a password may be anything.
import { loadSecret, type SecretPlace } from './load-secret.ts';
import type { Finding } from './finding.ts';
import type { PlacedSecret } from './list-files.ts';

/** Warnings about secrets; they never quote a secret. */
export function findOddSecrets(secrets: readonly PlacedSecret[], place: SecretPlace): Finding[] {
  return secrets.flatMap(({ path, secret, isKey }): Finding[] => {
    if (typeof secret === 'string') return [];
    const found = loadSecret(secret, '', place);
    const oddity = 'text' in found ? findOddity(found.text, isKey) : undefined;
    if (oddity === undefined) return [];
    const source = 'env' in secret ? 'environment variable' : 'file';
    return [{ path, message: `Look at this ${source}: ${oddity}, and that counts as part of the secret` }];
  });
}

/** Spaces and control characters in keys are checked with the other rules for keys (`key-rules.ts`). */
function findOddity(text: string, isKey: boolean): string | undefined {
  if (/^(["'`]).*\1$/su.test(text) || /^[\u2018-\u201f\u00ab].*[\u2018-\u201f\u00bb]$/su.test(text))
    return 'its text stands in quotes';
  if (/[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/.test(text))
    return 'it holds an invisible character';
  if (isKey) return undefined;
  if (/[\r\n]/.test(text))
    return /^[^\r\n]*[\r\n]+$/.test(text) ? 'it ends with a line break' : 'it has several lines';
  if (/\p{Cc}/u.test(text)) return 'it holds a control character';
  if (text !== text.trim()) return 'it begins or ends with a space';
  return undefined;
}
