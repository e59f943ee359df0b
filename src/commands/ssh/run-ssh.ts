import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { nextEnding } from '../../cli/process/signals/command-signals.ts';
import type { BufferedSignals } from '../../cli/process/signals/process-signals.ts';
import { runChild } from '../../cli/process/run-child.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { createRemote, requirePosix } from '../../cli/remote/remote.ts';
import { runOpenSsh, type OpenSsh } from '../../cli/ssh/find-openssh.ts';
import { knownHosts, rememberedTarget, rememberTarget } from '../../cli/ssh/host-keys.ts';
import { checkAdded, KEY_LIFETIME_MS } from '../../cli/ssh/push-key.ts';
import { isUserName, readSshTarget } from '../../cli/ssh/read-ssh-target.ts';
import { attempt, makeRunDirectory } from '../../cli/storage/run-directory.ts';
import { makeKey } from '../../cli/ssh/temporary-key.ts';
import type { ResolvedTarget } from '../../cli/target/resolve-target.ts';
import { sshFailures } from '../../failures/ssh.ts';
import type { Failure } from '../../lib/errors/failure.ts';
import { SessionError } from '../../lib/errors/session-error.ts';
import { printable } from '../../lib/printable.ts';
import { SIGNAL_STATUS } from '../../session/signal-status.ts';
import type { SshArguments } from './ssh-arguments.ts';
import { readSshSettings, type SshSettings } from './ssh-config-file.ts';
import {
  keyOptions,
  runFiles,
  wayOptions,
  withoutBlock,
  type SshOptionsRequest,
} from './ssh-options.ts';
import { readPushed, writePushed, writeWay } from './pushed.ts';

/** One run of ssh. */
export interface SshRequest {
  readonly target: ResolvedTarget;
  readonly given: SshArguments;
  readonly openSsh: OpenSsh;
  /** Note for the session history; undefined for none. */
  readonly reason: string | undefined;
}

/** What ssh returns when it could not connect or log in, and what a remote command may return, too (ssh(1)). */
const SSH_FAILED = 255;

/**
 * Runs ssh on a target, on the terminal and the streams of this program.
 *
 * @returns its exit status
 * @throws AwsError, CommandError or SessionError when the target cannot be asked, or the key not be added
 */
export async function runSsh(context: CommandContext, request: SshRequest): Promise<number> {
  const { signals: commandSignals } = context.sessions;
  const { signals, release } = commandSignals.acquireEndings();
  const stopped = new AbortController();
  try {
    const directory = await makeRunDirectory(context, 'ssh');
    try {
      const ready = await Promise.race([
        prepare(context, request, directory.path, stopped.signal),
        nextEnding(signals, commandSignals.hangUpEnds),
      ]);
      if (typeof ready === 'string') return SIGNAL_STATUS[ready];
      signals.buffer();
      if (ready === undefined) return EXIT_OWN_FAILURE;
      return await runWithKey(context, request, ready, signals);
    } finally {
      stopped.abort();
      directory.remove();
    }
  } finally {
    release();
  }
}

/** Runs ssh; if sshd has not accepted the key of EC2 Instance Connect, once more with one that a command adds. */
async function runWithKey(
  context: CommandContext,
  request: SshRequest,
  ready: SshOptionsRequest,
  signals: BufferedSignals,
): Promise<number> {
  const { env, platform, terminal, output } = context;
  for (;;) {
    const status = await runChild({
      command: sshCommand(context, request, ready),
      ...{ env: withoutBlock(env), platform, signals },
      getsKeys: () => terminal.sendsSignals(),
    });
    const failure = whyRefused(context, request, ready, status);
    if (failure === undefined) return status;
    if (failure.code !== 'ssh-login-refused' || readPushed(ready.files)?.way === 'command') {
      output.reportError(new SessionError(failure));
      return status;
    }
    // ssh has not read its input.
    output.notify('Trying again with a key that a command adds on the target.');
    await writeWay(ready.files, 'command');
    signals.buffer();
  }
}

/**
 * Runs ssh for what needs no target: `-V` and `-Q`.
 *
 * @returns its exit status
 */
export async function runSshQuery(
  { sessions, env, platform, terminal }: CommandContext,
  { ssh }: OpenSsh,
  { options }: Pick<SshArguments, 'options'>,
): Promise<number> {
  const { signals, release } = sessions.signals.acquireEndings();
  try {
    const getsKeys = (): Promise<boolean> => terminal.sendsSignals();
    return await runChild({ command: [ssh, ...options], env, platform, signals, getsKeys });
  } finally {
    release();
  }
}

/**
 * Makes the key, reads the host keys, and adds the key if a command has to. Not for a connection that is shared already.
 *
 * @returns undefined when it was stopped
 */
async function prepare(
  context: CommandContext,
  { target, given, openSsh, reason }: SshRequest,
  directory: string,
  stopped: AbortSignal,
): Promise<SshOptionsRequest | undefined> {
  const { id } = target;
  const files = runFiles(directory);
  const settings = await readSshSettings(context, openSsh, given, directory, id);
  const { localCommand } = settings;
  const user = given.user ?? settings.user;
  // That of the user's files. A shell of the target reads it.
  if (user !== undefined && !isUserName(user)) {
    throw new SessionError(sshFailures['ssh-user-missing'](printable(user), target.title));
  }
  const reasonWords = reason === undefined ? [] : ['--reason', reason];
  const verbose = given.isVerbose ? ['--verbose'] : [];
  const shared = {
    ...{ openSsh, files, id, localCommand, connectWords: [...reasonWords, ...verbose] },
    user: user ?? (await rememberedTarget(context, id))?.user,
  };
  const publicKey = await makeKey(context, openSsh, files.key);
  if (given.isLocal || (await isShared(context, given, shared, settings))) return shared;
  const remote = createRemote({ context, target, reason, stopped });
  await requirePosix(remote, 'ssh');
  const isInstance = id.startsWith('i-');
  const when = isInstance ? 'if-needed' : 'always';
  const found = await readSshTarget(remote, user, { publicKey, when });
  if (found === undefined) return undefined;
  checkAdded(found, target.title);
  await rememberTarget(context, target, found, user === undefined);
  await attempt(directory, () => writeFile(files.knownHosts, knownHosts(id, found.hostKeys)));
  if (found.added === undefined) await writeWay(files, 'instance-connect');
  else await writePushed(files, { way: 'command', at: context.clock.now(), isUsed: false });
  const access = await context.aws.accessId();
  const accessOption = access === undefined ? [] : ['--access', access];
  return { ...shared, user: found.user, connectWords: [...shared.connectWords, ...accessOption] };
}

/** Whether a connection is open that ssh will use: then it needs neither a key nor a session. */
async function isShared(
  context: CommandContext,
  given: SshArguments,
  request: SshOptionsRequest,
  { hasControlPath }: SshSettings,
): Promise<boolean> {
  if (!hasControlPath) return false;
  const options = [
    ...wayOptions(context, request),
    ...given.options,
    ...keyOptions(context, request),
  ];
  return runOpenSsh(
    request.openSsh.ssh,
    [...options, '-O', 'check', request.id],
    withoutBlock(context.env),
  ).then(
    () => true,
    () => false,
  );
}

function sshCommand(
  context: CommandContext,
  { given }: SshRequest,
  request: SshOptionsRequest,
): readonly string[] {
  return [
    request.openSsh.ssh,
    ...wayOptions(context, request),
    ...given.options,
    ...keyOptions(context, request),
    request.id,
    ...(given.command.length === 0 ? [] : ['--', ...given.command]),
  ];
}

/** Why ssh could not log in; undefined when that was not the reason of its end, or it has been reported. */
function whyRefused(
  { clock, platform }: CommandContext,
  { target: { title }, given: { keywords } }: SshRequest,
  { files, user = '' }: SshOptionsRequest,
  status: number,
): Failure<'session'> | undefined {
  // No shell of Windows runs what reports the login, and the user may have set it.
  const isKnown =
    platform !== 'win32' && !keywords.has('permitlocalcommand') && !keywords.has('localcommand');
  if (status !== SSH_FAILED || !isKnown || existsSync(files.loggedIn)) return undefined;
  const pushed = readPushed(files);
  // The process that connects has reported its failure.
  if (pushed?.isUsed !== true || existsSync(files.failed)) return undefined;
  const lifetime = KEY_LIFETIME_MS[pushed.way];
  const isLate = clock.now() - pushed.at > lifetime;
  return isLate
    ? sshFailures['ssh-key-late'](title, lifetime / 1000)
    : sshFailures['ssh-login-refused'](user, title);
}
