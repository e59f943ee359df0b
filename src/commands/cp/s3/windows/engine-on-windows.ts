import { randomHex } from '../../../../cli/framework/random-hex.ts';
import type { Remote } from '../../../../cli/remote/remote.ts';
import type { CopyEngine } from '../../copy-engine.ts';
import type { Storage } from '../stored-object.ts';
import { downloaderFromWindows } from './download-from-windows.ts';
import { stepsOn } from './run-step.ts';
import { uploadToWindows, uploadTreeToWindows } from './upload-to-windows.ts';
import { windowsFiles } from './windows-files.ts';
import type { WindowsHost } from './windows-host.ts';
import { withSlashes } from './windows-path.ts';
import { throwReadProblem } from './windows-problem.ts';

/** Bytes of the random part of a temporary name. */
const WINDOWS_NAME_BYTES = 6;
const SLASHES_AT_END = /\/+$/;

/**
 * Finds out how files are copied from and to a target with Windows.
 *
 * @throws ProgramError when the target cannot be asked
 */
export async function openEngineOnWindows(remote: Remote, storage: Storage): Promise<CopyEngine> {
  const run = stepsOn(remote);
  const { title } = remote.target;
  const { stopped, context } = remote;
  const facts = await run({ kind: 'facts' }, { signal: stopped });
  throwReadProblem(title, facts);
  const host = (): WindowsHost => ({
    run,
    storage,
    clock: context.clock,
    name: randomHex(context.random, WINDOWS_NAME_BYTES),
    temporary: withSlashes(facts.get('temporary') ?? '').replace(SLASHES_AT_END, ''),
  });
  const home = facts.get('home') ?? '';
  return {
    files: windowsFiles(run, { home, hasTar: facts.has('tar'), title, stopped }),
    openDownloader: () => downloaderFromWindows(host()),
    upload: (request) => uploadToWindows(request, host()),
    uploadTree: (request) => uploadTreeToWindows(request, host()),
  };
}
