import { COMMON_VALUES } from '../../../cli/invocation/common-options.ts';
import {
  isCommon,
  type CompletionCommand,
  type CompletionOption,
  type CompletionValues,
} from '../completion-tree.ts';

const VALUES = '(__session_manager_plugin_values)';

/** Whether a colon comes before the first slash of the word that is typed. */
const IN_PLACE = 'string match -qr "^[^/]*:" -- (commandline -ct)';

/** The completion script of fish: one `complete` for each word (complete(1)). */
export function fishCompletion(program: string, commands: readonly CompletionCommand[]): string {
  const complete = `complete -c ${program}`;
  const lines = commands.flatMap((command) => {
    const { name, summary, options } = command;
    const inCommand = `${complete} -n '__session_manager_plugin_in ${name}'`;
    const values = candidatesOf(command);
    return [
      `${complete} -n '__session_manager_plugin_in none' -a ${name} -d ${quote(summary)}`,
      ...(values === undefined ? [] : [`${inCommand} -a ${quote(values)}`]),
      // Paths of a target are not known here.
      ...(command.kind === 'places'
        ? [`${complete} -n '__session_manager_plugin_in ${name}; and not ${IN_PLACE}' -F`]
        : []),
      ...options
        .filter((option) => !isCommon(option))
        .map((option) => `${inCommand} ${optionOf(option)}`),
    ];
  });
  const common = (commands[0]?.options ?? []).filter(isCommon);
  return [
    `# fish completion for ${program}`,
    functions(program),
    `${complete} -f`,
    // Options end there by themselves.
    `${complete} -n 'contains -- -- (commandline -opc)' -F`,
    // They may come before the command, too.
    ...common.map((option) => `${complete} ${optionOf(option)}`),
    ...lines,
    '',
  ].join('\n');
}

/** One compares the command that is typed, the other asks the program; fish quotes what it inserts. */
function functions(program: string): string {
  return `function __session_manager_plugin_in
    set -l words (commandline -opc)
    set -e words[1]
    set -l is_value
    for word in $words
        if set -q is_value[1]
            set is_value
            continue
        end
        switch $word
            case ${COMMON_VALUES.join(' ')}
                set is_value 1
            case '-*'
            case '*'
                test $word = $argv[1]
                return
        end
    end
    test $argv[1] = none
end
function __session_manager_plugin_values
    set -l words (commandline -opc)
    set -e words[1]
    string match -q -- '-*' (commandline -ct); and return
    string match -q -- 'ecs:*' (commandline -ct); and set -a words ecs:
    command ${program} __complete -- $words 2>/dev/null </dev/null
end`;
}

function optionOf(option: CompletionOption): string {
  const { short, long, description, takesValue } = option;
  const values = candidatesOf(option);
  return [
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    `-l ${long.slice(2)}`,
    ...(takesValue ? ['-x'] : []),
    ...(values === undefined ? [] : [`-a ${quote(values)}`]),
    `-d ${quote(description)}`,
  ].join(' ');
}

function candidatesOf({ choices, kind }: CompletionValues): string | undefined {
  if (kind !== undefined) return VALUES;
  return choices.length === 0 ? undefined : choices.join(' ');
}

/** In fish a backslash in single quotes keeps a quote and itself. */
function quote(text: string): string {
  return `'${text.replace(/['\\]/g, String.raw`\$&`)}'`;
}
