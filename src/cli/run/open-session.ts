import { WriteStream } from 'node:tty';
import type { SessionRequest, StartedSession } from '../../aws/aws.ts';
import { printable } from '../../lib/printable.ts';
import { commandTexts } from '../../session/texts/command-texts.ts';
import type { InputLead } from '../../session/shell/shell-input.ts';
import type { SessionTexts } from '../../session/texts/caller-texts.ts';
import { SIGNAL_STATUS } from '../../session/signal-status.ts';
import type { NameInText } from '../output/named-texts.ts';
import { wrapMessage } from '../output/wrap-message.ts';
import { nextEnding, type AcquiredSignals } from '../process/signals/command-signals.ts';
import { SSH_DOCUMENT } from '../process/signals/hang-up.ts';
import { withAccessOffer } from '../access/with-access-offer.ts';
import type { CommandContext } from '../framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../framework/failure.ts';
import { prepareSession, runPrepared, startPrepared } from './prepare-session.ts';
import type { StartTurns } from './start/start-queue.ts';
import type { PresentationChoice, RunOptions, RunStreams } from './run-options.ts';

/** How the session of a command differs from others. */
export type CommandSession = Pick<PresentationChoice, 'texts'> & {
  /** The target as people know it; by default, its id. */
  readonly targetTitle?: string;
  /** Whether it reads stdin and keys, which is the default. */
  readonly input?: Extract<RunStreams, { readonly kind: 'process' }>['input'];
  /** Goes before keys, which wait for it. */
  readonly lead?: InputLead;
  /** Replaces texts that would be wrong for one of several sessions. */
  readonly adaptTexts?: ((texts: SessionTexts) => SessionTexts) | undefined;
  /** Signals that were acquired for it before; by default, it acquires them. They are released with it. */
  readonly acquired?: AcquiredSignals;
  /** The caller reports why it did not start or cannot continue; it learns it by `onEvent`. */
  readonly failures?: 'nowhere' | undefined;
  /** Where it waits for its turn to be started; by default, it is started at once. */
  readonly starts?: StartTurns;
} & Partial<Pick<PresentationChoice, 'notices' | 'missingExitStatus' | 'onEvent' | 'nameInText'>> &
  Partial<Pick<RunOptions, 'outputFilter' | 'recorder' | 'localPort' | 'agentAbsenceLimit'>>;

/**
 * Starts a session and runs it to its end, on the streams of the process. stdout is the remote
 * side's alone.
 *
 * @returns the exit status: the remote side's, 255 for a failure, 130 when Ctrl-C came first
 * @throws CommandError, AwsError when StartSession fails
 */
export async function openSession(
  context: CommandContext,
  request: SessionRequest,
  own: CommandSession,
): Promise<number> {
  const targetTitle = own.targetTitle ?? printable(request.target);
  const named = { ...request, targetTitle };
  const { acquired } = own;
  const run = (): Promise<number> => {
    acquired?.signals.buffer();
    return openOnce(context, named, targetTitle, own);
  };
  const interrupted =
    acquired &&
    (async () => SIGNAL_STATUS[await nextEnding(acquired.signals, endsOnHangUp(context, request))]);
  try {
    return await withAccessOffer(context, named, run, interrupted);
  } finally {
    acquired?.release();
  }
}

function endsOnHangUp(
  { sessions }: CommandContext,
  { documentName = '' }: SessionRequest,
): boolean {
  return sessions.signals.hangUpEnds || documentName.endsWith(SSH_DOCUMENT);
}

async function openOnce(
  context: CommandContext,
  request: SessionRequest,
  targetTitle: string,
  own: CommandSession,
): Promise<number> {
  const { quiet, json } = context.options;
  const hangUpEnds = endsOnHangUp(context, request);
  // Signals that are not acquired yet end the command.
  const early = own.acquired && nextEnding(own.acquired.signals, hangUpEnds);
  const preparing = prepareSession(context, request);
  const prepared = await (early === undefined ? preparing : Promise.race([preparing, early]));
  if (typeof prepared === 'string') return SIGNAL_STATUS[prepared];
  context.waits.abandon();
  const { guard } = context.sessions;
  const { signals, release } = own.acquired ?? context.sessions.signals.acquire();
  const { wording, nameInText } = wordingFor(context, own, targetTitle);
  const ending = early ?? nextEnding(signals, hangUpEnds);
  try {
    const start = (): Promise<StartedSession> => startPrepared(prepared, ending);
    const starting = own.starts === undefined ? start() : own.starts.run(start, ending);
    const first = await Promise.race([starting, ending]);
    if (typeof first === 'string') {
      context.waits.abandon();
      context.output.status.interrupt();
      await guard.terminate(prepared.request, nextEnding(signals));
      return SIGNAL_STATUS[first];
    }
    signals.buffer();
    return await runPrepared(prepared, first, {
      presentation: {
        wording,
        texts: quiet ? 'nowhere' : own.texts,
        notices: quiet ? 'nowhere' : (own.notices ?? 'stderr'),
        failures: own.failures ?? (json ? 'json' : 'stderr'),
        failureStatus: EXIT_OWN_FAILURE,
        // The status of ssh when its connection is cut.
        cutOffStatus: EXIT_OWN_FAILURE,
        missingExitStatus: own.missingExitStatus,
        onEvent: own.onEvent,
        nameInText,
      },
      streams: { kind: 'process', input: own.input ?? 'keys', lead: own.lead },
      outputFilter: own.outputFilter,
      recorder: own.recorder,
      agentAbsenceLimit: own.agentAbsenceLimit,
      localPort: own.localPort,
      stdout: context.output.stdout,
      stderr: context.output.messages,
      line: context.terminal.line,
      onConnection: undefined,
      reportWait: context.waits.report,
      signals,
    });
  } catch (error) {
    // It may be open on the service, and others of the command may continue.
    await guard.terminate(prepared.request, ending);
    throw error;
  } finally {
    if (own.acquired === undefined) release();
  }
}

function wordingFor(
  context: CommandContext,
  own: CommandSession,
  targetTitle: string,
): { readonly wording: SessionTexts; readonly nameInText: NameInText | undefined } {
  const { fit, nameInText } = fitFor(context, own);
  const texts = commandTexts(targetTitle, fit);
  return { wording: own.adaptTexts?.(texts) ?? texts, nameInText };
}

/** Messages for people on a terminal break at words; programs read them as lines of JSON. */
function fitFor(
  { options, output: { stderr } }: CommandContext,
  { nameInText }: Pick<CommandSession, 'nameInText'>,
): { readonly fit: (text: string) => string; readonly nameInText: NameInText | undefined } {
  const unchanged = (text: string): string => text;
  if (options.json || !(stderr instanceof WriteStream)) return { fit: unchanged, nameInText };
  const fit = (text: string): string => wrapMessage(text, stderr.columns);
  // A text that gets a name breaks where it breaks with the name.
  if (nameInText === undefined) return { fit, nameInText };
  return { fit: unchanged, nameInText: (text) => fit(nameInText(text)) };
}
