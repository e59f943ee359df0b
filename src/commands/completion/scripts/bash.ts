import { COMMON_FLAGS, COMMON_VALUES } from '../../../cli/invocation/common-options.ts';
import { spellings, type CompletionCommand, type CompletionValues } from '../completion-tree.ts';

/** The completion script of bash: a function for `complete -F` (bash(1), "Programmable Completion"). */
export function bashCompletion(program: string, commands: readonly CompletionCommand[]): string {
  const names = commands.map(({ name }) => name);
  return `# bash completion for ${program}
_session_manager_plugin() {
    local current=\${COMP_WORDS[COMP_CWORD]} word previous= command= is_value= words= is_asked= is_place= before=()
    COMPREPLY=()
    # Without an answer bash offers names of files: after a redirection, and in a command after --.
    [[ \${COMP_WORDS[COMP_CWORD-1]} == *['<>'] ]] && return
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -- ]] && return
        # bash breaks --region=x at the equals sign.
        [[ $word == = ]] && continue
        before+=("\${word//[\\\\\\"\\']/}")
        previous=$word
        if [[ -n $command || -n $is_value ]]; then
            is_value=
            continue
        fi
        case $word in
        ${COMMON_VALUES.join(' | ')}) is_value=1 ;;
        -*) ;;
        *) command=$word ;;
        esac
    done
    [[ $current == = ]] && current=
    # Nowhere else. bash 3 has no compopt.
    compopt +o bashdefault +o default 2>/dev/null
    case "$command $previous" in
${commands.flatMap(valuesOf).join('\n')}
    *)
        case $command in
        '') words='${[...names, ...COMMON_FLAGS, ...COMMON_VALUES].join(' ')} --help --version' ;;
${commands.map(caseOf).join('\n')}
        esac
        ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    [[ -z $is_asked || $current == -* ]] && return
    if [[ -n $is_place ]]; then
        # bash breaks web:/path at the colon. Paths of a target are not known here.
        [[ $current == : || ( $previous == : && \${COMP_LINE:0:COMP_POINT} == *:"$current" ) ]] && return
        # bash 3 would put a blank after the colon of a target.
        if ((BASH_VERSINFO[0] < 4)); then
            COMPREPLY=($(compgen -f -- "$current"))
            return
        fi
        compopt -o nospace 2>/dev/null
        # A home directory, a variable and a quoted name are left to bash.
        [[ $current == ['~"'\\']* || $current == *\\$* ]] || while IFS= read -r word; do
            # With a colon it would be a path of a target.
            [[ \${word%%/*} == *:* ]] && continue
            if [[ -d $word ]]; then printf -v word %q/ "$word"; else printf -v word '%q ' "$word"; fi
            COMPREPLY+=("$word")
        done < <(compgen -f -- "\${current//\\\\/}")
    fi
    # Names of machines are foreign text: %q quotes what the shell would read as its own.
    while IFS=$'\\t' read -r word _; do
        printf -v word %q "$word"
        [[ $word == "$current"* ]] && COMPREPLY+=("$word")
    done < <(command ${program} __complete -- \${before[@]+"\${before[@]}"} 2>/dev/null </dev/null)
    [[ -n $is_place && -z \${COMPREPLY[0]} ]] && compopt +o nospace -o bashdefault -o default 2>/dev/null
}
complete -o bashdefault -o default -F _session_manager_plugin ${program}
`;
}

/** A case for each option with a value; common options come once, because they may be before the command. */
function valuesOf({ name, options }: CompletionCommand, index: number): readonly string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .flatMap((option) => {
      const isCommon = COMMON_VALUES.includes(option.long);
      if (isCommon && index > 0) return [];
      const pattern = isCommon ? `*' ${option.long}'` : `'${name} ${option.long}'`;
      return [`    ${pattern}) ${assignments(option, option.choices)} ;;`];
    });
}

function caseOf(command: CompletionCommand): string {
  const words = [...command.choices, ...spellings(command.options)];
  return `        ${command.name}) ${assignments(command, words)} ;;`;
}

function assignments({ kind }: CompletionValues, words: readonly string[]): string {
  const asked = kind === undefined ? '' : ' is_asked=1';
  return `words='${words.join(' ')}'${asked}${kind === 'places' ? ' is_place=1' : ''}`;
}
