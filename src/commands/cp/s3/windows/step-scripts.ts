import { hashing, packing, receiving, sending, unpacking } from './script-parts.ts';
import type { WindowsStep } from './windows-step.ts';

/**
 * Reports `problem` and `text` for an exception: `file` or `request`, by what `$phase` was. `Beat` reports while
 * something takes long, because a session that shows nothing ends after some minutes. Values are encoded, because without
 * a console Windows PowerShell writes in the code page of the machine.
 */
const BEFORE = `$ErrorActionPreference='Stop'
function Say($name,$value){[Console]::Out.WriteLine($name+' '+[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("$value")))}
function Text($encoded){[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($encoded))}
$watch=[Diagnostics.Stopwatch]::StartNew()
function Beat($name,$value){if($watch.ElapsedMilliseconds -ge 2000){Say $name $value;$watch.Restart()}}
$b=New-Object byte[] 1048576
$phase='file'
try{`;
const AFTER = `Say 'ended' ''
}catch{
$e=$_.Exception.GetBaseException()
Say 'type' ($e.GetType().Name)
Say 'text' ($e.Message -replace '[\\r\\n]+',' ')
Say 'problem' $phase
}`;

/** The script of a step, for Windows PowerShell 5.1 (.NET Framework), which the agent runs. */
export function stepScript(step: WindowsStep): string {
  return [BEFORE, ...bodyOf(step), AFTER].join('\n');
}

function bodyOf(step: WindowsStep): readonly string[] {
  switch (step.kind) {
    case 'facts':
      return [
        "Say 'home' $env:USERPROFILE",
        "Say 'temporary' ([IO.Path]::GetTempPath())",
        "if([IO.File]::Exists((Join-Path $env:SystemRoot 'System32\\tar.exe'))){Say 'tar' ''}",
      ];
    case 'inspect':
      return [
        set('f', step.path),
        "if([IO.Directory]::Exists($f)){Say 'is' 'directory'}",
        'elseif([IO.File]::Exists($f)){',
        "[IO.File]::Open($f,'Open','Read','ReadWrite,Delete').Dispose()",
        '$x=New-Object IO.FileInfo $f',
        "Say 'size' $x.Length",
        "Say 'modified' ([Math]::Floor(($x.LastWriteTimeUtc-(New-Object DateTime 1970,1,1)).TotalSeconds))",
        "Say 'is' 'file'",
        "}else{Say 'is' 'missing'}",
      ];
    case 'hash':
      return [set('f', step.path), ...hashing('$f'), "Say 'sha256' $sum"];
    case 'send':
      return [set('f', step.path), set('u', step.url), ...sending(step)];
    case 'pack':
      return [
        ...[set('d', step.directory), set('f', step.archive)],
        ...packing(),
        "Say 'size' ((New-Object IO.FileInfo $f).Length)",
        ...hashing('$f'),
        "Say 'sha256' $sum",
      ];
    case 'prepare':
      return [
        ...[set('d', step.destination), set('t', step.partial)],
        "if([IO.Directory]::Exists($d)){Say 'in-the-way' ''}",
        "else{[IO.File]::Open($t,'CreateNew').Dispose()}",
      ];
    case 'prepare-tree':
      return [
        ...[set('d', step.destination), set('t', step.partial)],
        "if([IO.File]::Exists($d)){Say 'in-the-way' ''}",
        // CreateDirectory creates its parents, too.
        'elseif(-not [IO.Directory]::Exists([IO.Path]::GetDirectoryName($t))){throw New-Object IO.DirectoryNotFoundException}',
        'else{[void][IO.Directory]::CreateDirectory($t)}',
      ];
    case 'fetch':
      return [set('t', step.file), set('u', step.url), ...receiving(step.size)];
    case 'finish':
      return finish(step);
    case 'unpack':
      return [
        ...[set('d', step.destination), set('t', step.partial), '$f="$t/data"'],
        ...hashing('$f'),
        `if($sum -ne '${step.sha256}'){Say 'hash' $sum}else{`,
        ...unpacking(step.preserve),
        "Say 'done' ''}",
      ];
    case 'remove':
      return [
        set('t', step.path),
        'for($k=0;$k -lt 20;$k++){try{',
        'if([IO.Directory]::Exists($t)){[IO.Directory]::Delete($t,$true)}else{[IO.File]::Delete($t)}',
        'break}catch{Start-Sleep -Milliseconds 500}}',
        "if(-not ([IO.File]::Exists($t) -or [IO.Directory]::Exists($t))){Say 'removed' ''}",
      ];
  }
}

/** The old file stays until it is replaced: `Move-Item -Force` would remove it first. */
function finish({
  destination,
  partial,
  sha256,
  modifiedAt,
}: Extract<WindowsStep, { kind: 'finish' }>): readonly string[] {
  const setTime =
    modifiedAt === undefined
      ? []
      : [`[IO.File]::SetLastWriteTimeUtc($t,[DateTime]::FromFileTimeUtc(${fileTime(modifiedAt)}))`];
  return [
    ...[set('d', destination), set('t', partial)],
    ...hashing('$t'),
    `if($sum -ne '${sha256}'){Say 'hash' $sum}else{`,
    ...setTime,
    'if([IO.File]::Exists($d)){[IO.File]::Replace($t,$d,[NullString]::Value,$true)}',
    'else{[IO.File]::Move($t,$d)}',
    "Say 'done' ''}",
  ];
}

/** Sets a variable to any text: PowerShell takes several characters for a quote. */
function set(variable: string, text: string): string {
  return `$${variable}=Text '${Buffer.from(text).toString('base64')}'`;
}

/** Milliseconds from the first of January 1601, where the time of Windows begins, to that of 1970. */
const WINDOWS_EPOCH_MS = 11_644_473_600_000n;
/** Its units of 100 ns in a millisecond. */
const UNITS_PER_MS = 10_000n;

function fileTime(date: Date): string {
  return String((BigInt(date.getTime()) + WINDOWS_EPOCH_MS) * UNITS_PER_MS);
}
