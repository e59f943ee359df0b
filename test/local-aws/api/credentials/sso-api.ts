import type { RequestListener } from 'node:http';
import { answerJson } from '../answers/json-request.ts';

/** Temporary credentials, as the services that hand them out write them. */
export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiration: number;
}

/** The portal of IAM Identity Center on this machine. */
export interface SsoApi {
  /** Answers GetRoleCredentials. */
  readonly listener: RequestListener;
  /** The roles that were asked for, as `account/role`. */
  readonly calls: readonly string[];
}

/**
 * @param accessToken - of the sign-in; any other is refused
 * @param credentials - what every signed-in user gets
 */
export function createSsoApi(accessToken: string, credentials: IssuedCredentials): SsoApi {
  const calls: string[] = [];
  return {
    calls,
    listener: (request, response) => {
      const url = new URL(request.url ?? '', 'http://portal');
      if (url.pathname !== '/federation/credentials') {
        answerJson(response, 404, { message: 'Not found' });
        return;
      }
      calls.push(`${url.searchParams.get('account_id')}/${url.searchParams.get('role_name')}`);
      if (request.headers['x-amz-sso_bearer_token'] !== accessToken) {
        response.setHeader('x-amzn-errortype', 'UnauthorizedException');
        answerJson(response, 401, { message: 'Session token not found or invalid' });
        return;
      }
      answerJson(response, 200, { roleCredentials: credentials });
    },
  };
}
