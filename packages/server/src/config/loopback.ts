/** Whether only programs on this machine can reach an address to listen on. */
export function isLoopback(host: string): boolean {
  const name = bareHost(host).toLowerCase();
  return name === "localhost" || name === "::1" || isLoopbackIpv4(name);
}

/** An IPv6 address without the brackets that it has in URLs. */
export function bareHost(host: string): string {
  return /^\[.*\]$/.test(host) ? host.slice(1, -1) : host;
}

/** The host as it stands in URLs. */
export function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function isLoopbackIpv4(name: string): boolean {
  const parts = name.split(".");
  return (
    parts.length === 4 &&
    parts[0] === "127" &&
    parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
  );
}
