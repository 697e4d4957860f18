// Addresses that only this machine can call.

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
