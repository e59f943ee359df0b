import { isJsonObject, stringMember, type JsonObject } from '../../../src/lib/json.ts';
import { resolveProperties, type DocumentContent } from '../api/document-content.ts';

/** The request of StartSession, as the AWS CLI and the plugin's PARAMETERS argument write it. */
export interface StartSessionRequest {
  readonly Target: string;
  readonly DocumentName?: string;
  /** Values are lists of strings, as in all of Systems Manager. */
  readonly Parameters?: Readonly<Record<string, readonly string[]>>;
  readonly Reason?: string;
}

/** The answer of StartSession and ResumeSession. */
export interface SessionResponse {
  readonly SessionId: string;
  /** Empty when ResumeSession is called on a session that has ended. */
  readonly TokenValue: string;
  readonly StreamUrl: string;
}

/** A StartSession request that AWS would refuse. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
}

/** Reads the body of a StartSession call; throws {@link InvalidRequest}. */
export function readStartSessionRequest(body: JsonObject): StartSessionRequest {
  const target = stringMember(body, 'Target');
  if (target === '') throw new InvalidRequest('Target is missing');
  const documentName = stringMember(body, 'DocumentName');
  const reason = stringMember(body, 'Reason');
  return {
    Target: target,
    ...(documentName === '' ? {} : { DocumentName: documentName }),
    Parameters: readParameters(body['Parameters']),
    ...(reason === '' ? {} : { Reason: reason }),
  };
}

function readParameters(value: unknown): Readonly<Record<string, readonly string[]>> {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw new InvalidRequest('Parameters is not an object');
  return Object.fromEntries(
    Object.entries(value).map(([name, list]) => {
      if (!Array.isArray(list) || !list.every((entry) => typeof entry === 'string')) {
        throw new InvalidRequest(`Parameter ${name} is not a list of strings`);
      }
      return [name, list];
    }),
  );
}

/** The prefixes that distinguish the outputs of a command; empty for no prefix. */
export interface SeparateOutput {
  readonly stdoutPrefix: string;
  readonly stderrPrefix: string;
}

/** What a session runs on the target. */
export type SessionPlan =
  | {
      readonly kind: 'shell';
      readonly sessionType: 'Standard_Stream' | 'InteractiveCommands';
      /** Undefined for a shell that reads its commands from the terminal. */
      readonly command: string | undefined;
    }
  | {
      readonly kind: 'command';
      readonly sessionType: 'NonInteractiveCommands';
      readonly command: string;
      /** Undefined when both outputs are one. */
      readonly separate: SeparateOutput | undefined;
    }
  | {
      readonly kind: 'port';
      readonly sessionType: 'Port';
      /** All strings; any may be absent. */
      readonly properties: Readonly<Record<string, string>>;
    };

/**
 * What a document makes of its parameters; throws {@link InvalidRequest}.
 *
 * @param document - the content of the request's document, where there is one
 * @param platform - the target's, as documents name it
 */
export function planSession(
  request: StartSessionRequest,
  document: DocumentContent = {},
  platform: 'linux' | 'windows' | 'macos' = 'linux',
): SessionPlan {
  const parameter = (name: string): string | undefined => request.Parameters?.[name]?.[0];
  const needed = (name: string): string => {
    const value = parameter(name);
    if (value === undefined) throw new InvalidRequest(`Parameter ${name} is missing`);
    return value;
  };
  const port = (type: string, names: readonly string[]): SessionPlan => {
    const properties: Record<string, string> = { portNumber: needed('portNumber'), type };
    for (const name of names) properties[name] = parameter(name) ?? '';
    return { kind: 'port', sessionType: 'Port', properties };
  };
  switch (request.DocumentName) {
    case undefined:
    case '':
    case 'SSM-SessionManagerRunShell':
      return { kind: 'shell', sessionType: 'Standard_Stream', command: undefined };
    case 'AWS-StartInteractiveCommand':
      return { kind: 'shell', sessionType: 'InteractiveCommands', command: needed('command') };
    case 'AWS-StartNonInteractiveCommand':
      return planCommand(
        needed('command'),
        resolveProperties(document, platform, request.Parameters ?? {}),
      );
    case 'AWS-StartPortForwardingSession':
      return port('LocalPortForwarding', ['localPortNumber']);
    case 'AWS-StartPortForwardingSessionToRemoteHost':
      return port('LocalPortForwarding', ['localPortNumber', 'host']);
    case 'AWS-StartPortForwardingSessionToSocket': {
      const plan = port('LocalPortForwarding', ['localUnixSocket', 'host']);
      return plan.kind === 'port'
        ? { ...plan, properties: { ...plan.properties, localConnectionType: 'unix' } }
        : plan;
    }
    case 'AWS-StartSSHSession': {
      // The document has 22 as the default of its only parameter.
      const portNumber = parameter('portNumber') ?? '22';
      return { kind: 'port', sessionType: 'Port', properties: { portNumber, type: 'Ssh' } };
    }
    default:
      return planOwnDocument(request, document, platform);
  }
}

/** A document of the account: it contains its own kind. */
function planOwnDocument(
  { DocumentName = '', Parameters = {} }: StartSessionRequest,
  document: DocumentContent,
  platform: 'linux' | 'windows' | 'macos',
): SessionPlan {
  const sessionType = stringMember(document, 'sessionType');
  switch (sessionType) {
    case 'Standard_Stream':
      return { kind: 'shell', sessionType, command: undefined };
    case 'InteractiveCommands': {
      const { commands } = resolveProperties(document, platform, Parameters);
      return { kind: 'shell', sessionType, command: String(commands) };
    }
    case 'Port': {
      const properties = Object.entries(resolveProperties(document, undefined, Parameters));
      return {
        kind: 'port',
        sessionType,
        properties: Object.fromEntries(properties.map(([name, value]) => [name, String(value)])),
      };
    }
    default:
      throw new InvalidRequest(`Document with name ${DocumentName} does not exist.`);
  }
}

/** Booleans of a document are texts as often as not (agent, `parameters.ConvertToBool`). */
function planCommand(command: string, properties: Readonly<Record<string, unknown>>): SessionPlan {
  const textOf = (name: string): string => {
    const value = properties[name];
    return typeof value === 'string' ? value : '';
  };
  const flag = properties['separateOutputStream'];
  const isSeparate = flag === true || /^(?:1|t|true)$/i.test(textOf('separateOutputStream'));
  const separate = {
    stdoutPrefix: textOf('stdOutSeparatorPrefix'),
    stderrPrefix: textOf('stdErrSeparatorPrefix'),
  };
  return {
    kind: 'command',
    sessionType: 'NonInteractiveCommands',
    command,
    separate: isSeparate ? separate : undefined,
  };
}
