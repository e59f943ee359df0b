<#
.SYNOPSIS
Installs session-manager-plugin for the current user, without an administrator.

.DESCRIPTION
Installs only an archive whose SHA-256 digest is in the list below. For another version, takes that list from the
release of the version, if the key below has signed it, which gpg verifies.

.PARAMETER Version
Installs this version instead of that of the script.

.PARAMETER Dir
Installs into this directory instead of %LOCALAPPDATA%\Programs\SessionManagerPlugin.

.PARAMETER NoPath
Leaves PATH of the user as it is.
#>
[CmdletBinding()]
param(
    [string] $Version,
    [string] $Dir,
    [switch] $NoPath
)

# Everything is in a function, which the last line calls. So a script that was cut off does nothing. Errors are thrown,
# because "exit" would close the window of a user who runs the text of this script.
function Install-SessionManagerPlugin {
    param([string] $Version, [string] $Dir, [switch] $NoPath)

    $ErrorActionPreference = 'Stop'
    # Windows PowerShell downloads many times slower while it shows the progress.
    $ProgressPreference = 'SilentlyContinue'
    [Net.ServicePointManager]::SecurityProtocol =
        [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

    $release = '@VERSION@'
    # The directories of the versions.
    $downloads = '@DOWNLOADS@'
    # The archives of this version.
    $digests = '@DIGESTS@'
    # The fingerprint of the OpenPGP key that signs SHA256SUMS, and the key. Both are empty if the release is not signed.
    $signer = '@SIGNER@'
    $signingKey = '@SIGNING_KEY@'

    function Save-Download([string] $Url, [string] $File) {
        $request = @{ Uri = $Url; OutFile = $File; UseBasicParsing = $true }
        # Later versions of PowerShell read the variable themselves.
        if ($PSVersionTable.PSVersion.Major -lt 6 -and $env:HTTPS_PROXY) { $request.Proxy = $env:HTTPS_PROXY }
        try {
            Invoke-WebRequest @request
        } catch {
            throw "$Url cannot be downloaded: $_ Check the version, the network and HTTPS_PROXY. Nothing was changed."
        }
    }

    # The list of digests of another version, if the key of this release has signed it.
    function Get-SignedDigests([string] $Work) {
        $elsewhere = "Run the script of that version instead: $downloads/$Version/install.ps1"
        if (-not $signer) {
            throw "Version $Version cannot be verified: this script contains only the digests of $release. $elsewhere"
        }
        $gpg = Get-Command gpg -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
        if (-not $gpg) {
            throw "Version $Version cannot be verified: gpg is missing. Install Gpg4win. $elsewhere"
        }
        foreach ($name in 'SHA256SUMS', 'SHA256SUMS.asc') {
            Save-Download "$downloads/$Version/$name" (Join-Path $Work $name)
        }
        # Without its armor, headers and checksum. Then gpg needs no agent.
        $lines = ($signingKey -replace '(?s)^.*?\r?\n\r?\n', '') -split '\r?\n'
        $body = ($lines | Where-Object { $_ -match '^[A-Za-z0-9+/]+=*$' }) -join ''
        [IO.File]::WriteAllBytes((Join-Path $Work 'key.gpg'), [Convert]::FromBase64String($body))
        # Some gpg for Windows do not understand paths with a drive.
        Push-Location -LiteralPath $Work
        try {
            $arguments = @(
                '--homedir', '.', '--batch', '--no-default-keyring', '--keyring', './key.gpg'
                '--status-fd', '1', '--verify', 'SHA256SUMS.asc', 'SHA256SUMS'
            )
            $report = @(& $gpg.Source @arguments)
            $isSigned = $LASTEXITCODE -eq 0
        } finally {
            Pop-Location
        }
        # An expired key has no good signature.
        $isGood = @($report -match '^\[GNUPG:\] GOODSIG ').Count -gt 0
        if (-not ($isSigned -and $isGood)) {
            throw "Version $Version cannot be verified: the key in this script has not signed its SHA256SUMS. $elsewhere"
        }
        Get-Content -LiteralPath (Join-Path $Work 'SHA256SUMS') -Raw
    }

    # The first archive that this version has for the processor.
    function Find-Archive([string] $Digests) {
        foreach ($processor in $processors) {
            $name = "session-manager-plugin-$Version-windows-$processor"
            if ($Digests -match "(?m)^([0-9a-f]{64})  $([regex]::Escape($name))\.zip\r?$") {
                return @{ Name = $name; Url = "$downloads/$Version/$name.zip"; Digest = $Matches[1] }
            }
        }
        throw "Version $Version has no archive for this machine ($($processors -join ', '))."
    }

    # Puts a directory first in PATH of the user. The registry keeps its variables, such as %USERPROFILE%.
    function Add-UserPath([string] $Directory) {
        $key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment', $true)
        $old = [string] $key.GetValue('Path', '', 'DoNotExpandEnvironmentNames')
        if (($old -split ';') -contains $Directory) { return }
        $key.SetValue('Path', "$Directory;$old".TrimEnd(';'), 'ExpandString')
        # Notifies running programs that the environment has changed.
        [Environment]::SetEnvironmentVariable('SessionManagerPluginPath', $null, 'User')
    }

    if ($env:OS -ne 'Windows_NT') {
        throw "This script installs on Windows. On other systems, run install.sh: $downloads/latest/install.sh"
    }
    if (-not $Version) { $Version = $release }
    if ($Version -notmatch '^[0-9]+(\.[0-9]+)*$') {
        throw "`"$Version`" is not a version. Use a number such as $release."
    }
    # A program for 32 bits has the processor of the system in the first variable.
    $processor = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
    $processors = switch ($processor) {
        'AMD64' { @('x64') }
        # Windows on ARM64 runs programs for x64, too.
        'ARM64' { @('arm64', 'x64') }
        default { throw "There is no archive for $processor." }
    }
    if (-not $Dir) { $Dir = Join-Path $env:LOCALAPPDATA 'Programs\SessionManagerPlugin' }
    $Dir = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Dir)
    $current = Join-Path $Dir 'current'
    $existing = Get-Item -LiteralPath $current -Force -ErrorAction SilentlyContinue
    if ($existing -and $existing.LinkType -ne 'Junction') {
        throw "$current exists, and this script did not create it. Remove it, or choose another directory with -Dir."
    }

    # Beside the other versions: the new one then moves there in one step, and can be run before.
    $work = Join-Path $Dir (".install-" + [IO.Path]::GetRandomFileName())
    $earlier = Join-Path $work 'earlier'
    $installed = Join-Path $Dir $Version
    New-Item -ItemType Directory -Path $work -Force | Out-Null
    try {
        if ($Version -ne $release) { $digests = Get-SignedDigests $work }
        $archive = Find-Archive $digests
        $zip = Join-Path $work 'archive.zip'
        Write-Host "Downloading $($archive.Url)"
        Save-Download $archive.Url $zip
        $computed = (Get-FileHash -Algorithm SHA256 -LiteralPath $zip).Hash
        if ($computed -ne $archive.Digest) {
            throw "$($archive.Url) is damaged or was changed on its way: its SHA-256 digest is $($computed.ToLowerInvariant()) instead of $($archive.Digest). Nothing was changed."
        }
        Expand-Archive -LiteralPath $zip -DestinationPath $work
        $unpacked = Join-Path $work $archive.Name
        $program = Join-Path $unpacked 'bin\session-manager-plugin.exe'
        $reported = (& $program --version | Out-String).Trim()
        if ($reported -ne $Version) {
            throw "The program does not run on this machine: its --version printed `"$reported`". Nothing was changed."
        }

        $log = Join-Path $current 'seelog.xml'
        if (Test-Path -LiteralPath $log) { Copy-Item -LiteralPath $log -Destination $unpacked }
        if (Test-Path -LiteralPath $installed) {
            try {
                Move-Item -LiteralPath $installed -Destination $earlier
            } catch {
                throw "Version $Version is installed and in use. End its sessions, and run this script again."
            }
        }
        Move-Item -LiteralPath $unpacked -Destination $installed
        # Files of the user, such as logs, if this version was installed before.
        foreach ($file in Get-ChildItem -LiteralPath $earlier -Force -ErrorAction SilentlyContinue) {
            $place = Join-Path $installed $file.Name
            if (-not (Test-Path -LiteralPath $place)) { Move-Item -LiteralPath $file.FullName -Destination $place }
        }
        # Removes only the link. A link to a directory needs no administrator if it is a junction.
        if ($existing) { [IO.Directory]::Delete($current) }
        New-Item -ItemType Junction -Path $current -Target $installed | Out-Null
    } finally {
        # The same version was to be replaced, and the new one did not get there.
        if ((Test-Path -LiteralPath $earlier) -and -not (Test-Path -LiteralPath $installed)) {
            Move-Item -LiteralPath $earlier -Destination $installed
        }
        Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
    }

    $bin = Join-Path $current 'bin'
    Write-Host "Installed session-manager-plugin $Version in $installed"
    if ($NoPath) { return }
    Add-UserPath $bin
    $env:Path = "$bin;$env:Path"
    # Windows puts PATH of the machine before that of the user.
    foreach ($directory in [Environment]::GetEnvironmentVariable('Path', 'Machine') -split ';') {
        if ($directory -and [IO.File]::Exists("$directory\session-manager-plugin.exe")) {
            Write-Warning "PATH finds another installation first: $directory"
        }
    }
    Write-Host "Run: session-manager-plugin (other windows find it after you open them again)"
}

Install-SessionManagerPlugin -Version $Version -Dir $Dir -NoPath:$NoPath
