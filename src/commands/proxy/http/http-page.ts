import { messageOf } from '../../../lib/errors/failure.ts';
import { printableLines } from '../../../lib/printable.ts';
import type { Refusal, RefusalKind } from '../clients/proxy-client.ts';

const STATUS: Readonly<Record<RefusalKind, number>> = {
  denied: 403,
  unreachable: 502,
  refused: 502,
  timeout: 504,
  busy: 503,
  failed: 502,
};
const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  431: 'Request Header Fields Too Large',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** A page for people. Plain text: nothing in it can be a part of a page of the destination. */
export interface HttpPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/** The page about a client that is not connected. The agent may have written a part of it: terminals show it. */
export function refusalPage(refusal: Refusal): HttpPage {
  return textPage(STATUS[refusal.kind], `${printableLines(messageOf(refusal))}\n`);
}

export function textPage(status: number, body: string, type = 'text/plain'): HttpPage {
  return {
    status,
    headers: {
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Length': Buffer.byteLength(body),
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      Connection: 'close',
    },
    body,
  };
}

/** A page as bytes of HTTP/1.1, for a connection that no parser serves any more. */
export function pageBytes({ status, headers, body }: HttpPage): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}
