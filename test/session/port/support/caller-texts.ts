import type { LocalEnd } from '../../../../src/session/ending.ts';

/** What callers read of the ends of a session that could not listen. */
export function callerTexts({ ends }: { readonly ends: readonly LocalEnd[] }): readonly string[] {
  return ends.map((end) =>
    end.kind === 'cannot-start' ? (end.failure.callerText ?? '') : end.kind,
  );
}
