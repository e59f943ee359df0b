import { stringMember, type JsonObject } from '../../../src/lib/json.ts';
import type { LocalNode } from '../api/nodes-api.ts';
import { LOCAL_IDENTITY } from '../api/sts-api.ts';
import type { Request } from './iam.ts';

/** What resources of sessions are made of. */
export interface SessionResources {
  readonly region: string;
  readonly nodes: readonly LocalNode[];
  /** The target of a session; undefined for an unknown one. */
  targetOf(sessionId: string): string | undefined;
}

/** The name of the documents that AWS owns begins so; their ARN has no account. */
const DOCUMENTS_OF_AWS = /^AWS(?:-|[A-Z])/;
const { account } = LOCAL_IDENTITY;

/**
 * What an operation of Systems Manager needs to be allowed (Service Authorization Reference, "AWS Systems
 * Manager"; user guide, "Additional sample IAM policies for Session Manager"). The document of
 * StartSession is only checked where the request names it.
 */
export function systemsManagerAccess(
  operation: string,
  body: JsonObject,
  resources: SessionResources,
): readonly Request[] {
  const action = `ssm:${operation}`;
  switch (operation) {
    case 'StartSession': {
      const document = stringMember(body, 'DocumentName');
      return [
        startAccess(stringMember(body, 'Target'), document !== '', resources),
        ...(document === '' ? [] : [{ action, resource: documentArn(document, resources) }]),
      ];
    }
    case 'ResumeSession':
    case 'TerminateSession':
      return [sessionAccess(action, stringMember(body, 'SessionId'), resources)];
    case 'GetDocument':
      return [{ action, resource: documentArn(stringMember(body, 'Name'), resources) }];
    default:
      return [{ action, resource: '*' }];
  }
}

/**
 * What an operation of EC2 needs to be allowed (Service Authorization Reference, "Amazon EC2"): only some have instances
 * as their resources.
 */
export function ec2Access(
  operation: string,
  instances: readonly LocalNode[],
  region: string,
): readonly Request[] {
  const action = `ec2:${operation}`;
  if (operation !== 'StartInstances') return [{ action, resource: '*' }];
  return instances.map(({ id, nameTag }) => ({
    action,
    resource: `arn:aws:ec2:${region}:${account}:instance/${id}`,
    ...(nameTag === undefined ? {} : { context: { 'aws:ResourceTag/Name': nameTag } }),
  }));
}

/** What opening the data channel of a session with a signed request needs. */
export function dataChannelAccess(sessionId: string, resources: SessionResources): Request {
  return sessionAccess('ssmmessages:OpenDataChannel', sessionId, resources);
}

function startAccess(
  target: string,
  namesDocument: boolean,
  { region, nodes }: SessionResources,
): Request {
  const [cluster = '', task = ''] = target.replace(/^ecs:/, '').split('_');
  const place = `${region}:${account}`;
  const resource = target.startsWith('ecs:')
    ? `arn:aws:ecs:${place}:task/${cluster}/${task}`
    : target.startsWith('mi-')
      ? `arn:aws:ssm:${place}:managed-instance/${target}`
      : `arn:aws:ec2:${place}:instance/${target}`;
  const tag = nodes.find(({ id }) => id === target)?.nameTag;
  return {
    action: 'ssm:StartSession',
    resource,
    context: {
      'ssm:SessionDocumentAccessCheck': String(namesDocument),
      ...(tag === undefined ? {} : { 'ssm:resourceTag/Name': tag }),
    },
  };
}

function sessionAccess(action: string, sessionId: string, resources: SessionResources): Request {
  const target = resources.targetOf(sessionId);
  return {
    action,
    resource: `arn:aws:ssm:${resources.region}:${account}:session/${sessionId}`,
    // The service tags each session with its owner and its target.
    context: {
      'ssm:resourceTag/aws:ssmmessages:session-id': LOCAL_IDENTITY.userId,
      ...(target === undefined ? {} : { 'ssm:resourceTag/aws:ssmmessages:target-id': target }),
    },
  };
}

function documentArn(name: string, { region }: SessionResources): string {
  const owner = DOCUMENTS_OF_AWS.test(name) ? '' : account;
  return `arn:aws:ssm:${region}:${owner}:document/${name}`;
}
