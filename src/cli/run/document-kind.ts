import type { SessionDocument, SessionRequest } from '../../aws/aws.ts';
import { requestedKind } from '../invocation/read-requested-kind.ts';
import type { CommandContext } from '../framework/command-context.ts';
import { optionalAnswer } from './optional-answer.ts';
import { parsePortProperties } from '../../session/port/properties.ts';
import type { RequestedKind } from '../../session/handshake/requested-kind.ts';

/** Any agent that forwards ports: the version does not change where to listen. */
const ANY_AGENT = '';
/** A property that is a parameter of the document. */
const PARAMETER = /^\{\{\s*([\w.-]+)\s*\}\}$/;
const INSERTED = '{{';

/**
 * The kind of session that a command asks for. Only documents of the account are read. Without
 * permission to read them, the kind is unknown.
 *
 * @throws AwsError when AWS cannot be reached, so that the session could not be started either
 */
export async function resolveSessionKind(
  context: CommandContext,
  { target, documentName = '', parameters = {} }: SessionRequest,
): Promise<RequestedKind> {
  const kind = requestedKind({
    target,
    documentName,
    parameters: new Map(Object.entries(parameters)),
    isWholeRequest: true,
    endpoint: '',
  });
  if (kind.kind !== 'unknown') return kind;
  const calls = await context.aws.calls();
  const document = await optionalAnswer(context, calls.document(documentName), () => undefined);
  return document === undefined ? kind : documentKind(document, parameters);
}

/**
 * The kind of session that a document describes, with the parameters that are given. The agent puts
 * them into the properties in the same way (docs/design/protocol.md#ports).
 *
 * @returns `unknown` for a type of session that is not known here, or that the agent resolves
 */
export function documentKind(
  { sessionType, properties, parameters }: SessionDocument,
  given: SessionRequest['parameters'] = {},
): RequestedKind {
  switch (sessionType) {
    case 'Standard_Stream':
    case 'InteractiveCommands':
    case 'NonInteractiveCommands':
      return { kind: 'shell' };
    case 'Port':
      break;
    default:
      return { kind: 'unknown' };
  }
  const values = new Map(Object.entries(given));
  const valueOf = (name: string): string | undefined => {
    const [value, ...more] = values.get(name) ?? [parameters.get(name)?.defaultValue];
    return more.length > 0 || value?.includes(INSERTED) === true ? undefined : value;
  };
  const resolved = Object.entries(properties).map(([name, written]) => {
    const parameter = typeof written === 'string' ? PARAMETER.exec(written)?.[1] : undefined;
    return [name, parameter === undefined ? written : valueOf(parameter)] as const;
  });
  const isUnclear = (name: string): boolean =>
    resolved.some(
      ([own, value]) => own === name && (typeof value !== 'string' || value.includes(INSERTED)),
    );
  if (isUnclear('type')) return { kind: 'unknown' };
  const port = parsePortProperties(Object.fromEntries(resolved), ANY_AGENT);
  switch (port.kind) {
    case 'stdio':
      return { kind: 'stdio' };
    case 'invalid':
      return { kind: 'forwarding', local: undefined };
    case 'basic':
    case 'multiplexed': {
      const decisive = ['localConnectionType', 'localUnixSocket', 'localPortNumber'];
      const local = decisive.some(isUnclear) ? undefined : port.local;
      return { kind: 'forwarding', local };
    }
  }
}
