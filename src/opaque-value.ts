// Values that only DSM understands: its sessions and its tokens against forged requests.

/** The form that is allowed in a cookie, a header and a query. */
const opaque = /^[\w.~+/=!*-]{1,256}$/;

/** Whether a text may be passed to DSM as a session id or as a SynoToken. */
export function isOpaqueValue(text: string): boolean {
  return opaque.test(text);
}
