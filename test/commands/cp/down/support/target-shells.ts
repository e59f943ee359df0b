import type { AnswerTools } from '../../../../../src/commands/cp/down/sessions/answer-scripts.ts';
import type { CleanupScope } from '../../../../support/cleanup-scope.ts';
import { pathOfShell, type PosixShell } from '../../../../support/posix-shells.ts';
import { DASH } from '../../../../support/tools.ts';

/** A target of a test. */
export interface TargetShell {
  readonly env: NodeJS.ProcessEnv;
  readonly tools: AnswerTools & { readonly hasGzip: boolean };
}

/** The shell where one is as good as another. */
export const SHELL: PosixShell = { name: 'dash', tool: DASH, hasOwnTools: false };

/** Prepares a target with a shell; with bash it has the tools of macOS: lines of base64, and a simple `dd`. */
export function targetShell(scope: CleanupScope, shell: PosixShell): TargetShell {
  const isSimple = shell.name === 'bash';
  return {
    env: { ...process.env, PATH: pathOfShell(scope, shell) },
    tools: {
      base64: isSimple ? 'base64' : 'base64 -w0',
      sha256: 'sha256sum',
      readsFullBlocks: !isSimple,
      hasGzip: true,
    },
  };
}
