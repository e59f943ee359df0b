import { copyFailures } from '../../../../failures/copies/copy.ts';
import { s3Failures } from '../../../../failures/copies/s3.ts';
import { CommandError } from '../../../../cli/framework/command-context.ts';
import type { InspectedFile } from '../../down/inspect-source.ts';
import type { PathInspection, TargetFiles } from '../../files/target-files.ts';
import { given, reportedBytes, reportedSeconds } from '../reported-number.ts';
import { throwReadProblem } from './windows-problem.ts';
import { locateOnWindows } from './windows-path.ts';
import type { RunStep, StepResults } from './windows-step.ts';

/** What is known about a target with Windows. */
export interface WindowsFacts {
  readonly home: string;
  readonly hasTar: boolean;
  /** As failures name it. */
  readonly title: string;
  /** Ends what is asked without a signal of its own. */
  readonly stopped: AbortSignal;
}

/** Permissions of a copy here: those of Windows have no bits. */
const USUAL_FILE_MODE = 0o644;
const USUAL_DIRECTORY_MODE = 0o755;

/** The files of a target with Windows. */
export function windowsFiles(
  run: RunStep,
  { home, hasTar, title, stopped }: WindowsFacts,
): TargetFiles {
  const refuseSudo = (sudo: boolean): void => {
    if (sudo) throw new CommandError(s3Failures['s3-no-sudo'](title));
  };
  return {
    locate: (written) => locateOnWindows(written, home),
    async kindOf(path, sudo) {
      refuseSudo(sudo);
      const results = await run({ kind: 'inspect', path: path.toString() }, { signal: stopped });
      const is = results.get('is');
      if (is === 'directory' || is === 'missing') return is;
      // What cannot be read may be replaced.
      return 'other';
    },
    async inspect(path, inspection) {
      refuseSudo(inspection.sudo);
      const { signal } = inspection;
      const results = await run({ kind: 'inspect', path: path.toString() }, { signal });
      throwReadProblem(inspection.title, results);
      switch (results.get('is')) {
        case 'file':
          return inspectedFile(run, path.toString(), inspection, results);
        case 'directory':
          return { kind: 'directory', mode: USUAL_DIRECTORY_MODE, modifiedAt: 0 };
        default:
          return { kind: 'missing' };
      }
    },
    requireTar() {
      if (!hasTar) throw new CommandError(copyFailures['copy-without-tar'](title));
    },
  };
}

/** The hash is computed while the file is copied. */
function inspectedFile(
  run: RunStep,
  path: string,
  { title, signal }: PathInspection,
  facts: StepResults,
): InspectedFile {
  const size = given(title, reportedBytes(facts.get('size')));
  const modifiedAt = given(title, reportedSeconds(facts.get('modified')));
  const stop = new AbortController();
  const hashed = run({ kind: 'hash', path }, { signal: AbortSignal.any([signal, stop.signal]) });
  const sha256 = hashed.then((results) => {
    throwReadProblem(title, results);
    return results.get('sha256') ?? '';
  });
  sha256.catch(() => undefined);
  return {
    kind: 'file',
    ...{ size, modifiedAt },
    mode: USUAL_FILE_MODE,
    content: Promise.resolve(undefined),
    prefixSha256: Promise.resolve(undefined),
    sha256,
    async stop() {
      stop.abort();
      await sha256.catch(() => undefined);
    },
  };
}
