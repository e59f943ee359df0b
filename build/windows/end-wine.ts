import { rmSync } from 'node:fs';
import { runAndClose } from '../binary/run-and-close.ts';
import { runTool, ToolError, type Tool } from '../tool.ts';
import { WINE_SERVER } from './wine.ts';

/**
 * A start takes 15 seconds, the making of code caches a minute. A wine that lacks a library starts programs again and
 * again, and never ends.
 */
export const WINE_LIMIT_MS = 300_000;

/**
 * Removes a directory with a directory of wine, after everything that runs in that has ended.
 *
 * @param env - with `WINEPREFIX`
 * @throws ToolError when it does not end. The directory is removed nevertheless
 */
export function removeWine(
  directory: string,
  env: Readonly<Record<string, string>>,
  server: Tool = WINE_SERVER,
): void {
  runAndClose(
    () => endWine(env, server),
    () => rmSync(directory, { recursive: true, force: true }),
  );
}

/** It writes nothing into the directory after that. */
function endWine(env: Readonly<Record<string, string>>, server: Tool): void {
  try {
    runTool(server, ['--kill'], { env, limitMs: WINE_LIMIT_MS });
  } catch (error) {
    // Nothing runs, which wineserver takes for a failure.
    if (!(error instanceof ToolError)) throw error;
  }
  runTool(server, ['--wait'], { env, limitMs: WINE_LIMIT_MS });
}
