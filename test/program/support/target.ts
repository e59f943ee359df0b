import type { TestContext } from 'node:test';
import { quoteForShell } from '../../../src/lib/quote-for-shell.ts';
import {
  startLocalAws,
  type LocalAws,
  type LocalAwsOptions,
  type LocalSession,
  type SessionOptions,
  type SessionResponse,
  type StartSessionRequest,
} from '../../local-aws/local-aws.ts';
import { startPiped, type PipedOptions, type PipedProgram } from './piped-program.ts';
import { startInTerminal, type TerminalOptions, type TerminalProgram } from './terminal-program.ts';
import { DEADLINE_MS } from './transcript.ts';

/** Long enough that a wait for the program fails first, with the program's output. */
const LONGEST_TEST_MS = 2 * DEADLINE_MS;

export const TARGET = 'i-0123456789abcdef0';
/** The prompt of the shell of the local target. */
export const PROMPT = '$ ';

/** What runs on the target. */
export interface SessionWish extends SessionOptions {
  readonly document?: string;
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
}

/** A session on the local target that waits for its client. */
export interface StartedSession {
  readonly aws: LocalAws;
  readonly session: LocalSession;
  readonly response: SessionResponse;
  readonly request: StartSessionRequest;
  /** The program's arguments, as the AWS CLI writes them. */
  readonly args: readonly string[];
}

/** Starts the local target for one test, and a session on it. */
export async function startSession(
  t: TestContext,
  requested: SessionWish = {},
): Promise<StartedSession> {
  const aws = await startTarget(t);
  const request: StartSessionRequest = {
    Target: TARGET,
    ...(requested.document === undefined ? {} : { DocumentName: requested.document }),
    ...(requested.parameters === undefined ? {} : { Parameters: requested.parameters }),
  };
  const response = await aws.startSession(request, requested);
  return {
    aws,
    session: aws.session(response.SessionId),
    response,
    request,
    args: sixArguments(aws, response, request),
  };
}

/** Starts the local target for one test. What waits for it longer than anything may take fails. */
export async function startTarget(
  t: TestContext,
  options: LocalAwsOptions = {},
): Promise<LocalAws> {
  const aws = await startLocalAws(options);
  const deadline = setTimeout(() => void aws.close(), LONGEST_TEST_MS);
  t.after(() => {
    clearTimeout(deadline);
    return aws.close();
  });
  return aws;
}

/** The arguments of the AWS CLI. */
export function sixArguments(
  aws: LocalAws,
  response: SessionResponse,
  request: StartSessionRequest,
): string[] {
  return [
    JSON.stringify(response),
    aws.region,
    'StartSession',
    '',
    JSON.stringify(request),
    aws.endpoint,
  ];
}

/** One command in a terminal on the target. */
export function interactiveCommand(command: string): SessionWish {
  return { document: 'AWS-StartInteractiveCommand', parameters: { command: [command] } };
}

/** One command without a terminal on the target, read by its shell. */
export function nonInteractiveCommand(command: string, separateOutput: boolean): SessionWish {
  return {
    document: 'AWS-StartNonInteractiveCommand',
    parameters: {
      command: [`sh -c ${quoteForShell(command)}`],
      separateOutputStream: [String(separateOutput)],
    },
  };
}

/** A session with its client in a terminal. */
export interface TerminalSession extends StartedSession {
  readonly program: TerminalProgram;
}

/** Starts a session and the program in a terminal. */
export async function openTerminalSession(
  t: TestContext,
  requested: SessionWish = {},
  options: TerminalOptions = {},
): Promise<TerminalSession> {
  const started = await startSession(t, requested);
  const program = await startInTerminal(t, started.args, options);
  return { ...started, program };
}

/** Starts a shell and the program in a terminal; resolves when the prompt appears. */
export async function openShell(
  t: TestContext,
  requested: SessionWish = {},
  options: TerminalOptions = {},
): Promise<TerminalSession> {
  const opened = await openTerminalSession(t, requested, options);
  await opened.program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
  return opened;
}

/** A session with its client in a pipe. */
export interface PipedSession extends StartedSession {
  readonly program: PipedProgram;
}

/** Starts a session and the program without a terminal. */
export async function openPipedSession(
  t: TestContext,
  requested: SessionWish = {},
  options: PipedOptions = {},
): Promise<PipedSession> {
  const started = await startSession(t, requested);
  return { ...started, program: startPiped(t, started.args, options) };
}
