import { spellings, type CompletionCommand } from './completion-tree.ts';

/** The completion script of bash: a function for `complete -F` (bash(1), "Programmable Completion"). */
export function bashCompletion(program: string, commands: readonly CompletionCommand[]): string {
  return `# bash completion for ${program}
_session_manager_plugin() {
    local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words= word
    COMPREPLY=()
    # Without an answer bash offers names of files: after a redirection, and in a command after --.
    [[ $previous == *['<>'] ]] && return
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -- ]] && return
    done
    # Nowhere else. bash 3 has no compopt.
    compopt +o bashdefault +o default 2>/dev/null
    if ((COMP_CWORD == 1)); then
        words='${commands.map(({ name }) => name).join(' ')} --help --version'
    else
        case \${COMP_WORDS[1]} in
${commands.map(caseOf).join('\n')}
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _session_manager_plugin ${program}
`;
}

function caseOf({ name, options, choices }: CompletionCommand): string {
  const withValue = options.filter(({ takesValue }) => takesValue);
  const values = withValue.map(
    (option) =>
      `            ${spellings([option]).join(' | ')}) words='${option.choices.join(' ')}' ;;`,
  );
  const words = [...choices, ...spellings(options)].join(' ');
  return [
    `        ${name})`,
    '            case $previous in',
    ...values,
    `            *) words='${words}' ;;`,
    '            esac',
    '            ;;',
  ].join('\n');
}
