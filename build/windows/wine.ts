import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APT_GET, KEYRING_FILE } from '../debian/private-apt.ts';
import {
  commandOf,
  makePrivateRoot,
  privateRoot,
  runInRoot,
  UNSHARE,
} from '../debian/private-root.ts';
import { DPKG_DEB } from '../debian/unpack-packages.ts';
import { HERE } from '../runtime/runtime.mjs';
import { requireTools, runTool, ToolError, UnavailableError, type Tool } from '../tool.ts';

/**
 * Wine 10 of Debian 13. Wine 8 of Debian 12 cannot run Node.js 23 and later: V8 aborts at the start.
 */
const ROOT_OF_WINE = privateRoot('build/windows/wine.ts', {
  packages: {
    name: 'wine',
    suite: 'trixie',
    architecture: 'amd64',
    withDependencies: [],
    // Not all that libwine depends on: most of it is for sound, video, cameras and printers.
    alone: [
      ...['wine64', 'libwine', 'libz-mingw-w64'],
      // libc-bin brings the character set UTF-8.
      ...['libc6', 'libc-bin', 'libgcc-s1', 'libunwind8', 'liblzma5'],
      // Debian's wineserver is a script, which ends the server with the last program.
      'dash',
      // What draws windows, and what draws texts. With one of these last missing, nothing starts at all.
      ...['libx11-6', 'libx11-data', 'libxext6', 'libxcb1', 'libxau6', 'libxdmcp6', 'fonts-wine'],
      ...['libfreetype6', 'libbrotli1', 'libbz2-1.0', 'libpng16-16t64', 'zlib1g'],
      ...['libfontconfig1', 'fontconfig-config', 'libexpat1'],
    ],
  },
  complete: addZlib,
  commands: {
    wine64: `export WINESERVER=/usr/lib/wine/wineserver\n${runInRoot('/usr/lib/wine/wine64')}`,
    wineserver64: runInRoot('/usr/lib/wine/wineserver64'),
  },
});

/** Runs a program for Windows. {@link makeWine} makes it. */
export const WINE: Tool = commandOf(ROOT_OF_WINE, 'wine64', 'wine64');
export const WINE_SERVER: Tool = commandOf(ROOT_OF_WINE, 'wineserver64', 'wine64');

/** What {@link makeWine} and wine need to find on this system. */
export const NEEDED_BY_WINE: readonly Tool[] = [APT_GET, KEYRING_FILE, DPKG_DEB, UNSHARE];

const ZLIB = 'zlib1.dll';
/** Where and how a library is marked as one of wine's (wine 10, `tools/winebuild/spec32.c`). */
const MARK = { offset: 64, bytes: 32, text: 'Wine builtin DLL' } as const;

/** Does what the package libwine does when it is installed: a library of another package becomes one of wine's. */
function addZlib(root: string): void {
  const library = readFileSync(join(root, 'usr/x86_64-w64-mingw32/lib', ZLIB));
  library.fill(0, MARK.offset, MARK.offset + MARK.bytes);
  library.write(MARK.text, MARK.offset, 'latin1');
  writeFileSync(join(root, 'usr/lib/x86_64-linux-gnu/wine/x86_64-windows', ZLIB), library);
}

/**
 * Makes wine where it is missing.
 *
 * @throws UnavailableError when it cannot be made, or does not run on this system
 */
export async function makeWine(): Promise<void> {
  if (HERE !== 'linux-x64') {
    throw new UnavailableError(`${HERE} cannot run programs for Windows: use Linux on x86-64`);
  }
  requireTools(NEEDED_BY_WINE);
  await makePrivateRoot(ROOT_OF_WINE);
  try {
    runTool(WINE, ['--version']);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new UnavailableError(
      `wine cannot be run with system files of its own: be root, or allow user namespaces\n${error.message}`,
    );
  }
}
