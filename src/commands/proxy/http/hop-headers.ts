/** Headers for the next hop alone (RFC 9110, section 7.6.1), and those that the proxy sets itself. */
const HOP_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The headers that are passed on, as names and values in turn.
 *
 * @param raw - names and values in turn, as they were received
 * @param own - further names, in lower case, that are not passed on
 */
export function endToEndHeaders(
  raw: readonly string[],
  own: readonly string[] = [],
): readonly string[] {
  const pairs = pairsOf(raw);
  const named = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((one) => one.trim().toLowerCase()));
  const isDropped = (name: string): boolean =>
    HOP_HEADERS.has(name) || own.includes(name) || (named.includes(name) && name !== LENGTH);
  return pairs.filter(([name]) => !isDropped(name.toLowerCase())).flat();
}

/**
 * The values of a header.
 *
 * @param raw - names and values in turn, as they were received
 * @param wanted - in lower case
 */
export function headerValues(raw: readonly string[], wanted: string): readonly string[] {
  return pairsOf(raw)
    .filter(([name]) => name.toLowerCase() === wanted)
    .map(([, value]) => value);
}

function pairsOf(raw: readonly string[]): readonly (readonly [string, string])[] {
  return raw.flatMap((name, at): readonly (readonly [string, string])[] =>
    at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : [],
  );
}

/** Without it the body would have another end. */
const LENGTH = 'content-length';
