import { runTool, ToolError } from '../tool.ts';
import { WINE_SERVER } from './wine.ts';

/**
 * A start takes 15 seconds, the making of code caches a minute. A wine that lacks a library starts programs again and
 * again, and never ends.
 */
export const WINE_LIMIT_MS = 300_000;

/**
 * Ends everything that runs in a directory of wine. It writes nothing into the directory after that.
 *
 * @param env - with `WINEPREFIX`
 */
export function endWine(env: Readonly<Record<string, string>>): void {
  try {
    runTool(WINE_SERVER, ['--kill'], { env, limitMs: WINE_LIMIT_MS });
  } catch (error) {
    // Nothing runs, which wineserver takes for a failure.
    if (!(error instanceof ToolError)) throw error;
  }
  runTool(WINE_SERVER, ['--wait'], { env, limitMs: WINE_LIMIT_MS });
}
