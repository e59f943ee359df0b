import { stringMember } from '../../../src/lib/json.ts';
import { admitCall, type CallGate } from './answers/admit-call.ts';
import { jsonRoute } from './answers/json-service.ts';
import { RefusedRequest } from './answers/refused-request.ts';
import type { Route } from './answers/route.ts';

/** What the API works on. */
export interface SecretsBackend extends CallGate {
  /** Texts by the names or ARNs that they are asked for by. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Secrets Manager, of which only GetSecretValue is answered. */
export function secretsRoute(backend: SecretsBackend): Route {
  return jsonRoute({
    ...{ prefix: 'secretsmanager.', messageMember: 'message' },
    answer(operation, body) {
      const id = stringMember(body, 'SecretId');
      admitCall(backend, operation, [{ action: `secretsmanager:${operation}`, resource: id }]);
      if (operation !== 'GetSecretValue') {
        throw new RefusedRequest('UnknownOperationException', `no operation ${operation}`);
      }
      const text = backend.secrets[id];
      if (text === undefined) {
        const message = "Secrets Manager can't find the specified secret.";
        throw new RefusedRequest('ResourceNotFoundException', message);
      }
      return { Name: id, SecretString: text };
    },
  });
}
