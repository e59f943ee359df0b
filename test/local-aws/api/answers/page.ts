import type { JsonObject } from '../../../../src/lib/json.ts';
import { RefusedRequest } from './refused-request.ts';

/** One page of a longer list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Asks for the next page; undefined on the last one. */
  readonly nextToken: string | undefined;
}

/** What the limits of a list are, and what it gives when nothing is asked (Systems Manager API). */
export interface PageLimits {
  readonly least: number;
  readonly most: number;
  readonly byDefault: number;
}

/**
 * Returns the page of a list that `MaxResults` and `NextToken` of the request ask for; throws {@link
 * RefusedRequest}.
 */
export function pageOf<T>(items: readonly T[], request: JsonObject, limits: PageLimits): Page<T> {
  const size = request['MaxResults'] ?? limits.byDefault;
  if (typeof size !== 'number' || size < limits.least || size > limits.most) {
    throw new RefusedRequest('ValidationException', 'MaxResults is out of its limits');
  }
  const start = offsetOf(request['NextToken']);
  if (start === undefined || start > items.length) {
    throw new RefusedRequest('InvalidNextToken', 'The specified token is not valid.');
  }
  const end = start + size;
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? tokenOf(end) : undefined,
  };
}

function tokenOf(offset: number): string {
  return Buffer.from(`from ${offset}`).toString('base64');
}

function offsetOf(token: unknown): number | undefined {
  if (token === undefined || token === null) return 0;
  if (typeof token !== 'string') return undefined;
  const offset = /^from (\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1];
  return offset === undefined ? undefined : Number(offset);
}
