import { COMMON_FLAGS, COMMON_VALUES } from '../../../cli/invocation/common-options.ts';
import { spellings, type CompletionCommand } from '../completion-tree.ts';

/** The completion script of PowerShell (about_Functions_Argument_Completion, native commands). */
export function powershellCompletion(
  program: string,
  commands: readonly CompletionCommand[],
): string {
  const names = commands.map(({ name }) => name);
  const first = [...names, ...COMMON_FLAGS, ...COMMON_VALUES, '--help', '--version'];
  return `# PowerShell completion for ${program}
Register-ArgumentCompleter -Native -CommandName '${program}', '${program}.exe' -ScriptBlock {
    param($word, $ast, $position)
    $words = @{
        '' = @(${list(first)})
${commands.map(wordsOf).join('\n')}
    }
    $values = @{
${commands.flatMap(valuesOf).join('\n')}
    }
    # What the program is asked for: arguments of a command, and values of an option.
    $asked = @(${list(commands.flatMap(askedOf))})
    # Where files are offered, too.
    $places = @(${list(commands.filter(({ kind }) => kind === 'places').map(({ name }) => name))})
    # The words before the one that is being typed.
    $before = @($ast.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.ToString() }
    })
    if ($before -contains '--') { return }
    $command = ''
    $isValue = $false
    foreach ($typed in $before) {
        if ($isValue) { $isValue = $false }
        elseif (@(${list(COMMON_VALUES)}) -contains $typed) { $isValue = $true }
        elseif (-not $typed.StartsWith('-')) { $command = $typed; break }
    }
    $key = $command
    $candidates = $words[$command]
    foreach ($option in @("$command $($before[-1])", " $($before[-1])")) {
        if ($before.Count -gt 0 -and $values.ContainsKey($option)) {
            $key = $option
            $candidates = $values[$option]
        }
    }
    $candidates | Where-Object { $_ -like "$word*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
    if ($asked -notcontains $key -or $word.StartsWith('-')) { return }
    if ($word -like 'ecs:*') { $before += 'ecs:' }
    & '${program}' '__complete' '--' @before 2>$null | ForEach-Object {
        $value, $text = $_ -split "\`t", 2
        # Names of machines are foreign text: PowerShell must not read them as its own.
        $quoted = $value
        if ($value -notmatch '^[A-Za-z0-9._/:+-]+$') {
            $quoted = "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value) + "'"
        }
        if (-not $text) { $text = $value }
        if ($value.StartsWith($word, [System.StringComparison]::OrdinalIgnoreCase)) {
            [System.Management.Automation.CompletionResult]::new($quoted, $value, 'ParameterValue', $text)
        }
    }
    if ($places -contains $key) { [System.Management.Automation.CompletionCompleters]::CompleteFilename($word) }
}
`;
}

function wordsOf({ name, options, choices }: CompletionCommand): string {
  return `        '${name}' = @(${list([...choices, ...spellings(options)])})`;
}

function valuesOf(command: CompletionCommand, index: number): readonly string[] {
  return command.options
    .filter(({ takesValue }) => takesValue)
    .flatMap((option) => {
      return keysOf(command, option.long, index).map(
        (key) => `        '${key}' = @(${list(option.choices)})`,
      );
    });
}

function askedOf(command: CompletionCommand, index: number): readonly string[] {
  const asked = command.options.filter(({ kind }) => kind !== undefined);
  return [
    ...(command.kind === undefined ? [] : [command.name]),
    ...asked.flatMap(({ long }) => keysOf(command, long, index)),
  ];
}

/** A common option has one key without the command: it may come before it. */
function keysOf({ name }: CompletionCommand, option: string, index: number): readonly string[] {
  if (!COMMON_VALUES.includes(option)) return [`${name} ${option}`];
  return index === 0 ? [` ${option}`] : [];
}

function list(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
