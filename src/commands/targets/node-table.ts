import type { TextPart } from '../../cli/framework/command-context.ts';
import type { Column, Table } from '../../cli/output/table.ts';
import type { KnownNode } from '../../cli/target/known-nodes.ts';

/** A node, and where it is. */
export interface PlacedNode extends KnownNode {
  readonly region: string;
  /** As it was named; empty when it was not. */
  readonly profile: string;
}

/** Programs count the fields of a line: a new column is the last one. */
const COLUMNS: readonly Column[] = [
  { header: 'ID', narrowest: 'whole' },
  { header: 'NAME', narrowest: 8 },
  { header: 'PLATFORM', narrowest: 8, dispensable: 2 },
  { header: 'PING STATUS', shortHeader: 'STATUS', narrowest: 8 },
  { header: 'AGENT', narrowest: 'whole', dispensable: 1 },
  { header: 'ADDRESS', narrowest: 'whole', dispensable: 3 },
];
/** Of several regions. */
const REGION: Column = { header: 'REGION', narrowest: 'whole', dispensable: 5 };
/** Of several profiles. */
const PROFILE: Column = { header: 'PROFILE', narrowest: 8, dispensable: 4 };

/** Ping statuses of Systems Manager (`InstanceInformation`, Systems Manager API). */
const STATUS_COLORS: Readonly<Record<string, Exclude<TextPart, string>['color']>> = {
  Online: 'green',
  ConnectionLost: 'red',
  Inactive: 'yellow',
};

/** Which columns about the place the table has. */
export interface PlaceColumns {
  readonly region: boolean;
  readonly profile: boolean;
}

/** The nodes in lines. */
export function nodeTable(nodes: readonly PlacedNode[], shows: PlaceColumns): Table {
  return {
    columns: [...COLUMNS, ...(shows.region ? [REGION] : []), ...(shows.profile ? [PROFILE] : [])],
    rows: nodes.map((node) => [
      ...rowOf(node),
      ...(shows.region ? [node.region] : []),
      ...(shows.profile ? [node.profile] : []),
    ]),
  };
}

function rowOf(node: KnownNode): readonly TextPart[] {
  const { id, name, platform, pingStatus, agentVersion, ipAddress } = node;
  const color = STATUS_COLORS[pingStatus];
  const status = color === undefined ? pingStatus : { color, text: pingStatus };
  return [id, name, platform, status, agentVersion, ipAddress];
}

/**
 * The properties of a node in JSON: an interface that programs rely on. Those of EC2 are left out where it has none, or was
 * not allowed to be asked.
 */
export function forPrograms(node: PlacedNode): object {
  const { id, name, platform, pingStatus, agentVersion, ipAddress, computerName } = node;
  const { region, profile, instance } = node;
  return {
    ...{ id, name, platform, pingStatus, agentVersion, ipAddress, computerName, region },
    ...(profile === '' ? {} : { profile }),
    ...(instance === undefined
      ? {}
      : {
          state: instance.state,
          addresses: instance.addresses,
          hostNames: instance.hostNames,
          ...Object.fromEntries(
            Object.entries(instance.details).filter(([, value]) => value !== ''),
          ),
        }),
  };
}
