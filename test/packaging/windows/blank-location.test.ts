import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import { fileAppears, MACHINE_DIRECTORY, onDriveC } from './support/installation.ts';
import { smallSetup } from './support/small-setup.ts';
import { startWine } from './support/wine.ts';
import { requireTools } from '../../support/require-tools.ts';
import { XDOTOOL, XVFB } from '../../support/tools.ts';
import { MAKENSIS, WINE } from '../../support/windows-tools.ts';
import { endWithTest, spawn } from '../../support/child-process.ts';

const WINDOW = 'Session Manager Plugin';

/** Starts an invisible display, and returns its name. */
async function startDisplay(t: TestContext): Promise<string> {
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '800x600x24'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  endWithTest(t, server);
  const [number] = (await once(server.stdout, 'data')) as [Buffer];
  return `:${number.toString('utf8').trim()}`;
}

describe('the setup in its window', () => {
  it('installs to the documented directory when the box of the location is left blank', async (t) => {
    if (!requireTools(t, WINE, MAKENSIS, XVFB, XDOTOOL)) return;
    const wine = startWine();
    t.after(() => wine.remove());
    const env = { ...wine.environment, DISPLAY: await startDisplay(t) };
    const installed = onDriveC(wine, `${MACHINE_DIRECTORY}\\bin\\session-manager-plugin.exe`);
    // To be watched, the directory has to be there.
    mkdirSync(dirname(installed), { recursive: true });
    spawn(WINE.program, [smallSetup(t, '1.3.0.0')], { env, stdio: 'ignore' });
    runTool(XDOTOOL, ['search', '--sync', '--onlyvisible', '--name', WINDOW, 'windowfocus'], {
      env,
    });
    runTool(XDOTOOL, ['key', 'ctrl+a', 'BackSpace', 'Return'], { env });
    await fileAppears(installed);
    for (const elsewhere of ['C:\\bin', 'C:\\VERSION']) {
      assert.ok(!existsSync(onDriveC(wine, elsewhere)), elsewhere);
    }
  });
});
