import { isJsonObject, stringMember, type JsonObject } from '../../../src/lib/json.ts';
import type { LocalNode } from '../api/nodes-api.ts';
import { LOCAL_IDENTITY } from '../api/credentials/sts-api.ts';
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
    case 'SendCommand': {
      const document = documentArn(stringMember(body, 'DocumentName'), resources);
      const nodeIds = nodesOf(body);
      return [
        { action, resource: document },
        ...nodeIds.map((id) => ({
          action,
          resource: nodeArn(id, resources),
          context: tagContext(id, resources),
        })),
      ];
    }
    case 'GetDocument':
      return [{ action, resource: documentArn(stringMember(body, 'Name'), resources) }];
    default:
      return [{ action, resource: '*' }];
  }
}

/** Operations of EC2 on instances that they name. */
const OF_INSTANCES = ['StartInstances', 'GetPasswordData'];

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
  if (!OF_INSTANCES.includes(operation)) return [{ action, resource: '*' }];
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

function startAccess(target: string, namesDocument: boolean, resources: SessionResources): Request {
  const [cluster = '', task = ''] = target.replace(/^ecs:/, '').split('_');
  const resource = target.startsWith('ecs:')
    ? `arn:aws:ecs:${resources.region}:${account}:task/${cluster}/${task}`
    : nodeArn(target, resources);
  return {
    action: 'ssm:StartSession',
    resource,
    context: {
      'ssm:SessionDocumentAccessCheck': String(namesDocument),
      ...tagContext(target, resources),
    },
  };
}

function nodeArn(id: string, { region }: SessionResources): string {
  return id.startsWith('mi-')
    ? `arn:aws:ssm:${region}:${account}:managed-instance/${id}`
    : `arn:aws:ec2:${region}:${account}:instance/${id}`;
}

function tagContext(id: string, { nodes }: SessionResources): Readonly<Record<string, string>> {
  const tag = nodes.find((node) => node.id === id)?.nameTag;
  return tag === undefined ? {} : { 'ssm:resourceTag/Name': tag };
}

/** The nodes that SendCommand names by their ids. */
function nodesOf(body: JsonObject): readonly string[] {
  const { InstanceIds: ids, Targets: targets } = body;
  const named = (Array.isArray(targets) ? targets : []).filter(
    (target: unknown) => isJsonObject(target) && /^instanceids$/i.test(stringMember(target, 'Key')),
  );
  const lists: readonly unknown[] = [ids, ...named.map((target: JsonObject) => target['Values'])];
  return lists.flatMap((list) => (Array.isArray(list) ? list.map(String) : []));
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
