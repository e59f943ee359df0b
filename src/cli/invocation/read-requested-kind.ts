import { awsLabels } from '../../aws/signing/aws-domains.ts';
import { parseLocalEndpoint, type LocalEndpoint } from '../../session/port/properties.ts';
import type { RequestedKind } from '../../session/handshake/requested-kind.ts';
import type { StartSession } from './caller-contract.ts';
import { SSH_DOCUMENT } from '../process/signals/hang-up.ts';

/** Documents of AWS whose sessions are shells, including the document of an account's preferences. */
const SHELL_DOCUMENTS: ReadonlySet<string> = new Set([
  'SSM-SessionManagerRunShell',
  'AWS-StartInteractiveCommand',
  'AWS-StartNonInteractiveCommand',
  'AmazonECS-ExecuteInteractiveCommand',
]);
const PORT_DOCUMENTS: ReadonlySet<string> = new Set([
  'AWS-StartPortForwardingSession',
  'AWS-StartPortForwardingSessionToRemoteHost',
]);
const SOCKET_DOCUMENT = 'AWS-StartPortForwardingSessionToSocket';

const CONTAINER = 'ecs:';
/** The service's name in the host of an ECS endpoint. */
const ECS_LABELS: ReadonlySet<string> = new Set(['ecs', 'ecs-fips']);
/** A value that the agent reads from Parameter Store (`parameterstore.Resolve` of its docparser). */
const PARAMETER_REFERENCE = '{{';

/** The parts of a request that determine its kind. */
export type KindRequest = Pick<
  StartSession,
  'documentName' | 'parameters' | 'isWholeRequest' | 'target' | 'endpoint'
>;

/**
 * The kind of session that a request opens. A document's name begins with AWS or Amazon only when it
 * is one of AWS's (Systems Manager user guide, "Create SSM document content": these prefixes are
 * reserved), so its kind and its parameters are known. Other documents may be of any kind.
 */
export function requestedKind(request: KindRequest): RequestedKind {
  const name = documentOf(request.documentName);
  if (name === '') return isShellWithoutDocument(request) ? { kind: 'shell' } : { kind: 'unknown' };
  if (SHELL_DOCUMENTS.has(name)) return { kind: 'shell' };
  if (name === SSH_DOCUMENT) return { kind: 'stdio' };
  if (PORT_DOCUMENTS.has(name)) return { kind: 'forwarding', local: localPort(request) };
  if (name === SOCKET_DOCUMENT) return { kind: 'forwarding', local: localSocket(request) };
  return { kind: 'unknown' };
}

/** A document is named by its name or by its ARN, `arn:aws:ssm:REGION:ACCOUNT:document/NAME`. */
function documentOf(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}

/**
 * StartSession without a document opens a shell. But some callers pass only the target, also of a port
 * session (docs/design/protocol.md#arguments). `aws ecs execute-command` passes only the target, too, and
 * the endpoint of ECS shows that it is the caller (docs/design/protocol.md#amazon-ecs).
 */
function isShellWithoutDocument({ isWholeRequest, target, endpoint }: KindRequest): boolean {
  if (isWholeRequest) return true;
  if (!target.startsWith(CONTAINER) || !URL.canParse(endpoint)) return false;
  const labels = awsLabels(new URL(endpoint).hostname) ?? [];
  return labels.some((label) => ECS_LABELS.has(label));
}

/** Where the document's default is 0, which lets the system choose. */
function localPort({ parameters, isWholeRequest }: KindRequest): LocalEndpoint | undefined {
  if (parameters === undefined && !isWholeRequest) return undefined;
  const values = parameters?.get('localPortNumber') ?? [''];
  if (values.length !== 1) return undefined;
  const local = parseLocalEndpoint({ localPortNumber: values[0] });
  return local.kind === 'invalid' ? undefined : local;
}

function localSocket({ parameters }: KindRequest): LocalEndpoint | undefined {
  const [path = '', ...more] = parameters?.get('localUnixSocket') ?? [];
  if (path === '' || more.length > 0 || path.includes(PARAMETER_REFERENCE)) return undefined;
  return { kind: 'unix', path };
}
