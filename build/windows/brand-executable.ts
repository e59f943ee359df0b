import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Data, NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { BuildError } from '../runtime/build-error.mjs';

/** The texts in the properties of an executable. */
export interface Branding {
  /** Four dotted numbers, each at most 65535. */
  readonly version: string;
  /** The name of the file as it is installed, such as `session-manager-plugin.exe`. */
  readonly fileName: string;
  /** The line of the NOTICE file that names the owner of the product. */
  readonly copyright: string;
}

export const PRODUCT_NAME = 'Session Manager Plugin';
export const PUBLISHER = 'session-manager-plugin authors';
/** The icon of the program and its setup, in 16, 32, 48 and 64 pixels: a shell's prompt on a dark square. */
export const ICON_FILE = join(import.meta.dirname, 'icon.ico');
const FILE_DESCRIPTION = 'Session Manager plugin for the AWS CLI';

/** Resource types (Win32, "Resource Types"). */
const ICON = 3;
const GROUP_ICON = 14;
const VERSION_INFO = 16;
/** Windows shows the icon group with the lowest number. */
const ICON_GROUP = 1;

/** US English in UTF-16, which is what the strings are. */
const LANGUAGE = { lang: 0x0409, codepage: 1200 };
/** VOS_NT_WINDOWS32 and VFT_APP (Win32, VS_FIXEDFILEINFO). */
const FILE_OS = 0x0004_0004;
const FILE_TYPE_APPLICATION = 1;

/**
 * Gives a Windows executable the product's version resource and icon instead of those it has, and takes
 * its Authenticode signature away, which would no longer match. Everything else stays, so that the
 * result depends on nothing but what is given.
 *
 * @param bytes - a PE file
 * @throws BuildError when it is none, or the version is not four numbers of 16 bits
 */
export function brandExecutable(bytes: Buffer, branding: Branding): Buffer {
  const numbers = versionNumbers(branding.version);
  const executable = NtExecutable.from(bytes, { ignoreCert: true });
  const resources = NtExecutableResource.from(executable);
  resources.entries = resources.entries.filter(
    ({ type }) => type !== ICON && type !== GROUP_ICON && type !== VERSION_INFO,
  );
  Resource.IconGroupEntry.replaceIconsForResource(
    resources.entries,
    ICON_GROUP,
    LANGUAGE.lang,
    Data.IconFile.from(readFileSync(ICON_FILE)).icons.map(({ data }) => data),
  );
  versionInfo(numbers, branding).outputToResourceEntries(resources.entries);
  resources.outputResource(executable);
  return Buffer.from(executable.generate());
}

type VersionNumbers = readonly [number, number, number, number];

function versionNumbers(version: string): VersionNumbers {
  const [major, minor, micro, revision, ...rest] = version.split('.').map(Number);
  const numbers = [major ?? -1, minor ?? -1, micro ?? -1, revision ?? -1] as const;
  const fit = numbers.every(
    (number) => Number.isInteger(number) && number >= 0 && number <= 0xffff,
  );
  if (rest.length > 0 || !fit) {
    throw new BuildError(`The version is not four numbers of at most 65535: ${version}`);
  }
  return numbers;
}

function versionInfo(numbers: VersionNumbers, branding: Branding): Resource.VersionInfo {
  const [major, minor, micro, revision] = numbers;
  const high = ((major << 16) | minor) >>> 0;
  const low = ((micro << 16) | revision) >>> 0;
  return Resource.VersionInfo.create(
    LANGUAGE.lang,
    {
      fileVersionMS: high,
      fileVersionLS: low,
      productVersionMS: high,
      productVersionLS: low,
      fileOS: FILE_OS,
      fileType: FILE_TYPE_APPLICATION,
    },
    [
      {
        ...LANGUAGE,
        values: {
          CompanyName: PUBLISHER,
          FileDescription: FILE_DESCRIPTION,
          FileVersion: branding.version,
          InternalName: branding.fileName.replace(/\.exe$/i, ''),
          LegalCopyright: branding.copyright,
          OriginalFilename: branding.fileName,
          ProductName: PRODUCT_NAME,
          ProductVersion: branding.version,
        },
      },
    ],
  );
}
