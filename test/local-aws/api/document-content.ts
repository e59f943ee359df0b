import { isJsonObject, type JsonObject } from '../../../src/lib/json.ts';

/** The contents of a Session document. */
export type DocumentContent = JsonObject;

/** A document with these parameters, all of them strings. */
export function documentContent(parameters: readonly string[]): DocumentContent {
  return {
    schemaVersion: '1.0',
    description: 'A document of the local target',
    parameters: Object.fromEntries(parameters.map((name) => [name, { type: 'String' }])),
  };
}

/** Parameters of a document for commands without a terminal, besides those of AWS's own document. */
export interface CommandDocument {
  /** Defaults of the prefixes, which AWS's own leaves empty. */
  readonly stdoutPrefix?: string;
  readonly stderrPrefix?: string;
}

/**
 * `AWS-StartNonInteractiveCommand`, as AWS has it since agents support separate output: note that its
 * parameters for prefixes are not called as the agent's properties are.
 */
export function commandDocument({
  stdoutPrefix = '',
  stderrPrefix = '',
}: CommandDocument = {}): DocumentContent {
  const properties = {
    commands: '{{ command }}',
    runAsElevated: false,
    separateOutputStream: '{{ separateOutputStream }}',
    stdOutSeparatorPrefix: '{{ stdoutSeparatorPrefix }}',
    stdErrSeparatorPrefix: '{{ stderrSeparatorPrefix }}',
  };
  const prefix = { type: 'String', allowedPattern: String.raw`^[0-9a-zA-Z\r\n_:-]{0,30}$` };
  return {
    schemaVersion: '1.0',
    description: 'A command without a terminal',
    sessionType: 'NonInteractiveCommands',
    parameters: {
      command: { type: 'String' },
      separateOutputStream: { type: 'String', allowedValues: ['true', 'false'], default: 'false' },
      stdoutSeparatorPrefix: { ...prefix, default: stdoutPrefix },
      stderrSeparatorPrefix: { ...prefix, default: stderrPrefix },
    },
    properties: { linux: properties, macos: properties, windows: properties },
  };
}

/** Preferences of Session Manager that decide where sessions are logged, besides others. */
export interface SessionPreferences {
  readonly s3BucketName?: string;
  readonly s3KeyPrefix?: string;
  readonly cloudWatchLogGroupName?: string;
  readonly cloudWatchStreamingEnabled?: boolean;
}

/**
 * The document of the preferences, `SSM-SessionManagerRunShell` by default, as its documentation shows it
 * (Systems Manager User Guide, "Session document schema"): what is not set is empty.
 */
export function sessionPreferences(inputs: SessionPreferences): DocumentContent {
  return {
    schemaVersion: '1.0',
    description: 'Document to hold regional settings for Session Manager',
    sessionType: 'Standard_Stream',
    inputs: {
      s3BucketName: '',
      s3KeyPrefix: '',
      s3EncryptionEnabled: true,
      cloudWatchLogGroupName: '',
      cloudWatchEncryptionEnabled: true,
      cloudWatchStreamingEnabled: false,
      idleSessionTimeout: '20',
      maxSessionDuration: '',
      kmsKeyId: '',
      runAsEnabled: false,
      runAsDefaultUser: '',
      shellProfile: { windows: '', linux: '' },
      ...inputs,
    },
  };
}

/** AWS's own documents. */
export const AWS_DOCUMENTS: Readonly<Record<string, DocumentContent>> = {
  'AWS-StartInteractiveCommand': documentContent(['command']),
  'AWS-StartNonInteractiveCommand': commandDocument(),
  'AWS-StartPortForwardingSession': documentContent(['portNumber', 'localPortNumber']),
  'AWS-StartPortForwardingSessionToRemoteHost': documentContent([
    'portNumber',
    'localPortNumber',
    'host',
  ]),
  'AWS-StartPortForwardingSessionToSocket': documentContent([
    'portNumber',
    'localUnixSocket',
    'host',
  ]),
  'AWS-StartSSHSession': documentContent(['portNumber']),
};

/**
 * The properties of a document for a platform, with what is given, or else the defaults, in place of its
 * parameters, as the agent puts them there (`docparser/parameters`).
 *
 * @param platform - undefined for a document whose properties are the same for all
 */
export function resolveProperties(
  document: DocumentContent,
  platform: 'linux' | 'windows' | 'macos' | undefined,
  given: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, unknown>> {
  const all = memberOf(document, 'properties');
  const properties = platform === undefined ? all : memberOf(all, platform);
  const parameters = memberOf(document, 'parameters');
  const valueOf = (name: string): unknown =>
    given[name]?.[0] ?? memberOf(parameters, name)['default'] ?? '';
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const parameter =
        typeof value === 'string' ? /^\{\{\s*(\w+)\s*\}\}$/.exec(value)?.[1] : undefined;
      return [name, parameter === undefined ? value : valueOf(parameter)];
    }),
  );
}

function memberOf(object: JsonObject, name: string): JsonObject {
  const member = object[name];
  return isJsonObject(member) ? member : {};
}
