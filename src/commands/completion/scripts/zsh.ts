import { COMMON_VALUES } from '../../../cli/invocation/common-options.ts';
import {
  isCommon,
  type CompletionCommand,
  type CompletionOption,
  type CompletionValues,
} from '../completion-tree.ts';

/** The completion script of zsh: to be sourced, or put as `_session-manager-plugin` on `fpath`. */
export function zshCompletion(program: string, commands: readonly CompletionCommand[]): string {
  return `#compdef ${program}
# zsh completion for ${program}
_session_manager_plugin_values() {
    local -a values texts
    local value text
    [[ $PREFIX == ecs:* ]] && typed+=(ecs:)
    # compadd quotes what the shell would read as its own: names of machines are foreign text.
    while IFS=$'\\t' read -r value text; do
        values+=("$value")
        texts+=("$value\${text:+  -- $text}")
    done < <(command ${program} __complete -- "\${typed[@]}" 2>/dev/null </dev/null)
    compadd "$@" -l -d texts -a values
}
_session_manager_plugin_places() {
    # Paths of a target are not known here.
    [[ \${PREFIX%%/*} == *:* ]] && return 1
    integer nothing=1
    _session_manager_plugin_values "$@" -S '' && nothing=0
    _files "$@" && nothing=0
    return nothing
}
_session_manager_plugin() {
    local -a typed=("\${(@Q)words[2,CURRENT-1]}")
    local word is_value
    integer position=2
    for word in "\${typed[@]}"; do
        if [[ -n $is_value ]]; then
            is_value=
        else
            case $word in
            (${COMMON_VALUES.join('|')}) is_value=1 ;;
            (-*) ;;
            (*) break ;;
            esac
        fi
        ((position++))
    done
    if ((position >= CURRENT)); then
        local -a commands=(
${commands.map(({ name, summary }) => `            ${quote(`${name}:${summary}`)}`).join('\n')}
        )
        _arguments ${commonSpecs(commands)} \\
            '*:command:{_describe -t commands command commands}'
        return
    fi
    local command=$words[position]
    words=("\${(@)words[position,-1]}")
    ((CURRENT -= position - 1))
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

/** Options that may come before the name of the command. */
function commonSpecs([command]: readonly CompletionCommand[]): string {
  const common = (command?.options ?? []).filter(isCommon);
  return common.flatMap(specsOf).join(' \\\n            ');
}

function caseOf({ name, options, choices, kind }: CompletionCommand): string {
  const specs = options.flatMap(specsOf);
  const values = valuesOf({ choices, kind });
  // After an argument without a specification zsh would offer no options.
  specs.push(quote(choices.length > 0 ? `1:argument:${values}` : `*:argument:${values || '()'}`));
  return [
    `    ${name})`,
    `        _arguments ${specs.join(' \\\n            ')}`,
    '        ;;',
  ].join('\n');
}

/** Specifications of `_arguments` (zshcompsys(1)), one for each spelling. */
function specsOf(option: CompletionOption): string[] {
  const { short, long, description, takesValue } = option;
  const text = description.replace(/[[\]:\\]/g, String.raw`\$&`);
  const value = takesValue ? `:value:${valuesOf(option)}` : '';
  const names = short === undefined ? [long] : [short, long];
  return names.map((name) => quote(`${name}[${text}]${value}`));
}

/** The action of a specification; empty when there is nothing to offer. */
function valuesOf({ choices, kind }: CompletionValues): string {
  if (kind === 'places') return '_session_manager_plugin_places';
  if (kind !== undefined) return '_session_manager_plugin_values';
  return choices.length > 0 ? `(${choices.join(' ')})` : '';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
