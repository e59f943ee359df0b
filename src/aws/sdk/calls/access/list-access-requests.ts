import {
  DescribeOpsItemsCommand,
  ListDocumentsCommand,
  SSMClient,
  type OpsItemFilterKey,
  type OpsItemSummary,
} from '@aws-sdk/client-ssm';
import { isJsonObject, parseObject } from '../../../../lib/json.ts';
import type { AccessRequest, AccessRequests } from '../../../access-calls.ts';
import type { SdkCalls } from '../../sdk-calls.ts';
import { pagesOf } from '../pages.ts';

/** Access requests are OpsItems of this type, which is also the name of their data (user guide, "Approving and denying …"). */
const TYPE = '/aws/accessrequest';
/** Most results in one answer of DescribeOpsItems (Systems Manager API). */
const REQUESTS_IN_A_PAGE = 50;
/** AWS keeps requests for a year: no user reads more than these, and each page is a call. */
const MOST_ACCESS_PAGES = 10;
/** A request that is not answered has this status among those of OpsItems. */
const AWAITS_APPROVAL = 'PendingApproval';
/** Ids of EC2 instances and of other managed nodes. */
const NODE_ID = /\b(?:i|mi)-[0-9a-f]{8,17}\b/;

/** Requests of a user or role, the newest first. @param requester - its ARN */
export async function listAccessRequests(
  calls: SdkCalls,
  requester: string,
  target: string | undefined,
): Promise<AccessRequests> {
  const what = {
    action: 'ssm:DescribeOpsItems',
    object: `the access requests of ${requester}`,
    purpose: 'list your access requests',
  };
  const wanted: (readonly [OpsItemFilterKey, string | undefined])[] = [
    ['OpsItemType', TYPE],
    ['AccessRequestByRequesterArn', requester],
    ['AccessRequestByTargetResourceId', target],
  ];
  const OpsItemFilters = wanted.flatMap(([Key, value]) =>
    value === undefined ? [] : [{ Key, Values: [value], Operator: 'Equal' as const }],
  );
  const pages = pagesOf((NextToken) =>
    calls.call('ssm', what, (config) =>
      new SSMClient(config).send(
        new DescribeOpsItemsCommand({ OpsItemFilters, MaxResults: REQUESTS_IN_A_PAGE, NextToken }),
      ),
    ),
  );
  const requests: AccessRequest[] = [];
  let count = 0;
  let areAll = true;
  for await (const page of pages) {
    requests.push(...(page.OpsItemSummaries ?? []).map((item) => requestOf(item, target)));
    areAll = (page.NextToken ?? '') === '';
    if (++count === MOST_ACCESS_PAGES) break;
  }
  return { requests: requests.sort((a, b) => b.requestedAt - a.requestedAt), areAll };
}

/** Whether the account has policies of its own that approve access, by hand or at once (Systems Manager API, `DocumentType`). */
export async function hasApprovalPolicy(calls: SdkCalls): Promise<boolean> {
  const what = {
    action: 'ssm:ListDocuments',
    object: 'the approval policies',
    purpose: 'find out whether access can be requested',
  };
  const answer = await calls.call('ssm', what, (config) =>
    new SSMClient(config).send(
      new ListDocumentsCommand({
        Filters: [{ Key: 'DocumentType', Values: ['ManualApprovalPolicy', 'AutoApprovalPolicy'] }],
        MaxResults: 1,
      }),
    ),
  );
  return (answer.DocumentIdentifiers ?? []).length > 0;
}

/**
 * AWS documents only one member of the data of a request, which is for its approvers. The others are recognized by their names,
 * and the target by the form of its id.
 */
function requestOf(item: OpsItemSummary, target: string | undefined): AccessRequest {
  const text = item.OperationalData?.[TYPE]?.Value ?? '';
  const data = membersOf(parseObject(text));
  const valueOf = (name: RegExp): string => data.find(([key]) => name.test(key))?.[1] ?? '';
  const end = valueOf(/(?:end|expir\w*)(?:time|date|at)?$/i);
  const until = Date.parse(end);
  return {
    id: item.OpsItemId ?? '',
    state: item.Status === AWAITS_APPROVAL ? 'Pending' : (item.Status ?? ''),
    target: target ?? NODE_ID.exec(text)?.[0] ?? NODE_ID.exec(item.Title ?? '')?.[0] ?? '',
    requestedAt: item.CreatedTime?.getTime() ?? 0,
    until: Number.isNaN(until) ? undefined : until,
    reason: valueOf(/reason|justification/i) || (item.Title ?? ''),
  };
}

/** The texts in an object by their names, also of objects in it. */
function membersOf(value: unknown): readonly (readonly [string, string])[] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    typeof member === 'string' ? [[key, member] as const] : membersOf(member),
  );
}
