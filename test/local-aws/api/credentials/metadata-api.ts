import type { RequestListener } from 'node:http';
import { answerJson } from '../answers/json-request.ts';
import type { IssuedCredentials } from './sso-api.ts';

/** A source of credentials on a machine of AWS itself. */
export interface MetadataApi {
  readonly listener: RequestListener;
  /** Method and path of what was asked for. */
  readonly calls: readonly string[];
}

const ROLE = 'instance-role';
const INSTANCE_TOKEN = 'instance-metadata-token';
const ROLE_PATH = '/latest/meta-data/iam/security-credentials/';

function body(credentials: IssuedCredentials): object {
  return {
    Code: 'Success',
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: new Date(credentials.expiration).toISOString(),
  };
}

/** The instance metadata service, version 2: it answers only requests with its token. */
export function createInstanceMetadataApi(credentials: IssuedCredentials): MetadataApi {
  const calls: string[] = [];
  return {
    calls,
    listener: (request, response) => {
      const call = `${request.method ?? ''} ${request.url ?? ''}`;
      calls.push(call);
      if (call === 'PUT /latest/api/token') {
        response.end(INSTANCE_TOKEN);
      } else if (request.headers['x-aws-ec2-metadata-token'] !== INSTANCE_TOKEN) {
        response.writeHead(401).end();
      } else if (call === `GET ${ROLE_PATH}`) {
        response.end(ROLE);
      } else if (call === `GET ${ROLE_PATH}${ROLE}`) {
        answerJson(response, 200, body(credentials));
      } else {
        response.writeHead(404).end();
      }
    },
  };
}

/**
 * The endpoint of a container's credentials.
 *
 * @param authorization - what the Authorization header must hold
 */
export function createContainerApi(
  authorization: string,
  credentials: IssuedCredentials,
): MetadataApi {
  const calls: string[] = [];
  return {
    calls,
    listener: (request, response) => {
      calls.push(`${request.method ?? ''} ${request.url ?? ''}`);
      if (request.headers.authorization === authorization) {
        answerJson(response, 200, body(credentials));
      } else {
        answerJson(response, 401, { message: 'unauthorized' });
      }
    },
  };
}
