import { copyFailures } from '../../../failures/copies/copy.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { quoteBytes } from '../../../cli/remote/quote-bytes.ts';
import type { Remote } from '../../../cli/remote/remote.ts';
import { inspectTools, type RemoteTools } from '../../../cli/remote/remote-tools.ts';
import { inspectSource } from '../down/open-downloader.ts';
import { lastName } from '../paths.ts';
import { absolutePath, kindOfPath } from './remote-path.ts';
import type { TargetFiles } from './target-files.ts';

/**
 * Finds out with which programs files are copied.
 *
 * @throws ProgramError when the target cannot be reached; the reason of the signal that stopped the run
 */
export async function toolsOn(remote: Remote): Promise<RemoteTools> {
  const tools = await inspectTools(remote);
  if (tools !== undefined) return tools;
  remote.stopped.throwIfAborted();
  throw new Error('the command was stopped');
}

/**
 * The files of a target with Linux or macOS.
 *
 * @param withContent - whether the content of a small file may come with what is asked about it
 */
export function posixFiles(remote: Remote, tools: RemoteTools, withContent: boolean): TargetFiles {
  return {
    locate: (written) => ({ path: absolutePath(written, tools), name: lastName(written) }),
    kindOf: (path, sudo) => kindOfPath(remote, path, sudo),
    inspect: (path, inspection) =>
      inspectSource(remote, tools, { ...inspection, path: quoteBytes(path), withContent }),
    requireTar() {
      if (tools.has.has('tar')) return;
      throw new CommandError(copyFailures['copy-without-tar'](remote.target.title));
    },
  };
}
