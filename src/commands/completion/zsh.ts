import type { CompletionCommand, CompletionOption } from './completion-tree.ts';

/** The completion script of zsh: to be sourced, or put as `_session-manager-plugin` on `fpath`. */
export function zshCompletion(program: string, commands: readonly CompletionCommand[]): string {
  return `#compdef ${program}
# zsh completion for ${program}
_session_manager_plugin() {
    if ((CURRENT == 2)); then
        local -a commands=(
${commands.map(({ name, summary }) => `            ${quote(`${name}:${summary}`)}`).join('\n')}
        )
        _describe -t commands command commands
        return
    fi
    local command=$words[2]
    shift words
    ((CURRENT--))
    # In a command after -- no option belongs to this program.
    if ((\${words[(i)--]} < CURRENT)); then
        _files
        return
    fi
    case $command in
${commands.map(caseOf).join('\n')}
    esac
}
if [[ $funcstack[1] == _session_manager_plugin || $funcstack[1] == _${program} ]]; then
    _session_manager_plugin "$@"
else
    compdef _session_manager_plugin ${program}
fi
`;
}

function caseOf({ name, options, choices }: CompletionCommand): string {
  const specs = options.flatMap(specsOf);
  // After an argument without a specification zsh would offer no options.
  specs.push(quote(choices.length > 0 ? `1:argument:(${choices.join(' ')})` : '*:argument:()'));
  return [
    `    ${name})`,
    `        _arguments ${specs.join(' \\\n            ')}`,
    '        ;;',
  ].join('\n');
}

/** Specifications of `_arguments` (zshcompsys(1)), one for each spelling. */
function specsOf({ short, long, description, takesValue, choices }: CompletionOption): string[] {
  const text = description.replace(/[[\]:\\]/g, String.raw`\$&`);
  const value = takesValue ? `:value:${choices.length > 0 ? `(${choices.join(' ')})` : ''}` : '';
  const names = short === undefined ? [long] : [short, long];
  return names.map((name) => quote(`${name}[${text}]${value}`));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
