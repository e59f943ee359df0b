import { readDebianManifest } from '../../build/materials.ts';
import { pinFor, readPins } from '../../build/runtime/pins.mjs';
import { npmSource, type PinSource } from '../../build/runtime/update/npm-source.mjs';
import { vendorSource } from '../../build/runtime/update/vendor-source.mjs';
import { distLocation } from '../../build/runtime/vendor/dist-location.mjs';
import { LINUX_X86, nativeTarget, type TargetName } from '../../build/targets.ts';
import type { ShippedRuntime } from './assess-runtimes.ts';

/** The pinned runtimes of targets. */
export function pinnedRuntimes(names: readonly TargetName[]): readonly ShippedRuntime[] {
  return names.flatMap((target) => {
    const binary = nativeTarget(target);
    if (binary === undefined) return [];
    const { version, published } = pinFor(binary.runtime);
    return [{ target, version, published }];
  });
}

/** The runtime of Linux x86, which is known when its program has been made. */
export function debianRuntime(names: readonly TargetName[]): readonly ShippedRuntime[] {
  const version = names.includes(LINUX_X86) ? readDebianManifest(LINUX_X86).nodeVersion : undefined;
  return version === undefined ? [] : [{ target: LINUX_X86, version, published: undefined }];
}

/** Where other versions of the pinned runtimes are: npm and, if the environment names a place, the vendor. */
export function runtimeSources(): readonly PinSource[] {
  const location = distLocation();
  const npm = npmSource(readPins());
  return location === undefined ? [npm] : [npm, vendorSource(location)];
}
