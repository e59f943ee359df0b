/** Milliseconds without a byte after which a request of the target has failed. */
const WINDOWS_SILENCE_MS = 60_000;
/** Milliseconds that S3 may need to answer when it has everything. */
const WINDOWS_ANSWER_MS = 300_000;

/** Sets `$sum` to the SHA-256 of a file, which others may have open. The class fulfils FIPS 140, as Get-FileHash does. */
export function hashing(file: string): readonly string[] {
  return [
    '$h=New-Object Security.Cryptography.SHA256CryptoServiceProvider',
    `$i=[IO.File]::Open(${file},'Open','Read','ReadWrite,Delete')`,
    "try{while(($n=$i.Read($b,0,$b.Length)) -gt 0){[void]$h.TransformBlock($b,0,$n,$b,0);Beat 'beat' ''}}finally{$i.Dispose()}",
    '[void]$h.TransformFinalBlock($b,0,0)',
    "$sum=[BitConverter]::ToString($h.Hash).Replace('-','').ToLower()",
  ];
}

/**
 * A request for `$u` in `$r`. Invoke-WebRequest of Windows PowerShell would keep the whole body in memory. Old
 * versions of .NET do not use TLS 1.2 (3072) by themselves.
 */
const REQUEST = [
  '[Net.ServicePointManager]::SecurityProtocol=[Net.ServicePointManager]::SecurityProtocol -bor 3072',
  '$r=[Net.WebRequest]::Create($u)',
  `$r.Timeout=${WINDOWS_ANSWER_MS}`,
  `$r.ReadWriteTimeout=${WINDOWS_SILENCE_MS}`,
];

/** Sends `bytes` of the file `$f`. */
export function sending({
  from,
  bytes,
}: {
  readonly from: number;
  readonly bytes: number;
}): readonly string[] {
  return [
    "$i=[IO.File]::Open($f,'Open','Read','ReadWrite,Delete')",
    'try{',
    `[void]$i.Seek(${from},'Begin')`,
    "$phase='request'",
    ...REQUEST,
    "$r.Method='PUT'",
    '$r.AllowWriteStreamBuffering=$false',
    `$left=[long]${bytes}`,
    '$r.ContentLength=$left',
    '$q=$r.GetRequestStream()',
    'while($left -gt 0){',
    "$phase='file'",
    '$n=$i.Read($b,0,[Math]::Min($b.Length,$left))',
    "if($n -eq 0){throw 'the file became shorter'}",
    "$phase='request'",
    '$q.Write($b,0,$n)',
    '$left-=$n',
    `Beat 'sent' (${bytes}-$left)`,
    '}',
    '$q.Dispose()',
    '$a=$r.GetResponse()',
    "Say 'tag' ($a.Headers['ETag'])",
    '$a.Dispose()',
    '}finally{$i.Dispose()}',
  ];
}

/** Reads the object into the file `$t`, whose rest is missing. */
export function receiving(size: number): readonly string[] {
  return [
    "$o=[IO.File]::Open($t,'Open','Write','None')",
    'try{',
    "$at=$o.Seek(0,'End')",
    `if($at -lt ${size}){`,
    "$phase='request'",
    ...REQUEST,
    'if($at -gt 0){$r.AddRange($at)}',
    '$a=$r.GetResponse()',
    "if($at -gt 0 -and [int]$a.StatusCode -ne 206){throw 'the answer is not the rest of the object'}",
    '$i=$a.GetResponseStream()',
    'while(($n=$i.Read($b,0,$b.Length)) -gt 0){',
    "$phase='file'",
    '$o.Write($b,0,$n)',
    "$phase='request'",
    "Beat 'size' $o.Position",
    '}',
    '$a.Dispose()',
    '}',
    "}finally{$at=$o.Position;$o.Dispose();Say 'size' $at}",
  ];
}

/**
 * Starts tar of Windows in the directory `$x`. It reads its arguments in the code page of the machine, in which not all
 * names exist (libarchive, issues 1629 and 2092): so it gets none, and the archive goes through stdin or stdout.
 */
function startTar(words: string, stream: 'Input' | 'Output'): readonly string[] {
  return [
    `$s=New-Object Diagnostics.ProcessStartInfo (Join-Path $env:SystemRoot 'System32\\tar.exe'),'${words}'`,
    '$s.WorkingDirectory=[IO.Path]::GetFullPath($x)',
    '$s.UseShellExecute=$false',
    '$s.CreateNoWindow=$true',
    '$s.RedirectStandardError=$true',
    `$s.RedirectStandard${stream}=$true`,
    '$p=[Diagnostics.Process]::Start($s)',
    '$m=$p.StandardError.ReadToEndAsync()',
  ];
}

const END_TAR = [
  "$phase='tar'",
  "while(-not $p.WaitForExit(2000)){Say 'beat' ''}",
  'if($p.ExitCode -ne 0){throw (($m.Result -split "`n")[0])}',
  "$phase='file'",
];

/** Packs the directory `$d` into the archive `$f`. */
export function packing(): readonly string[] {
  return [
    '$x=$d',
    ...startTar('-cf - .', 'Output'),
    '$i=$p.StandardOutput.BaseStream',
    "$o=[IO.File]::Open($f,'CreateNew')",
    "try{while(($n=$i.Read($b,0,$b.Length)) -gt 0){$o.Write($b,0,$n);Beat 'beat' ''}}finally{$o.Dispose()}",
    ...END_TAR,
  ];
}

/**
 * Unpacks the archive `$f` into `$d`. If that is missing, it appears when it is whole. A tar that has failed reads nothing
 * more: it writes why.
 *
 * @param preserve - whether files get the times of the archive
 */
export function unpacking(preserve: boolean): readonly string[] {
  return [
    '$x=$d',
    'if(-not [IO.Directory]::Exists($d)){$x="$t/tree";[void][IO.Directory]::CreateDirectory($x)}',
    ...startTar(`-x${preserve ? '' : 'm'}f - --options hdrcharset=UTF-8`, 'Input'),
    '$o=$p.StandardInput.BaseStream',
    "$i=[IO.File]::Open($f,'Open')",
    "try{while(($n=$i.Read($b,0,$b.Length)) -gt 0){$o.Write($b,0,$n);Beat 'beat' ''};$o.Dispose()}catch [IO.IOException]{}finally{$i.Dispose()}",
    ...END_TAR,
    'if($x -ne $d){[IO.Directory]::Move($x,$d)}',
  ];
}
