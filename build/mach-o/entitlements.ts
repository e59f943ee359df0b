/**
 * What the hardened runtime has to allow, or V8 cannot run code that it has just compiled. These are
 * two of the six entitlements of the Node.js project's own binaries. The others stay out: they let a
 * caller's DYLD variables load foreign libraries (allow-dyld-environment-variables,
 * disable-library-validation), a debugger attach (get-task-allow), or existing code be changed
 * (disable-executable-page-protection).
 */
export const JIT_ENTITLEMENTS: readonly string[] = [
  'com.apple.security.cs.allow-jit',
  'com.apple.security.cs.allow-unsigned-executable-memory',
];

/** Entitlements that are all true, as a property list: what `codesign` and `rcodesign` read. */
export function entitlementsText(names: readonly string[]): string {
  const entries = names.toSorted().map((name) => `\t<key>${name}</key>\n\t<true/>\n`);
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
    `<plist version="1.0">\n<dict>\n${entries.join('')}</dict>\n</plist>\n`
  );
}
