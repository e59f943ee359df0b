import { readKnownReleases } from '../../build/runtime/releases/known-releases.mjs';
import { runtimeOrigin, type RuntimeOrigin } from '../../build/runtime/runtime.mjs';
import { nativeTarget, type TargetName } from '../../build/targets.ts';
import type { AcceptedRuntimes } from './accepted-runtimes.ts';
import { missedReleases, type MissedRelease, type ShippedRuntime } from './assess-runtimes.ts';
import { debianRuntime, pinnedRuntimes } from './shipped-runtimes.ts';

/** The published file with the Node.js of each target. */
export const RUNTIME_RECORD = 'runtimes.json';

/** The Node.js in the program of a target, as the record has it. */
interface RecordedRuntime {
  readonly version: string;
  readonly published?: string | undefined;
  readonly origin: RuntimeOrigin | { readonly kind: 'debian' };
  /** The newest security release without which it is released. */
  readonly lacks?: string | undefined;
  /** Whether the person who made the release has accepted that. */
  readonly accepted?: boolean | undefined;
}

/**
 * The text of a {@link RUNTIME_RECORD}: version, day and origin of the Node.js in each program, and which security
 * release it was released without.
 *
 * @param names - the targets of the release; their programs exist
 */
export function readRuntimeRecord(
  names: readonly TargetName[],
  accepted: AcceptedRuntimes,
): string {
  const shipped = [...pinnedRuntimes(names), ...debianRuntime(names)];
  return runtimeRecord(
    shipped,
    missedReleases(shipped, readKnownReleases()),
    accepted,
    (target) => {
      const binary = nativeTarget(target);
      return binary === undefined ? { kind: 'debian' } : runtimeOrigin(binary.runtime);
    },
  );
}

/** The same, of given facts. */
export function runtimeRecord(
  shipped: readonly ShippedRuntime[],
  missed: readonly MissedRelease[],
  accepted: AcceptedRuntimes,
  originOf: (target: TargetName) => RecordedRuntime['origin'],
): string {
  const record = shipped.map(({ target, version, published }): [TargetName, RecordedRuntime] => {
    const lacks = missed.find((each) => each.target === target)?.missed;
    const isAccepted = lacks === undefined ? undefined : accepted[target] === version;
    return [target, { version, published, origin: originOf(target), lacks, accepted: isAccepted }];
  });
  return `${JSON.stringify(Object.fromEntries(record), undefined, 2)}\n`;
}
