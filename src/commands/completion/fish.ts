import type { CompletionCommand, CompletionOption } from './completion-tree.ts';

/** The completion script of fish: one `complete` for each word (complete(1)). */
export function fishCompletion(program: string, commands: readonly CompletionCommand[]): string {
  const complete = `complete -c ${program}`;
  const lines = commands.flatMap(({ name, summary, options, choices }) => {
    const withTimeout = `${complete} -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `${complete} -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      ...(choices.length === 0 ? [] : [`${withTimeout} -a ${quote(choices.join(' '))}`]),
      ...options.map((option) => `${withTimeout} ${optionOf(option)}`),
    ];
  });
  return [
    `# fish completion for ${program}`,
    `${complete} -f`,
    // Options end there by themselves.
    `${complete} -n 'contains -- -- (commandline -opc)' -F`,
    ...lines,
    '',
  ].join('\n');
}

function optionOf({ short, long, description, takesValue, choices }: CompletionOption): string {
  return [
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    `-l ${long.slice(2)}`,
    ...(takesValue ? ['-x'] : []),
    ...(choices.length === 0 ? [] : [`-a ${quote(choices.join(' '))}`]),
    `-d ${quote(description)}`,
  ].join(' ');
}

/** In fish a backslash in single quotes keeps a quote and itself. */
function quote(text: string): string {
  return `'${text.replace(/['\\]/g, String.raw`\$&`)}'`;
}
