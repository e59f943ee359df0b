import { isJsonObject, parseObject, type JsonObject } from '../../lib/json.ts';
import { asksForBuild, asksForVersion, isSubcommand } from './subcommands.ts';
import { hasControlCharacters } from '../../lib/printable.ts';

/** The operation that the arguments request (docs/design/protocol.md#arguments). */
export type Invocation =
  | { readonly kind: 'installation-message' }
  | { readonly kind: 'version' }
  /** The version with all facts about this build, which no caller asks for. */
  | { readonly kind: 'build' }
  /** A command of the program, which no caller passes. */
  | { readonly kind: 'subcommand' }
  /** One or two other arguments. */
  | { readonly kind: 'unknown-operation'; readonly operation: string }
  /** Three or more arguments with another operation than StartSession. */
  | { readonly kind: 'invalid-operation' }
  | { readonly kind: 'bad-arguments'; readonly problem: string }
  | { readonly kind: 'start-session'; readonly session: StartSession };

/** Everything that the caller passes to start a session. */
export interface StartSession {
  readonly sessionId: string;
  readonly tokenValue: string;
  readonly streamUrl: string;
  readonly region: string;
  /** A profile of the shared AWS configuration; empty for the default. */
  readonly profile: string;
  /** The target of the StartSession request; empty when the caller did not pass it. */
  readonly target: string;
  /** The document of the StartSession request; empty for a shell, or when the caller did not pass it. */
  readonly documentName: string;
  /**
   * Parameters of the document by name. A parameter that is not a list of strings has no values. Undefined
   * when the caller passed none.
   */
  readonly parameters: ReadonlyMap<string, readonly string[]> | undefined;
  /** Whether this is the whole StartSession request: what it omits has its default. */
  readonly isWholeRequest: boolean;
  /** URL the caller uses for the SSM API; may be empty, or of another service. */
  readonly endpoint: string;
  /** False for callers without support for encryption: the three-argument form. */
  readonly canEncrypt: boolean;
}

const START_SESSION = 'StartSession';
/** A response that begins with this is the name of an environment variable holding the JSON. */
const RESPONSE_VARIABLE_PREFIX = 'AWS_SSM_START_SESSION_RESPONSE';
/** Number of arguments of callers that pass profile and parameters, which encryption needs. */
const ARGUMENTS_WITH_PARAMETERS = 5;

/**
 * Reads the arguments.
 *
 * @param args - argv without program names
 * @param takeVariable - reads an environment variable and removes it: it holds the session's token
 * @param commands - names of the program's commands
 * @param isPerson - whether a person reads the answer, not a caller
 */
export function parseInvocation(
  args: readonly string[],
  takeVariable: (name: string) => string | undefined,
  commands: readonly string[],
  isPerson: () => boolean,
): Invocation {
  const [first, region, operation] = args;
  if (first === undefined) return { kind: 'installation-message' };
  if (args.length === 1 && first === '--version') return { kind: 'version' };
  if (asksForBuild(args)) return { kind: 'build' };
  if (asksForVersion(args, isPerson)) return { kind: 'version' };
  if (isSubcommand(args, commands, isPerson)) return { kind: 'subcommand' };
  if (region === undefined || operation === undefined) {
    return { kind: 'unknown-operation', operation: first };
  }
  if (operation !== START_SESSION) return { kind: 'invalid-operation' };
  return parseStartSession(args, takeVariable);
}

function parseStartSession(
  args: readonly string[],
  takeVariable: (name: string) => string | undefined,
): Invocation {
  const [first = '', region = '', , profile = '', parameters = '', endpoint = ''] = args;
  let response = first;
  const isInVariable = first.startsWith(RESPONSE_VARIABLE_PREFIX);
  if (isInVariable) {
    const value = takeVariable(first);
    if (value === undefined) {
      return bad(`The environment variable ${first} with the StartSession response is not set`);
    }
    response = value;
  }
  const fields = parseObject(response);
  if (fields === undefined) return bad('The StartSession response is not a JSON object');
  const sessionId = member(fields, 'sessionid');
  const tokenValue = member(fields, 'tokenvalue');
  const streamUrl = member(fields, 'streamurl');
  if (sessionId === '') return bad('The StartSession response has no SessionId');
  if (hasControlCharacters(sessionId)) {
    return bad('The SessionId of the StartSession response holds control characters');
  }
  if (tokenValue === '') return bad('The StartSession response has no TokenValue');
  if (!isWebSocketUrl(streamUrl)) {
    return bad('The StreamUrl of the StartSession response is not a wss:// URL');
  }
  const request = parameters === '' ? {} : parseObject(parameters);
  if (request === undefined) {
    return bad('The parameters of the StartSession request are not a JSON object');
  }
  return {
    kind: 'start-session',
    session: {
      sessionId,
      tokenValue,
      streamUrl,
      region,
      profile,
      target: member(request, 'target'),
      documentName: member(request, 'documentname'),
      parameters: documentParameters(members(request, 'parameters').find(isJsonObject)),
      // Others omit the document even of a port session; the AWS CLI passes the whole request.
      isWholeRequest: isInVariable && parameters !== '',
      endpoint,
      canEncrypt: args.length >= ARGUMENTS_WITH_PARAMETERS,
    },
  };
}

function bad(problem: string): Invocation {
  return { kind: 'bad-arguments', problem };
}

/** Callers write the keys in upper or lower camel case: any case counts. */
function members(object: JsonObject, lowerCaseKey: string): readonly unknown[] {
  return Object.keys(object)
    .filter((key) => key.toLowerCase() === lowerCaseKey)
    .map((key) => object[key]);
}

function member(object: JsonObject, lowerCaseKey: string): string {
  return members(object, lowerCaseKey).find((value) => typeof value === 'string') ?? '';
}

/** A value that is not a list of strings is ignored: the service has accepted the real request. */
function documentParameters(object: JsonObject | undefined): StartSession['parameters'] {
  if (object === undefined) return undefined;
  const names = Object.entries(object);
  return new Map(
    names.map(([name, values]): [string, readonly string[]] => [name, textsOf(values)]),
  );
}

function textsOf(values: unknown): readonly string[] {
  if (typeof values === 'string') return [values];
  const isList = Array.isArray(values) && values.every((text) => typeof text === 'string');
  return isList ? values : [];
}

function isWebSocketUrl(url: string): boolean {
  return /^wss?:\/\//i.test(url) && URL.canParse(url);
}
