import { credentialFailures } from '../../failures/credentials.ts';
import { AwsError } from '../sdk/aws-error.ts';
import type { AwsCredentials } from './credentials.ts';
import { parseObject, stringMember } from '../../lib/json.ts';
import type { UserPrompt } from './sign-in/user-prompt.ts';
import { runProcess, type ProcessEnd } from './run-process.ts';
import { isConfigurationError } from '../../lib/errors/configuration-error.ts';
import { splitCommand } from './split-command.ts';

/** The only version of the format (AWS SDKs and Tools Reference Guide, "Process credential provider"). */
const VERSION = 1;

/** What a credential process is run with. */
export interface CredentialProcessOptions {
  readonly profileName: string;
  readonly platform: NodeJS.Platform;
  readonly userPrompt: UserPrompt | undefined;
  /** Ends the process when it is aborted. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Runs a profile's `credential_process`, as botocore does (botocore/credentials.py, `ProcessProvider`).
 * When a user is at the terminal, it uses the program's stdin and stderr.
 *
 * @throws AwsError, without its command and what it printed on stdout
 */
export async function runCredentialProcess(
  command: string,
  { profileName, platform, userPrompt, signal, now }: CredentialProcessOptions,
): Promise<AwsCredentials> {
  const fail = (why: string): never => {
    throw new AwsError(credentialFailures['credential-process-failed'](profileName, why));
  };
  const words = wordsOf(command, platform, fail);
  const isInteractive = userPrompt !== undefined;
  const resume = userPrompt?.releaseTerminal();
  const end = await runProcess({ words, line: command, platform, isInteractive, signal });
  resume?.();
  if (end.kind !== 'exited' || end.status !== 0) return fail(whyFailed(end, words));
  const printed = parseObject(end.stdout);
  if (printed === undefined) return fail('printed no JSON object');
  const version = printed['Version'];
  if (version !== VERSION) {
    return fail(
      typeof version === 'number'
        ? `printed version ${version} of the format, and this program reads only version ${VERSION}`
        : `printed no "Version", which must be ${VERSION}`,
    );
  }
  const accessKeyId = stringMember(printed, 'AccessKeyId');
  const secretAccessKey = stringMember(printed, 'SecretAccessKey');
  if (accessKeyId === '') return fail('printed no "AccessKeyId"');
  if (secretAccessKey === '') return fail('printed no "SecretAccessKey"');
  const sessionToken = stringMember(printed, 'SessionToken');
  const expires = stringMember(printed, 'Expiration');
  const expiration = expires === '' ? undefined : new Date(expires);
  if (expiration !== undefined) {
    if (Number.isNaN(expiration.getTime()))
      return fail('printed an "Expiration" that is not a time');
    if (expiration.getTime() <= now()) {
      throw new AwsError(credentialFailures['credential-process-expired'](profileName));
    }
  }
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === '' ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiration }),
  };
}

function wordsOf(
  command: string,
  platform: NodeJS.Platform,
  fail: (why: string) => never,
): readonly string[] {
  try {
    return splitCommand(command, platform);
  } catch (error) {
    if (!isConfigurationError(error, 'command-syntax')) throw error;
    return fail(`cannot be split into words: ${error.message}`);
  }
}

function whyFailed(end: ProcessEnd, [program = '']: readonly string[]): string {
  switch (end.kind) {
    case 'not-started':
      return end.code === 'ENOENT'
        ? `cannot be started: there is no program ${program}`
        : `cannot be started (${end.code})`;
    case 'too-much-output':
      return 'printed too much output';
    case 'exited': {
      const how =
        end.status === undefined ? 'was ended by a signal' : `failed with status ${end.status}`;
      return end.lastErrorLine === '' ? how : `${how}: ${end.lastErrorLine}`;
    }
  }
}
