import { isNetworkError } from '../../network/network-error.ts';
import { systemCode } from '../../lib/errors/system-error.ts';
import { failureText } from '../../network/failure-text.ts';
import { printableStart } from '../../lib/printable.ts';
import { AwsError } from './aws-error.ts';
import { SERVICE_ERRORS } from './service-errors.ts';

/** A call to AWS, as it is named to the user. */
export interface Call {
  /** As IAM writes it: `kms:GenerateDataKey`. */
  readonly action: string;
  /** What it is for: `key alias/sessions`, `session user-0123`. */
  readonly object: string;
}

const SYSTEM_ERROR = /^E[A-Z0-9_]+$/;
/** Characters that are enough for any message of a service, but not for a page of HTML. */
const MAX_QUOTE_CHARACTERS = 1000;
/** What the AWS SDK writes for an answer without a message. */
const NO_MESSAGE = 'UnknownError';
/** Services quote a request they do not accept: what was to be signed, its token, its signature. */
const QUOTES_REQUEST = /canonical string|string.to.sign|security-token|signature=|authorization:/i;

/**
 * Turns an error of the AWS SDK into one that may be shown to the user: a sentence with the action
 * and its object, followed by the message of the service. Messages about signatures and tokens are left
 * out: services quote the request in them.
 */
export function describeFailure(error: unknown, call: Call): AwsError {
  const name = `${call.action} for ${call.object}`;
  for (const cause of causesOf(error)) {
    if (isNetworkError(cause)) {
      const isTrust = cause.reason === 'certificate' || cause.reason === 'tls';
      return new AwsError(isTrust ? 'tls' : 'network', `${name} failed: ${cause.message}`);
    }
    const known = SERVICE_ERRORS.get(cause.name);
    if (known !== undefined) {
      const quote = known.isSecret === true ? '' : after(': ', messageOf(cause));
      const text = `${name} ${known.text}${quote}${after('; ', known.hint ?? '')}`;
      return new AwsError(known.reason, text, cause.name);
    }
    if (cause.name === 'TimeoutError') {
      return new AwsError('network', `${name} failed: the service did not answer in time`);
    }
    if (SYSTEM_ERROR.test(systemCode(cause))) {
      return new AwsError('network', `${name} failed: ${failureText(cause)}`);
    }
  }
  return describeOther(error, name);
}

/** An error without a message is reported by its name. */
function describeOther(error: unknown, name: string): AwsError {
  const kind = error instanceof Error ? error.name : 'unknown error';
  const status = statusOf(error);
  if (!(error instanceof Error) || status === undefined) {
    return new AwsError('service', `${name} failed (${kind})`);
  }
  const withStatus = `(${kind}, HTTP status ${status})`;
  const isOfService = '$fault' in error;
  if (status >= 500) {
    return new AwsError('service', `${name} failed at the service ${withStatus}`);
  }
  if (!isOfService) {
    // A login page, or a proxy's page of errors.
    return new AwsError(
      'invalid',
      `${name} failed: the answer does not come from AWS ${withStatus}`,
    );
  }
  const message = messageOf(error);
  return message === ''
    ? new AwsError('invalid', `${name} was refused ${withStatus}`, kind)
    : new AwsError('invalid', `${name} was refused (${kind}): ${message}`, kind);
}

/** The message of the service; empty when it sent none, or quotes the request. */
function messageOf({ name, message }: Error): string {
  const isMessage = message !== NO_MESSAGE && message !== name && !QUOTES_REQUEST.test(message);
  return isMessage ? oneLine(message) : '';
}

function after(mark: string, text: string): string {
  return text === '' ? '' : `${mark}${text}`;
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
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}
