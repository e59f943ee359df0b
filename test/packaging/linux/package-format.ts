import type { TestContext } from 'node:test';
import type { Tool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import type { PackageRequest, Release } from '../../../packaging/release.ts';
import type { CommandResult, SystemRoot } from '../support/system-root.ts';

/** A format of packages for Linux, as far as one specification needs to know it to speak of all. */
export interface PackageFormat {
  /** The ending of its files. */
  readonly name: 'deb' | 'rpm';
  /** What it takes to make a package. */
  readonly makingTools: readonly Tool[];
  /** What it takes to install one into a system of its own. */
  readonly installingTools: readonly Tool[];
  readonly published: readonly PublishedPackage[];
  readonly official: OfficialPackage;
  /** Makes our package of a tree. @param architecture - of the systems that are to take it */
  build(release: Release, request: PackageRequest, architecture: DebArchitecture): void;
  /** Installs, upgrades or downgrades to a package in this system; fails unless it succeeds. */
  install(root: SystemRoot, file: string): CommandResult;
  /** Installs the package that is installed once more. */
  reinstall(root: SystemRoot, file: string): CommandResult;
  /** Removes the package, but not the configuration that dpkg keeps. */
  remove(root: SystemRoot): CommandResult;
  /** Removes the package, or what is left of a removed one; rpm leaves nothing it knows of. */
  purge(root: SystemRoot): void;
  /** `1.3.0.0-1` when that alone is installed and in order; empty when nothing is known of any. */
  installed(root: SystemRoot): string;
  /** The files of the package, one a line. */
  files(root: SystemRoot): string;
  /** What differs from the package in files that are installed: nothing, when it is in order. */
  verify(root: SystemRoot): string;
  /** The messages of the scripts on stderr, without those of the package manager itself. */
  problems(result: CommandResult): string;
}

/** A package that users download. */
export interface PublishedPackage {
  /** The system that takes it. */
  readonly architecture: DebArchitecture;
  /** Below `plugin/latest/`. */
  readonly file: string;
}

/** A package with the files, configuration files and scripts of AWS's own. */
export interface OfficialPackage {
  /** The configuration of its services: of Upstart, and of systemd. */
  readonly services: readonly [string, string];
  /** Directories that stay when it goes, where it has made them: it does not own them. */
  readonly leaves: readonly string[];
  /** What is added to the name of a configuration file that the user has changed. */
  readonly keptAs: string;
  /** @returns the file */
  build(t: TestContext, version: string, architecture?: DebArchitecture): string;
}
