import { readContainerId } from '../ecs.ts';
import { accessFailures } from '../../failures/access.ts';
import { callFailures, cannot } from '../../failures/calls.ts';
import { connectionFailure } from '../../failures/connection-failure.ts';
import { credentialFailures } from '../../failures/credentials.ts';
import type { Failure } from '../../lib/errors/failure.ts';
import { systemCode } from '../../lib/errors/system-error.ts';
import { printableStart } from '../../lib/printable.ts';
import { isNetworkError } from '../../network/network-error.ts';
import { AwsError, type AwsErrorReason } from './aws-error.ts';
import { deniedText } from './denied-text.ts';
import { SERVICE_ERRORS, type ServiceErrorKind } from './service-errors.ts';

/** A call to AWS. */
export interface Call {
  /** As IAM writes it: `kms:GenerateDataKey`. Only the log names it. */
  readonly action: string;
  /** What the call is about, for the log: `key alias/sessions`, `session user-0123`. */
  readonly object: string;
  /** What it is for, for the user: `start a session on i-0123`. Follows "Cannot". */
  readonly purpose: string;
  /** What its text names apart from the purpose. */
  readonly subject?: CallSubject;
}

/** What a call is about, where a failure names it. */
export type CallSubject =
  | { readonly kind: 'key' | 'secret' | 'access-request'; readonly id: string }
  | { readonly kind: 'document'; readonly name: string }
  | { readonly kind: 'target'; readonly id: string; readonly document: string }
  | { readonly kind: 'container'; readonly cluster: string; readonly task: string };

/** The AWS SDK calls some of these `TimeoutError`, too (@smithy/node-http-handler). */
const SYSTEM_ERROR = /^E[A-Z0-9_]+$/;
const TIMED_OUT = 'ETIMEDOUT';
/** Characters that are enough for any message of a service, but not for a page of HTML. */
const MAX_QUOTE_CHARACTERS = 1000;
/** What the AWS SDK writes for an answer without a message. */
const NO_MESSAGE = 'UnknownError';
/** Services quote a request they do not accept: what was to be signed, its token, its signature. */
const QUOTES_REQUEST = /canonical string|string.to.sign|security-token|signature=|authorization:/i;
/** How services refuse a signature because of the time in it (SigV4 troubleshooting). */
const TIME_REFUSED = /signature (?:expired|not yet current)/i;

/**
 * Turns an error of the AWS SDK into one that may be shown to the user, with the message of the service
 * where it is more precise. Messages about signatures and tokens are left out: services quote the request in
 * them.
 *
 * @param region - where the call was made; empty when it does not matter
 */
export function describeFailure(error: unknown, call: Call, region = ''): AwsError {
  for (const cause of causesOf(error)) {
    if (isNetworkError(cause)) {
      const isTrust = cause.reason === 'certificate' || cause.reason === 'tls';
      return new AwsError(inCall(cause, call, isTrust ? 'tls' : 'network'));
    }
    const kind = SERVICE_ERRORS.get(cause.name) ?? ofContainer(cause, call);
    if (kind !== undefined) {
      const message = messageOf(cause);
      return new AwsError(serviceFailure(kind, call, cause.message, region), cause.name, message);
    }
    const code = systemCode(cause);
    if (SYSTEM_ERROR.test(code) && code !== TIMED_OUT) {
      return new AwsError(inCall(connectionFailure('AWS', cause), call, 'network'));
    }
    if (cause.name === 'TimeoutError' || code === TIMED_OUT) {
      return new AwsError(callFailures['service-silent'](call.purpose));
    }
  }
  return describeOther(error, call);
}

/** How ECS refuses a session on a container without a running agent (its user guide, "Troubleshooting ECS Exec"). */
const AGENT_MISSING = /execute command agent/i;

function ofContainer(
  { name, message }: Error,
  { subject }: Call,
): Extract<ServiceErrorKind, 'not-connected'> | undefined {
  const isMissing = name === 'InvalidParameterException' && AGENT_MISSING.test(message);
  return subject?.kind === 'container' && isMissing ? 'not-connected' : undefined;
}

/** A failure of the network, with what the call was for. */
function inCall(
  { code, problem, remedy }: Failure,
  { purpose }: Call,
  reason: AwsErrorReason,
): Failure<AwsErrorReason> {
  const why = problem.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
  return { code, reason, problem: cannot(purpose, why), remedy };
}

function serviceFailure(
  kind: ServiceErrorKind,
  call: Call,
  text: string,
  region: string,
): Failure<AwsErrorReason> {
  const { purpose, subject } = call;
  const message = safeMessage(text);
  const keyId = subject?.kind === 'key' ? subject.id : call.object;
  switch (kind) {
    case 'denied':
      return callFailures['access-denied'](purpose, deniedText(message, call.action));
    case 'expired':
      return credentialFailures['credentials-expired']();
    case 'unknown-credentials':
      return credentialFailures['credentials-invalid']();
    case 'signature':
      return TIME_REFUSED.test(text)
        ? credentialFailures['clock-wrong']()
        : credentialFailures['signature-refused']();
    case 'clock':
      return credentialFailures['clock-wrong']();
    case 'web-identity':
      return credentialFailures['web-identity-refused']();
    case 'absent':
      return absentFailure(call);
    case 'disabled':
      return callFailures['kms-key-disabled'](keyId);
    case 'unusable':
      return callFailures['kms-key-unusable'](keyId, message);
    case 'not-connected':
      return notConnected(call, region);
    case 'document':
    case 'parameters':
      return documentFailure(kind, call, message);
    case 'throttled':
      return callFailures.throttled(purpose);
    case 'quota':
      return callFailures['quota-reached'](purpose, message);
  }
}

function absentFailure({ purpose, subject }: Call): Failure<AwsErrorReason> {
  switch (subject?.kind) {
    case 'key':
      return callFailures['kms-key-not-found'](subject.id);
    case 'secret':
      return callFailures['secret-not-found'](subject.id);
    case 'access-request':
      return accessFailures['access-request-unknown'](subject.id);
    default:
      return callFailures['session-not-found'](purpose);
  }
}

function notConnected({ purpose, subject }: Call, region: string): Failure<AwsErrorReason> {
  const target = subject?.kind === 'target' ? subject.id : 'TARGET';
  const container = subject?.kind === 'container' ? subject : readContainerId(target);
  return container === undefined
    ? callFailures['target-not-connected'](purpose, target, region)
    : callFailures['container-not-connected'](purpose, container.cluster, container.task);
}

function documentFailure(
  kind: 'document' | 'parameters',
  { purpose, subject }: Call,
  message: string,
): Failure<AwsErrorReason> {
  const name =
    subject?.kind === 'document'
      ? subject.name
      : subject?.kind === 'target'
        ? subject.document
        : '';
  if (name === '') return callFailures['call-refused'](purpose, message);
  if (kind === 'parameters') return callFailures['parameters-refused'](purpose, name, message);
  return message === '' || /\b(?:not|n't) exist/i.test(message)
    ? callFailures['document-not-found'](purpose, name)
    : callFailures['document-refused'](purpose, name, message);
}

/** An error that no other text fits. */
function describeOther(error: unknown, { purpose }: Call): AwsError {
  const kind = error instanceof Error ? error.name : 'unknown error';
  const status = statusOf(error);
  if (!(error instanceof Error) || status === undefined) {
    // The parsers of the SDK throw it.
    if (error instanceof SyntaxError)
      return new AwsError(callFailures['answer-unreadable'](purpose), kind);
    return new AwsError(callFailures['call-failed'](purpose, kind));
  }
  if (status >= 500) return new AwsError(callFailures['service-failed'](purpose), kind);
  // A login page, or a proxy's page of errors.
  if (!('$fault' in error))
    return new AwsError(callFailures['answer-not-from-aws'](purpose, status));
  const message = messageOf(error);
  return new AwsError(callFailures['call-refused'](purpose, message), kind, message);
}

/**
 * What the log contains of a failed call: the names of the API, the HTTP status, the id by which AWS finds
 * the request, and AWS's own message.
 */
export function failureDetails(error: unknown, { action, object }: Call): string {
  const cause = causesOf(error).find((one) => '$metadata' in one) ?? causesOf(error)[0];
  const facts = [
    cause?.name ?? String(error),
    statusOf(cause) === undefined ? '' : `HTTP status ${statusOf(cause) ?? ''}`,
    requestIdOf(cause) === '' ? '' : `request id ${requestIdOf(cause)}`,
  ].filter((fact) => fact !== '');
  const message = cause === undefined ? '' : messageOf(cause);
  return `${action} for ${object} failed (${facts.join(', ')})${message === '' ? '' : `: ${message}`}`;
}

/** The message of the service; empty when it sent none, or quotes the request. */
function messageOf({ name, message }: Error): string {
  return message === NO_MESSAGE || message === name ? '' : safeMessage(message);
}

function safeMessage(message: string): string {
  return message === NO_MESSAGE || QUOTES_REQUEST.test(message) ? '' : oneLine(message);
}

/** An error text as one line of bounded length and without a final full stop. */
export function oneLine(text: string): string {
  return printableStart(text, MAX_QUOTE_CHARACTERS).replace(/\.$/, '');
}

/** An error and the errors that caused it, outermost first. */
export function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let next = error; next instanceof Error && !causes.includes(next); next = next.cause) {
    causes.push(next);
  }
  return causes;
}

function statusOf(error: unknown): number | undefined {
  const status = metadataOf(error, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

function requestIdOf(error: unknown): string {
  const id = metadataOf(error, 'requestId');
  return typeof id === 'string' ? oneLine(id) : '';
}

function metadataOf(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  return Reflect.get(metadata, name);
}
