import { spellings, type CompletionCommand } from './completion-tree.ts';

/** The completion script of PowerShell (about_Functions_Argument_Completion, native commands). */
export function powershellCompletion(
  program: string,
  commands: readonly CompletionCommand[],
): string {
  const names = commands.map(({ name }) => name);
  return `# PowerShell completion for ${program}
Register-ArgumentCompleter -Native -CommandName '${program}', '${program}.exe' -ScriptBlock {
    param($word, $ast, $position)
    $commands = @(${list([...names, '--help', '--version'])})
    $words = @{
${commands.map(wordsOf).join('\n')}
    }
    $values = @{
${commands.flatMap(valuesOf).join('\n')}
    }
    # The words before the one that is being typed.
    $before = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { $_.ToString() })
    if ($before.Count -le 1) {
        $candidates = $commands
    } elseif ($values.ContainsKey("$($before[1]) $($before[-1])")) {
        $candidates = $values["$($before[1]) $($before[-1])"]
    } else {
        $candidates = $words[$before[1]]
    }
    $candidates | Where-Object { $_ -like "$word*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
`;
}

function wordsOf({ name, options, choices }: CompletionCommand): string {
  return `        '${name}' = @(${list([...choices, ...spellings(options)])})`;
}

function valuesOf({ name, options }: CompletionCommand): readonly string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .flatMap((option) =>
      spellings([option]).map(
        (spelling) => `        '${name} ${spelling}' = @(${list(option.choices)})`,
      ),
    );
}

function list(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
