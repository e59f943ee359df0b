import { makeMakensis, MAKENSIS as MADE_MAKENSIS } from '../../build/windows/makensis.ts';
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
export const MAKENSIS: Tool & Condition = {
  ...MADE_MAKENSIS,
  obstacle: await obstacleTo(makeMakensis),
};
