import type { BundledPackage } from '../build/bundle/bundled-packages.ts';

/** What a program contains that others have written. */
export interface ThirdParties {
  /** The packages in the bundle. */
  readonly bundled: readonly BundledPackage[];
  /** Undefined for a program without one, and for Debian's. */
  readonly runtime?: RuntimeLicence | undefined;
  /** What comes from Debian; undefined for nothing. */
  readonly debian?: DebianLicences | undefined;
}

/** A runtime that comes with its own licence text, which includes those of its parts. */
export interface RuntimeLicence {
  readonly version: string;
  readonly licenceText: string;
}

/** Packages of Debian, and the texts of licences that their copyright texts only name. */
interface DebianLicences {
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly copyright: string;
  }[];
  readonly commonLicences: Readonly<Record<string, string>>;
}

const SEPARATOR = `\n${'-'.repeat(80)}\n\n`;

/**
 * The licences of everything in a program that others have written, which most of them ask to be
 * distributed with it. A text that several parts share appears once.
 */
export function thirdPartyText({ bundled, runtime, debian }: ThirdParties): string {
  const namesByText = new Map<string, string[]>();
  const add = (name: string, text: string): void => {
    namesByText.set(text, [...(namesByText.get(text) ?? []), name]);
  };
  for (const { name, version, licence, licenceText } of bundled) {
    add(`${name} ${version}`, licenceText === '' ? `Licence (SPDX): ${licence}` : licenceText);
  }
  if (runtime !== undefined) add(`Node.js ${runtime.version}`, runtime.licenceText.trim());
  for (const { name, version, copyright } of debian?.packages ?? []) {
    add(`${name} ${version} (Debian)`, copyright.trim());
  }
  for (const [name, text] of Object.entries(debian?.commonLicences ?? {})) add(name, text.trim());
  return textOf(namesByText);
}

function textOf(namesByText: ReadonlyMap<string, readonly string[]>): string {
  return [...namesByText]
    .map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
    .join(SEPARATOR);
}
