import { aquaRegistry } from './aqua.ts';
import { homebrewCask } from './homebrew/cask.ts';
import { homebrewFormula } from './homebrew/formula.ts';
import { miseConfiguration } from './mise.ts';
import type { Manifest, ReleaseTable } from './release-table.ts';
import { scoopManifest } from './scoop.ts';
import { wingetManifests } from './winget/winget.ts';

/** All manifests for which a release has the downloads. */
export function allManifests(table: ReleaseTable): readonly Manifest[] {
  return [
    homebrewCask,
    homebrewFormula,
    scoopManifest,
    wingetManifests,
    aquaRegistry,
    miseConfiguration,
  ].flatMap((make) => make(table));
}
