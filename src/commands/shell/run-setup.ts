import { AwsError, isAwsError } from '../../aws/sdk/aws-error.ts';
import { randomHex } from '../../cli/framework/random-hex.ts';
import { createMarkedOutput, createMarks } from '../../cli/remote/marks.ts';
import type { Remote } from '../../cli/remote/remote.ts';
import { wrapInteractive } from '../../cli/remote/remote-shell.ts';
import { interactiveRequest } from '../../cli/remote/terminal-command.ts';
import { INTERACTIVE_DOCUMENT } from '../../cli/remote/start-raw-command.ts';
import { openSession } from '../../cli/run/open-session.ts';
import { callFailures } from '../../failures/calls.ts';
import { commandFailures } from '../../failures/commands.ts';
import { sessionFailures } from '../../failures/session.ts';
import { shellFailures } from '../../failures/shells.ts';
import { createDeferred } from '../../lib/deferred.ts';
import { printable } from '../../lib/printable.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import type { SessionFailure } from '../../session/ending.ts';
import type { OutputFilter } from '../../session/shell/output-filter.ts';
import type { SessionRecorder } from '../../session/shell/session-recorder.ts';
import { SETUP_STATUS, setupScript, variableLines } from './setup-script.ts';
import type { ShellSetup } from './shell-setup.ts';

/** 128 bits: no value has this line by accident. */
const END_LINE_BYTES = 16;
/** Output before the shell runs that a failure shows: the sentence of sudo. */
const KEPT_CHARACTERS = 1024;
/** Marks among the output (`src/cli/remote/marks.ts`). */
// eslint-disable-next-line no-control-regex -- marks begin with this character
const MARK = /\x1e[re][0-9a-f]{32}(?:\d{1,3};)?/g;

/**
 * Runs a shell or a command on a terminal of the target, as the user has set it up. Keys wait until it runs: before that,
 * variables go through the terminal, which does not echo then.
 *
 * @param recorder - undefined for a session that is not recorded
 * @returns the exit status: that of the shell, or 255 with a failure before it ran
 * @throws AwsError when the session cannot be started
 */
export async function runSetup(
  { context, target, reason }: Remote,
  setup: ShellSetup,
  recorder: SessionRecorder | undefined,
): Promise<number> {
  const { random, terminal } = context;
  const started = createDeferred<undefined>();
  const raw = createDeferred<undefined>();
  const shellMarks = createMarks(random.fill);
  const variableMarks = createMarks(random.fill);
  const endLine = randomHex(random, END_LINE_BYTES);
  const hasVariables = setup.variables.length > 0;
  const script = setupScript(setup, {
    marks: shellMarks,
    size: terminal.window.size(),
    transfer: hasVariables ? { printReady: variableMarks.printReady, endLine } : undefined,
  });
  const output = createMarkedOutput(shellMarks, true, () => started.resolve(undefined));
  const awaited = createMarkedOutput(variableMarks, true, () => raw.resolve(undefined));
  let before = '';
  const outputFilter: OutputFilter = {
    take(payloadType, payload) {
      if (output.isReady) return output.filter.take(payloadType, payload);
      if (!awaited.isReady) awaited.filter.take(payloadType, payload);
      if (before.length < KEPT_CHARACTERS) before += payload.toString('utf8');
      return output.filter.take(payloadType, payload);
    },
    rest: () => output.filter.rest(),
    get exitStatus() {
      return output.isReady ? output.filter.exitStatus : undefined;
    },
  };
  const request = interactiveRequest(target, wrapInteractive(script, target.id), reason);
  try {
    return await openSession(context, request, {
      texts: setup.command === undefined ? 'stderr' : 'nowhere',
      targetTitle: target.title,
      input: setup.command === undefined || terminal.stdin ? 'keys' : 'nothing',
      lead: {
        bytes: hasVariables ? variableLines(setup.variables, endLine) : Buffer.alloc(0),
        after: raw.promise,
        until: started.promise,
      },
      outputFilter,
      missingExitStatus: () =>
        output.isReady
          ? sessionFailures['command-cut-off']()
          : notStarted(
              awaited.isReady ? { ...setup, user: undefined } : setup,
              output.filter.exitStatus,
              printable(before.replace(MARK, ' ')),
            ),
      ...(recorder === undefined ? {} : { recorder }),
    });
  } catch (error) {
    // ECS starts the plain shell by the same call.
    const isByEcs = target.container !== undefined;
    if (isByEcs || !isAwsError(error) || error.code !== 'access-denied') throw error;
    const plain = `session-manager-plugin shell ${quoteForShell(target.id)}`;
    throw new AwsError(
      callFailures['shell-options-denied'](error.problem, INTERACTIVE_DOCUMENT, plain),
      error.awsName,
    );
  }
}

/**
 * @param status - of the script; undefined when the session ended before it did
 * @param printed - what the target has printed
 */
function notStarted(
  { user = '', shell = '', directory = '' }: ShellSetup,
  status: number | undefined,
  printed: string,
): SessionFailure {
  switch (status) {
    case SETUP_STATUS.noUser:
      return shellFailures['user-unknown'](printable(user));
    case SETUP_STATUS.noSudo:
      return shellFailures['sudo-missing'](printable(user));
    case SETUP_STATUS.noShell:
      return shell === ''
        ? shellFailures['login-shell-missing']()
        : shellFailures['shell-missing'](printable(shell));
    case SETUP_STATUS.noLogin:
      return shellFailures['shell-not-permitted']();
    case SETUP_STATUS.noDirectory:
      return shellFailures['directory-unusable'](printable(directory));
    case SETUP_STATUS.notRaw:
      return commandFailures['terminal-not-raw']();
    default:
      return user === ''
        ? shellFailures['shell-not-started'](printed)
        : shellFailures['user-not-allowed'](printable(user), printed);
  }
}
