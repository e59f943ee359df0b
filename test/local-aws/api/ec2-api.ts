import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from './json-request.ts';
import type { LocalNode } from './nodes-api.ts';
import { pageOf, RefusedRequest, type ApiFailure } from './page.ts';

/** What the API works on. */
export interface Ec2Backend {
  readonly nodes: readonly LocalNode[];
  /** Receives each call. */
  readonly onCall: (operation: string) => void;
  /** What an operation is refused with; undefined when it is not. */
  readonly refusal: (operation: string) => ApiFailure | undefined;
}

/** Results in one answer of DescribeInstances (EC2 API). */
const LIMITS = { least: 5, most: 1000, byDefault: 1000 };
const RESPONSE = 'DescribeInstancesResponse';
const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const REQUEST_ID = '00000000-0000-0000-0000-000000000000';
/** The only filter there is; it leaves every instance, since all of them run. */
const STATE_FILTER = 'instance-state-name';

/** Whether a signed request is meant for EC2. */
export function isForEc2(request: IncomingMessage): boolean {
  return /Credential=[^,]*\/ec2\/aws4_request/.test(request.headers.authorization ?? '');
}

/** Answers one HTTP request to the EC2 endpoint: `DescribeInstances`, in XML. */
export async function handleEc2Request(
  request: IncomingMessage,
  response: ServerResponse,
  backend: Ec2Backend,
): Promise<void> {
  const form = new URLSearchParams(await readBody(request));
  const operation = form.get('Action') ?? '';
  backend.onCall(operation);
  const refused = backend.refusal(operation);
  response.setHeader('content-type', 'text/xml;charset=UTF-8');
  if (refused !== undefined) {
    response.writeHead(refused.status).end(errorOf(refused));
    return;
  }
  try {
    response.end(describeInstances(backend.nodes, form, operation));
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    response.writeHead(error.failure.status).end(errorOf(error.failure));
  }
}

function describeInstances(
  nodes: readonly LocalNode[],
  form: URLSearchParams,
  operation: string,
): string {
  if (operation !== 'DescribeInstances') {
    throw new RefusedRequest('InvalidAction', `The action ${operation} is not valid.`);
  }
  const filter = form.get('Filter.1.Name');
  if (filter !== null && filter !== STATE_FILTER) {
    throw new RefusedRequest('InvalidParameterValue', `The filter '${filter}' is invalid`);
  }
  const instances = nodes.filter(({ id }) => id.startsWith('i-'));
  const { items, nextToken } = pageOf(
    instances,
    {
      MaxResults: Number(form.get('MaxResults') ?? LIMITS.byDefault),
      NextToken: form.get('NextToken'),
    },
    LIMITS,
  );
  const contents = [
    text('requestId', REQUEST_ID),
    element('reservationSet', ...items.map(reservation)),
    ...(nextToken === undefined ? [] : [text('nextToken', nextToken)]),
  ];
  return `<${RESPONSE} xmlns="${NAMESPACE}">${contents.join('')}</${RESPONSE}>`;
}

/** Each instance has a reservation of its own, as those started one by one have. */
function reservation({ id, nameTag, ipAddress = '10.0.0.1', secondAddress }: LocalNode): string {
  const addresses = secondAddress === undefined ? [ipAddress] : [ipAddress, secondAddress];
  const interfaceAddresses = addresses.map((address) => item(text('privateIpAddress', address)));
  const tags = nameTag === undefined ? [] : [item(text('key', 'Name'), text('value', nameTag))];
  const instance = item(
    text('instanceId', id),
    text('privateDnsName', privateDnsName(ipAddress)),
    text('privateIpAddress', ipAddress),
    element('networkInterfaceSet', item(element('privateIpAddressesSet', ...interfaceAddresses))),
    element('tagSet', ...tags),
  );
  return item(text('reservationId', `r-${id.slice(2)}`), element('instancesSet', instance));
}

/** The name EC2 gives to an address (EC2 user guide, "IP name"). */
function privateDnsName(address: string): string {
  return `ip-${address.replaceAll('.', '-')}.ec2.internal`;
}

function item(...contents: readonly string[]): string {
  return element('item', ...contents);
}

function text(name: string, value: string): string {
  return element(name, escapeXml(value));
}

function element(name: string, ...contents: readonly string[]): string {
  return `<${name}>${contents.join('')}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function errorOf({ type, message }: ApiFailure): string {
  const error = element('Error', text('Code', type), text('Message', message));
  return element('Response', element('Errors', error), text('RequestID', REQUEST_ID));
}
