import type { BuildSettings } from '../build/build-settings.ts';
import type { Publisher } from './publisher.ts';

/** What all packages of one build have in common. */
export interface Release extends BuildSettings {
  /** `small` takes ten times as long as `fast`, and is what users download. */
  readonly compression: 'fast' | 'small';
  readonly publisher: Publisher;
}

/** A package to make of an installed tree. */
export interface PackageRequest {
  /**
   * The directory with the tree to install, as it is installed: `bin/`, `VERSION`,
   * `LICENSE`, `NOTICE`, `README.md`, `RELEASENOTES.md`, `THIRD-PARTY`, `seelog.xml.template`, the
   * guides in `docs/`, on Linux also `lib/`, and its own `build.json`. Modes and times are set.
   */
  readonly tree: string;
  /** The file to write; its directory exists. */
  readonly output: string;
}

/** The link on PATH to the program on Linux and macOS (install guide). */
export const PROGRAM_LINK = '/usr/local/bin/session-manager-plugin';
