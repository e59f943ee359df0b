import type { SessionRequest } from '../../aws/fleet.ts';
import type { RequestedKind } from '../../session/handshake/requested-kind.ts';
import { requestedKind } from '../invocation/read-requested-kind.ts';
import type { CommandContext } from './command-context.ts';
import { documentKind } from './document-kind.ts';
import { orElse } from './or-else.ts';

/**
 * The kind of session that a command asks for. Only documents of the account are looked up; whoever may
 * not read them has a session of any kind.
 *
 * @throws AwsError when AWS cannot be reached, so that the session could not be started either
 */
export async function lookUpKind(
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
  const fleet = await context.fleet();
  const document = await orElse(context, fleet.document(documentName), () => undefined);
  return document === undefined ? kind : documentKind(document, parameters);
}
