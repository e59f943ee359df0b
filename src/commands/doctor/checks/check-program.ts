import { execFile } from 'node:child_process';
import { environmentForPrograms, findProgram } from '../../../lib/find-program.ts';
import { systemCode } from '../../../lib/errors/system-error.ts';
import { compareVersions } from '../../../protocol/version.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { checkRuntimeEnd } from './check-runtime.ts';
import { ok, warning, type Finding } from './finding.ts';

/** The first AWS CLI that calls this program (Session Manager user guide, "Install the plugin"). */
const FIRST_CLI = '1.16.12';
/** The first version that passes the plugin what encrypted sessions need. */
const FIRST_CLI_WITH_ENCRYPTION = '1.16.213';
/** Time limit of `aws --version`, in milliseconds: it starts Python, perhaps from a slow disk. */
const CLI_LIMIT_MS = 15_000;

const UPDATE_CLI =
  'Install the current AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html';

/** Which program this is, and what runs it: a warning if that is near its end. */
export function checkProgram(context: CommandContext): readonly Finding[] {
  const { version, platform, clock } = context;
  const program = `version ${version}, Node.js ${process.version}, ${platform} ${process.arch}`;
  return [
    ok('program', program),
    ...checkRuntimeEnd(process.versions.node, context.buildFacts(), clock.now()),
  ];
}

/** The AWS CLI on PATH. This program's commands do not need it; `aws ssm start-session` does. */
export async function checkAwsCli({ env, platform }: CommandContext): Promise<Finding> {
  const check = 'AWS CLI';
  const answer = await askVersion(env, platform);
  if (answer.kind === 'absent') {
    return warning(
      check,
      'not found on PATH. The commands of this program do not need it',
      'Install it only to use `aws ssm start-session`',
    );
  }
  const version = /\baws-cli\/(\d+(?:\.\d+)*)/.exec(answer.text)?.[1];
  if (version === undefined) {
    return warning(
      check,
      'found on PATH, but it prints no version',
      'See what it prints: `aws --version`',
    );
  }
  if (compareVersions(version, FIRST_CLI) < 0) {
    return warning(check, `version ${version} is too old to call this program`, UPDATE_CLI);
  }
  if (compareVersions(version, FIRST_CLI_WITH_ENCRYPTION) < 0) {
    return warning(check, `version ${version} is too old for encrypted sessions`, UPDATE_CLI);
  }
  return ok(check, `version ${version}`);
}

function askVersion(
  env: CommandContext['env'],
  platform: NodeJS.Platform,
): Promise<{ readonly kind: 'absent' } | { readonly kind: 'answer'; readonly text: string }> {
  const program = findProgram('aws', env, platform);
  if (program === undefined) return Promise.resolve({ kind: 'absent' });
  return new Promise((resolve) => {
    const options = {
      env: environmentForPrograms(env),
      timeout: CLI_LIMIT_MS,
      windowsHide: true,
    };
    execFile(program, ['--version'], options, (error, stdout, stderr) => {
      const isAbsent = ['ENOENT', 'EACCES'].includes(systemCode(error));
      // Old versions write it to stderr.
      resolve(isAbsent ? { kind: 'absent' } : { kind: 'answer', text: `${stdout} ${stderr}` });
    });
  });
}
