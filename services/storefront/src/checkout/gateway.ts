/** The gateway's address as one to go to: only a web address is followed, whatever the answer holds. */
export function gatewayAddress(address: string): string {
  const url = new URL(address, location.href);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new Error(`not a web address: ${url.protocol}`);
  return url.href;
}
