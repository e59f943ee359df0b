const PARTS = 4;

/**
 * Compares two versions of up to four dotted numbers, as the protocol does. A missing or malformed part
 * counts as 0.
 *
 * @returns negative when `a` is older than `b`, 0 when equal, positive when newer
 */
export function compareVersions(a: string, b: string): number {
  const left = parts(a);
  const right = parts(b);
  for (let i = 0; i < PARTS; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function parts(version: string): number[] {
  return version.split('.').map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : 0));
}
