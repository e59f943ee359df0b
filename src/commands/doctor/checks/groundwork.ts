import type { SessionEndpoint } from '../../../aws/endpoint.ts';
import type { RunAws } from '../../../aws/session-aws.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkEndpoint, ENDPOINT_SERVICES, type EndpointCheck } from './check-endpoints.ts';
import { checkPlace, type Place } from './check-place.ts';
import { checkPreferences, type PreferencesCheck } from './check-preferences.ts';
import { isUsable, skipped, type Finding } from './finding.ts';
import { checkWith, missingOf, UNMET, type Need } from './needs.ts';

/** What further checks build on; each part may still be in progress. */
export interface Groundwork {
  readonly place: Promise<Place>;
  readonly aws: Promise<RunAws>;
  readonly credentials: Promise<readonly Finding[]>;
  /** In the order of the report. */
  readonly endpoints: readonly EndpointProgress[];
  readonly preferences: Promise<PreferencesCheck>;
  /** What a call to a service needs. */
  readonly toCall: (service: SessionEndpoint) => readonly Need[];
}

/** The check of one endpoint. */
interface EndpointProgress {
  readonly service: SessionEndpoint;
  readonly check: string;
  readonly result: Promise<EndpointCheck>;
}

/** Credentials are checked without a region, too: a source that calls a service names its own. */
const REGION_FOR_CREDENTIALS = 'us-east-1';

/** Starts the checks that others need. */
export function layGroundwork(context: CommandContext): Groundwork {
  const place = checkPlace(context);
  const aws = place.then((found) => openAws(context, found));
  const hasProfile = place.then(({ profile }) => profile === undefined);
  const hasRegion = place.then(({ regionName }) => regionName !== undefined);

  const credentials = checkWith('credentials', [[UNMET.profile, hasProfile]], async () => {
    const run = await aws;
    return [await checkCredentials(run.aws, run.options)];
  });
  const usesKms = async (): Promise<boolean> => (await preferences).usesKms;
  const endpoints = ENDPOINT_SERVICES.map((service) => {
    const check = `endpoint ${service}`;
    const start = async (): Promise<EndpointCheck> => {
      const missing = await missingOf([[UNMET.region, hasRegion]]);
      if (missing !== undefined) return { finding: skipped(check, missing), skewMs: undefined };
      const run = await aws;
      return checkEndpoint(service, run.aws, run.options, usesKms);
    };
    return { service, check, result: start() };
  });
  const isReached = async (service: SessionEndpoint): Promise<boolean> => {
    const result = await endpoints.find((one) => one.service === service)?.result;
    return result?.finding.verdict === 'ok';
  };
  const toCall = (service: SessionEndpoint): readonly Need[] => [
    [UNMET.credentials, credentials.then((found) => found.every(isUsable))],
    [UNMET.region, hasRegion],
    [UNMET.endpoint(service), isReached(service)],
  ];
  const startPreferences = async (): Promise<PreferencesCheck> => {
    const missing = await missingOf(toCall('ssm'));
    if (missing !== undefined) {
      return { finding: skipped('preferences', missing), usesKms: false };
    }
    return checkPreferences((await aws).aws);
  };
  const preferences = startPreferences();
  return { place, aws, credentials, endpoints, preferences, toCall };
}

/** Without a profile or region, which the other commands need, it uses separate calls. */
async function openAws({ aws }: CommandContext, { profile, regionName }: Place): Promise<RunAws> {
  if (profile !== undefined || regionName === undefined) {
    return aws.inRegion(regionName ?? REGION_FOR_CREDENTIALS);
  }
  const [calls, options] = await Promise.all([aws.calls(), aws.options()]);
  return { aws: calls, options };
}
