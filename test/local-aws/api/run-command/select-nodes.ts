import { isJsonObject, stringMember, type JsonObject } from '../../../../src/lib/json.ts';
import { tagsOf, type LocalNode } from '../nodes-api.ts';
import { RefusedRequest } from '../answers/refused-request.ts';

/** Limits of the service's model (botocore, service-2.json of ssm). */
const MAX_IDS = 50;
const MAX_TARGETS = 5;
const MAX_VALUES = 50;

/** A value that the service's model does not allow. */
export function invalid(what: string): RefusedRequest {
  return new RefusedRequest('ValidationException', `1 validation error detected: ${what}`);
}

/**
 * `InstanceIds` must be managed nodes of the document's platform; `Targets` selects among them. The conditions of
 * `Targets` hold together, and each for one of its values (user guide, "Run commands at scale").
 */
export function selectNodes(
  nodes: readonly LocalNode[],
  request: JsonObject,
  isWindows: boolean,
): readonly LocalNode[] {
  const managed = nodes.filter((node) => node.managed !== false);
  const ids: unknown = request['InstanceIds'];
  if (Array.isArray(ids)) {
    if (ids.length === 0 || ids.length > MAX_IDS) throw invalid('InstanceIds');
    return ids.map((id) => {
      const node = managed.find((one) => one.id === id);
      if (node === undefined) throw new RefusedRequest('InvalidInstanceId', 'not in a valid state');
      if ((node.platformType === 'Windows') === isWindows) return node;
      throw new RefusedRequest('UnsupportedPlatformType', '');
    });
  }
  const targets: unknown = request['Targets'];
  if (!Array.isArray(targets) || targets.length === 0 || targets.length > MAX_TARGETS) {
    throw invalid('Targets');
  }
  return managed.filter((node) =>
    targets.every((target: unknown) => isJsonObject(target) && isMeant(node, target)),
  );
}

function isMeant(node: LocalNode, target: JsonObject): boolean {
  const values = target['Values'];
  if (!Array.isArray(values) || values.length > MAX_VALUES) throw invalid('Values');
  const key = stringMember(target, 'Key');
  if (/^instanceids$/i.test(key)) return values.includes(node.id);
  const value = key.startsWith('tag:') ? tagsOf(node)[key.slice('tag:'.length)] : undefined;
  return value !== undefined && values.includes(value);
}
