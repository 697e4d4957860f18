// The options of both listeners: an address, and a certificate.
import { isIP } from 'node:net';
import * as z from 'zod';

/** An address to listen on. */
export const IpAddress = z
  .string()
  .refine(
    (text) => isIP(text) !== 0,
    'Give an IP address, such as "0.0.0.0" for all networks or "127.0.0.1" for this machine only',
  );

/** The files of a certificate and its key. */
export const TlsFiles = z.strictObject({
  cert: z
    .string()
    .min(1)
    .describe('The certificate with its chain, as a PEM file; a relative path counts from the config file.'),
  key: z.string().min(1).describe('Its private key, as a PEM file.'),
});
export type TlsFiles = z.infer<typeof TlsFiles>;

/** Certificate and key in PEM. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}
