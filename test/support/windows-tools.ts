import {
  commandOf,
  fileIn,
  makePrivateRoot,
  privateRoot,
} from '../../build/debian/private-root.ts';
import { HERE } from '../../build/runtime/runtime.mjs';
import {
  MAKENSIS_CONTENT,
  MAKENSIS_FILE,
  requireSafeMakensis,
} from '../../build/windows/makensis.ts';
import { makeWine, WINE as MADE_WINE, WINE_SERVER } from '../../build/windows/wine.ts';
import { UnavailableError, type Tool } from '../../build/tool.ts';
import { firstLine, type Condition } from './require-tools.ts';

// Tools that are made here and not installed. They are made when a test file imports this.

/** Makes tools; returns what keeps them from being made. */
async function obstacleTo(make: () => Promise<void>): Promise<string | undefined> {
  try {
    await make();
    return undefined;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return firstLine(error.message);
  }
}

const wineObstacle = await obstacleTo(makeWine);

export const WINE: Tool & Condition = { ...MADE_WINE, obstacle: wineObstacle };
export const WINESERVER: Tool & Condition = { ...WINE_SERVER, obstacle: wineObstacle };

/** Of the same packages as that of the build, and made once: what tests make with it is not shipped. */
const ROOT_OF_MAKENSIS = privateRoot(MAKENSIS_FILE, MAKENSIS_CONTENT);
const MADE_MAKENSIS: Tool =
  HERE === 'linux-x64'
    ? commandOf(ROOT_OF_MAKENSIS, 'makensis', 'nsis')
    : { program: 'makensis', debianPackage: 'nsis' };

export const MAKENSIS: Tool & Condition = {
  ...MADE_MAKENSIS,
  obstacle: await obstacleTo(async () => {
    if (HERE === 'linux-x64') await makePrivateRoot(ROOT_OF_MAKENSIS);
    requireSafeMakensis(MADE_MAKENSIS);
  }),
};

/** A small executable for Windows, which setups begin with. */
export const SETUP_STUB = fileIn(ROOT_OF_MAKENSIS, 'usr/share/nsis/Stubs/zlib-amd64-unicode');
