import type { Fleet } from './fleet.ts';
import type { AwsServicesOptions } from './services.ts';

/** What the own commands ask of AWS; the first question loads the AWS SDK. */
export function lazyFleet(options: AwsServicesOptions): Fleet {
  let loading: Promise<Fleet> | undefined;
  const loaded = (): Promise<Fleet> =>
    (loading ??= import('./sdk/sdk-fleet.ts').then(({ createSdkFleet }) =>
      createSdkFleet(options),
    ));
  return {
    prepareCredentials: async () => (await loaded()).prepareCredentials(),
    startSession: async (request) => (await loaded()).startSession(request),
    terminateSession: async (sessionId) => (await loaded()).terminateSession(sessionId),
    async *nodes(filter) {
      yield* (await loaded()).nodes(filter);
    },
    instances: async () => (await loaded()).instances(),
    document: async (name) => (await loaded()).document(name),
    openSessions: async () => (await loaded()).openSessions(),
    callerIdentity: async () => (await loaded()).callerIdentity(),
    endpoint: async (service) => (await loaded()).endpoint(service),
    isConnected: async (target) => (await loaded()).isConnected(target),
  };
}
