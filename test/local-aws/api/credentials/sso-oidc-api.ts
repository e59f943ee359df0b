import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answerJson, readBody } from '../answers/json-request.ts';

/** How the OIDC service of IAM Identity Center behaves. */
export interface SsoOidcOptions {
  /** The token of every sign-in. */
  readonly accessToken: string;
  /** What the questions for a token by a device code are answered with, before it is confirmed. */
  readonly pending?: readonly ('AuthorizationPendingException' | 'SlowDownException')[];
  /** What the person types into the page of the device code. */
  readonly userCode?: string;
  /** The person refuses. */
  readonly denies?: boolean;
}

/** The OIDC service of IAM Identity Center on this machine. */
export interface SsoOidcApi {
  /** Answers RegisterClient, StartDeviceAuthorization, CreateToken, and the page of authorization. */
  readonly listener: RequestListener;
  /** The requests, a line each: the operation and its visible parameters. */
  readonly calls: readonly string[];
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const CLIENT = { clientId: 'client-id', clientSecret: 'client-secret' };
const CODE = 'authorization-code';
/** A registration lasts 90 days (IAM Identity Center OIDC API, RegisterClient), in seconds. */
const REGISTRATION_S = 90 * 24 * 3_600;
const TOKEN_S = 8 * 3_600;

/** The error codes of OAuth that go with the service's exceptions (IAM Identity Center OIDC API). */
const OAUTH_ERRORS: Readonly<Record<string, string>> = {
  AuthorizationPendingException: 'authorization_pending',
  SlowDownException: 'slow_down',
  AccessDeniedException: 'access_denied',
  InvalidGrantException: 'invalid_grant',
  InvalidClientException: 'invalid_client',
  InvalidRequestException: 'invalid_request',
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * The operations and their shapes are those of the service's model (botocore/data/sso-oidc); the page
 * of authorization is where the AWS CLI sends the browser (awscli v2, `SSOTokenFetcherAuth`).
 */
export function createSsoOidcApi(options: SsoOidcOptions): SsoOidcApi {
  const calls: string[] = [];
  const pending = [...(options.pending ?? [])];
  let challenge = '';
  let redirectUri = '';

  const createToken = (fields: Fields, response: ServerResponse): void => {
    const refuse = (exception: string): void => refuseWith(response, exception);
    if (fields['clientId'] !== CLIENT.clientId || fields['clientSecret'] !== CLIENT.clientSecret) {
      refuse('InvalidClientException');
      return;
    }
    if (fields['grantType'] === DEVICE_GRANT) {
      const next = options.denies === true ? 'AccessDeniedException' : pending.shift();
      if (next !== undefined) {
        refuse(next);
        return;
      }
    } else {
      const proof = createHash('sha256').update(String(fields['codeVerifier'])).digest('base64url');
      const isRight =
        fields['code'] === CODE && fields['redirectUri'] === redirectUri && proof === challenge;
      if (!isRight) {
        refuse('InvalidGrantException');
        return;
      }
    }
    const { accessToken } = options;
    const refreshToken = 'refresh-token';
    answerJson(response, 200, {
      accessToken,
      refreshToken,
      expiresIn: TOKEN_S,
      tokenType: 'Bearer',
    });
  };

  /** A person who signs in at once, or refuses: the browser is sent back to the program. */
  const authorize = (url: URL, response: ServerResponse): void => {
    challenge = url.searchParams.get('code_challenge') ?? '';
    redirectUri = url.searchParams.get('redirect_uri') ?? '';
    const callback = new URL(redirectUri);
    const state = url.searchParams.get('state') ?? '';
    const answer = options.denies === true ? { error: 'access_denied' } : { code: CODE };
    callback.search = new URLSearchParams({ ...answer, state }).toString();
    response.writeHead(302, { location: callback.href }).end();
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', `http://${request.headers.host ?? ''}`);
    if (request.method === 'GET' && url.pathname === '/authorize') {
      calls.push(`authorize ${url.searchParams.get('scopes') ?? ''}`);
      authorize(url, response);
      return;
    }
    const fields = JSON.parse(await readBody(request)) as Fields;
    switch (`${request.method} ${url.pathname}`) {
      case 'POST /client/register': {
        const grantTypes: unknown = fields['grantTypes'];
        const named = Array.isArray(grantTypes) ? ` ${grantTypes.join(' ')}` : '';
        calls.push(`RegisterClient${named}`);
        const now = Math.floor(Date.now() / 1000);
        const ends = { clientIdIssuedAt: now, clientSecretExpiresAt: now + REGISTRATION_S };
        answerJson(response, 200, { ...CLIENT, ...ends });
        return;
      }
      case 'POST /device_authorization': {
        calls.push(`StartDeviceAuthorization ${String(fields['startUrl'])}`);
        const verificationUri = 'https://device.sso.example/';
        answerJson(response, 200, {
          deviceCode: 'device-code',
          userCode: options.userCode ?? 'ABCD-EFGH',
          verificationUri,
          verificationUriComplete: `${verificationUri}?user_code=ABCD-EFGH`,
          expiresIn: 600,
          interval: 1,
        });
        return;
      }
      case 'POST /token':
        calls.push(`CreateToken ${String(fields['grantType'])}`);
        createToken(fields, response);
        return;
      default:
        answerJson(response, 404, { message: 'Not found' });
    }
  };

  return {
    calls,
    listener: (request, response) => {
      answer(request, response).catch(() => request.socket.destroy());
    },
  };
}

function refuseWith(response: ServerResponse, exception: string): void {
  response.setHeader('x-amzn-errortype', exception);
  answerJson(response, 400, { error: OAUTH_ERRORS[exception], error_description: exception });
}
