import type { Failure } from '../lib/errors/failure.ts';
import { sessionFailures } from './session.ts';

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const TOO_MANY_REQUESTS = 429;
/** It and those above it: the server has failed (RFC 9110, section 15.6). */
const SERVER_ERROR = 500;

/** What an HTTP status means with which the message gateway answers in place of a WebSocket. */
export function gatewayStatusFailure(host: string, status: number): Failure<'http-status'> {
  if (status >= SERVER_ERROR) return sessionFailures['gateway-unavailable'](host, status);
  switch (status) {
    case TOO_MANY_REQUESTS:
      return sessionFailures['gateway-throttled'](host, status);
    case UNAUTHORIZED:
    case FORBIDDEN:
      return sessionFailures['gateway-forbidden'](host, status);
    default:
      return sessionFailures['gateway-status'](host, status);
  }
}
