import type { Command } from 'commander';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { printList } from '../../cli/output/print-list.ts';
import { listKnownNodes, NAME_TAGS, type KnownNodes } from '../../cli/target/known-nodes.ts';
import { commandFailures } from '../../failures/commands.ts';
import { someOf } from '../../failures/fleets.ts';
import {
  addFilterOptions,
  readFilter,
  type FilterOptions,
  type NodeSelection,
} from './node-filter.ts';
import { forPrograms, nodeTable, type PlacedNode } from './node-table.ts';
import {
  listEverywhere,
  placesOf,
  type InPlace,
  type Place,
  type PlaceOptions,
} from '../../cli/target/places.ts';

/** `targets [FILTER...]`: the managed nodes of a region, or of several. */
export function configureTargets(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Lists the managed nodes of the region: id, name, platform, ping status, agent version, private address. With several --region or --profile also the region, with several --profile also the profile. In a pipe, the columns are tab-separated and have no header. A narrow terminal shows fewer columns.',
    )
    .argument(
      '[filter...]',
      'list only nodes that contain all these words in id, name, address, platform or status',
    );
  addFilterOptions(command);
  command
    .option('--ecs', 'list ECS containers instead, by the names that commands take: ecs://…')
    .action(async (words: readonly string[], options: TargetsOptions) => {
      const filter = words.join(' ').trim();
      const selection = readFilter(command, filter, options);
      if (options.ecs !== true) return listTargets(context, selection, options);
      checkContainers(command, selection, options);
      const { listContainers } = await import('./list-containers.ts');
      return listContainers(context, filter);
    });
  return {
    examples: examples(
      'targets',
      'targets debian online',
      'targets --tag Role=web --online',
      'targets --region eu-west-1 --region us-east-1',
      'targets --json',
      'targets web | cut -f1',
      'targets web --wait',
      'targets --ecs shop',
    ),
  };
}

interface TargetsOptions extends FilterOptions, PlaceOptions {
  readonly ecs?: true;
}

/** @throws UsageError for what only lists of nodes have */
function checkContainers(
  command: Command,
  { isWordsOnly }: NodeSelection,
  { region = [], profile = [] }: PlaceOptions,
): void {
  if (isWordsOnly && region.length < 2 && profile.length < 2) return;
  throw usageError(command, '--ecs lists containers: only words select them, in one region.', [
    'Leave out --tag, --platform, --online and --vpc, and all but one --region and --profile.',
  ]);
}

/** Nodes that are selected, in all places. */
interface ListedNodes {
  readonly nodes: readonly PlacedNode[];
  readonly places: readonly InPlace<KnownNodes>[];
}

async function listTargets(
  context: CommandContext,
  selection: NodeSelection,
  options: PlaceOptions,
): Promise<void> {
  const places = placesOf(context, options);
  const list = async (): Promise<ListedNodes> => {
    const lists = await listEverywhere(context, places, (place) =>
      listPlace(context, place, selection),
    );
    const nodes = await Promise.all(lists.map(nodesOf));
    return { places: lists, nodes: nodes.flat().filter((node) => selection.matches(node)) };
  };
  const [listed, { compareByName }] = await Promise.all([
    context.options.ready === undefined ? list() : listWhenOnline(context, places, list),
    import('../../cli/output/natural-order.ts'),
  ]);
  const nodes = listed.nodes.toSorted((a, b) => (a.id === b.id ? 0 : compareByName(a, b)));
  await notifyOfMissing(context, listed.places);
  await printList(
    context,
    nodes.map(forPrograms),
    nodeTable(nodes, {
      region: places.length > 1,
      profile: new Set(places.map(({ profile }) => profile)).size > 1,
    }),
  );
  for (const place of listed.places) {
    if (place.kind === 'listed') continue;
    context.output.reportError(place.error);
    context.exitWith(EXIT_OWN_FAILURE);
  }
  if (!context.options.json) context.output.notify(await countText(listed, selection));
}

async function listPlace(
  { clock }: CommandContext,
  place: Place,
  { tags, needsEc2 }: NodeSelection,
): Promise<KnownNodes> {
  const known = await listKnownNodes(await place.calls(), clock, { tags });
  if (needsEc2 && known.withoutEc2 !== undefined) {
    const why = known.withoutEc2('The VPCs of EC2 instances');
    throw new CommandError(commandFailures['vpc-unknown'](why));
  }
  return known;
}

async function nodesOf(place: InPlace<KnownNodes>): Promise<readonly PlacedNode[]> {
  if (place.kind === 'failed') return [];
  const { profile } = place.place;
  const region = await place.place.region();
  return place.list.nodes.map((node) => ({ ...node, region, profile }));
}

async function listWhenOnline(
  context: CommandContext,
  places: readonly Place[],
  list: () => Promise<ListedNodes>,
): Promise<ListedNodes> {
  const { awaitNodes } = await import('../../cli/target/ready/await-nodes.ts');
  return awaitNodes(context, await placesText(places, places), list);
}

/**
 * Names places in a sentence: the only one by its region.
 *
 * @param all - places that were asked
 */
async function placesText(all: readonly unknown[], places: readonly Place[]): Promise<string> {
  const [only] = places;
  if (all.length === 1 && only !== undefined) return only.region();
  return someOf(await Promise.all(places.map((place) => place.title())));
}

async function notifyOfMissing(
  context: CommandContext,
  places: readonly InPlace<KnownNodes>[],
): Promise<void> {
  const what = context.options.json
    ? 'The names, tags, addresses, VPCs, zones, images and launch times of EC2 instances'
    : NAME_TAGS;
  for (const place of places) {
    if (place.kind === 'failed' || place.list.withoutEc2 === undefined) continue;
    const missing = place.list.withoutEc2(what);
    context.output.notify(
      places.length === 1 ? missing : `${await place.place.title()}: ${missing}`,
    );
  }
}

/** A sentence about how many nodes are listed. */
async function countText(
  { nodes, places }: ListedNodes,
  { words, tags, isWordsOnly }: NodeSelection,
): Promise<string> {
  const listed = places.flatMap((place) => (place.kind === 'listed' ? [place] : []));
  const all = listed.reduce((sum, { list }) => sum + list.nodes.length, 0);
  const where = await placesText(
    places,
    listed.map(({ place }) => place),
  );
  if (all === 0 && tags.size === 0)
    return `There is no managed node in ${where}. Pass another --region or --profile.`;
  const isFiltered = words !== '' || !isWordsOnly;
  // Nodes without the tags are not known.
  const count = isFiltered && tags.size === 0 ? `${nodes.length} of ${all}` : `${nodes.length}`;
  const noun = count === '1' ? 'node' : 'nodes';
  if (!isFiltered) return `${count} managed ${noun} in ${where}.`;
  const verb = count === '1' ? 'matches' : 'match';
  const filter = isWordsOnly ? ` "${words}"` : '';
  return `${count} managed ${noun} in ${where} ${verb}${filter}.`;
}
