/** `db:5432`, `[fd00::5]:5432`. */
export function endpointText(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
