/**
 * Progress would be written to stderr as XML; and without a console Windows PowerShell writes in the code
 * page of the machine, while sessions are UTF-8. There may be no console at all.
 */
const BEFORE = [
  "$ProgressPreference='SilentlyContinue'",
  'try{[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false}catch{}',
];
/** By itself PowerShell ends with 0 or 1: the status of a program that has failed would be lost. */
const AFTER = 'if($?){exit 0}elseif($LASTEXITCODE){exit $LASTEXITCODE}else{exit 1}';

/** Errors as text (not as XML), no profile of the user's, and no question, for there is no input. */
const OPTIONS = '-NoLogo -NoProfile -NonInteractive -OutputFormat Text';

/**
 * Arguments with which PowerShell runs a script and ends with the status of its last statement
 * (about_PowerShell_exe, `-EncodedCommand`: Base64 of UTF-16, least significant byte first). None of them
 * needs quotes.
 */
export function encodeForPowerShell(script: string): string {
  const whole = [...BEFORE, script, AFTER].join('\n');
  return `${OPTIONS} -EncodedCommand ${Buffer.from(whole, 'utf16le').toString('base64')}`;
}
