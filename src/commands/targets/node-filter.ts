import { Option, type Command } from 'commander';
import { collect } from '../../cli/framework/usage/operands.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { shown } from '../../cli/framework/usage/usage-words.ts';
import { matchesWords } from '../../cli/output/match-words.ts';
import { searchTextOf, type KnownNode } from '../../cli/target/known-nodes.ts';
import { readTags } from '../../cli/target/read-tags.ts';

/** Options that select nodes, as they are typed. */
export interface FilterOptions {
  readonly tag?: readonly string[];
  readonly platform?: 'linux' | 'windows' | 'macos';
  readonly online?: true;
  readonly vpc?: string;
}

/** Which nodes are listed. */
export interface NodeSelection {
  /** Words that a node contains; empty for all. */
  readonly words: string;
  /** What Systems Manager selects. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  /** Whether only EC2 knows it. */
  readonly needsEc2: boolean;
  /** Whether words are all that selects. */
  readonly isWordsOnly: boolean;
  matches(node: KnownNode): boolean;
}

/** Declares the options. */
export function addFilterOptions(command: Command): void {
  command
    .option('--tag <key=value>', 'only nodes with this tag; repeatable', collect)
    .addOption(
      new Option('--platform <name>', 'only nodes with this system').choices([
        'linux',
        'windows',
        'macos',
      ]),
    )
    .option('--online', 'only nodes whose agent is online')
    .option('--vpc <id>', 'only EC2 instances in this VPC');
}

/** @throws UsageError for a value that cannot be used */
export function readFilter(
  command: Command,
  words: string,
  { tag = [], platform, online, vpc }: FilterOptions,
): NodeSelection {
  if (vpc !== undefined && !/^vpc-\w+$/.test(vpc)) {
    throw usageError(command, `--vpc cannot be "${shown(vpc)}".`, [
      'Pass the id of a VPC: --vpc vpc-0123456789abcdef0.',
    ]);
  }
  return {
    words,
    tags: readTags(command, tag),
    needsEc2: vpc !== undefined,
    isWordsOnly: [platform, online, vpc].every((one) => one === undefined) && tag.length === 0,
    matches: (node) =>
      matchesWords(searchTextOf(node), words) &&
      (platform === undefined || node.platformType?.toLowerCase() === platform) &&
      (online === undefined || node.pingStatus === 'Online') &&
      (vpc === undefined || node.instance?.details.vpc === vpc),
  };
}
