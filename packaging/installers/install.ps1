<#
.SYNOPSIS
Installs session-manager-plugin for the current user, without an administrator.

.DESCRIPTION
Installs only an archive whose SHA-256 digest is in the list below. For another version, takes that list from the
release of the version, if a key below has signed it, which gpg or minisign verifies.

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
    # The keys that sign SHA256SUMS; each is empty if it does not: the fingerprint of a key of OpenPGP, the key, and one of minisign.
    $signer = '@SIGNER@'
    $signingKey = '@SIGNING_KEY@'
    $minisignKey = '@MINISIGN_KEY@'

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

    function Find-Program([string] $Name) {
        Get-Command $Name -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    }

    # Whether the signature of OpenPGP of the list in the current directory is that of the key. Some gpg for Windows do not
    # understand paths with a drive.
    function Test-OpenPgpSignature([string] $Work) {
        # Without its armor, headers and checksum. Then gpg needs no agent.
        $lines = ($signingKey -replace '(?s)^.*?\r?\n\r?\n', '') -split '\r?\n'
        $body = ($lines | Where-Object { $_ -match '^[A-Za-z0-9+/]+=*$' }) -join ''
        [IO.File]::WriteAllBytes((Join-Path $Work 'key.gpg'), [Convert]::FromBase64String($body))
        $arguments = @(
            '--homedir', '.', '--batch', '--no-default-keyring', '--keyring', './key.gpg'
            '--status-fd', '1', '--verify', 'SHA256SUMS.asc', 'SHA256SUMS'
        )
        $report = @(& (Find-Program 'gpg').Source @arguments)
        if ($LASTEXITCODE -ne 0) { return $false }
        # An expired key has no good signature.
        @($report -match '^\[GNUPG:\] GOODSIG ').Count -gt 0
    }

    # Whether the signature of minisign of the list in the current directory is that of the key, for this version: it covers a
    # comment that names the version.
    function Test-MinisignSignature {
        $arguments = @('-V', '-Q', '-P', $minisignKey, '-m', 'SHA256SUMS', '-x', 'SHA256SUMS.minisig')
        $comment = @(& (Find-Program 'minisign').Source @arguments) -join "`n"
        ($LASTEXITCODE -eq 0) -and ($comment.Trim() -ceq "session-manager-plugin $Version SHA256SUMS")
    }

    # The list of digests of another version, if a key of this release has signed it.
    function Get-SignedDigests([string] $Work) {
        $elsewhere = "Run the script of that version instead: $downloads/$Version/install.ps1"
        if (-not ($signer -or $minisignKey)) {
            throw "Version $Version cannot be verified: this script contains only the digests of $release. $elsewhere"
        }
        # Those that a program here verifies.
        $forms = @()
        if ($signer -and (Find-Program 'gpg')) { $forms += 'asc' }
        if ($minisignKey -and (Find-Program 'minisign')) { $forms += 'minisig' }
        if ($forms.Count -eq 0) {
            $programs = @()
            if ($signer) { $programs += 'Gpg4win' }
            if ($minisignKey) { $programs += 'minisign' }
            throw "Version $Version cannot be verified: no program here verifies a signature. Install $($programs -join ' or '). $elsewhere"
        }
        $list = Join-Path $Work 'SHA256SUMS'
        $url = "$downloads/$Version/SHA256SUMS"
        Save-Download $url $list
        # The version may have another form than this release: one is enough.
        $missing = @()
        foreach ($form in $forms) {
            try {
                Save-Download "$url.$form" "$list.$form"
            } catch {
                $missing += "$_"
                continue
            }
            Push-Location -LiteralPath $Work
            try {
                $isSigned = if ($form -eq 'asc') { Test-OpenPgpSignature $Work } else { Test-MinisignSignature }
            } finally {
                Pop-Location
            }
            if ($isSigned) { return Get-Content -LiteralPath $list -Raw }
        }
        if ($missing.Count -eq $forms.Count) { throw ($missing -join "`n") }
        throw "Version $Version cannot be verified: the key in this script has not signed its SHA256SUMS. $elsewhere"
    }

    # Downloads, verifies and unpacks an archive. Returns its directory.
    function Expand-Download([string] $Name, [string] $Digest, [string] $Work) {
        $url = "$downloads/$Version/$Name.zip"
        $zip = Join-Path $Work 'archive.zip'
        Write-Host "Downloading $url"
        Save-Download $url $zip
        $computed = (Get-FileHash -Algorithm SHA256 -LiteralPath $zip).Hash
        if ($computed -ne $Digest) {
            throw "$url is damaged or was changed on its way: its SHA-256 digest is $($computed.ToLowerInvariant()) instead of $Digest. Try again, or from another network. Nothing was changed."
        }
        Expand-Archive -LiteralPath $zip -DestinationPath $Work
        Join-Path $Work $Name
    }

    # What is wrong with a program; nothing if it reports the expected version.
    function Get-Fault([string] $Program) {
        try {
            $reported = (& $Program --version | Out-String).Trim()
        } catch {
            # A program for another processor, for example, does not start.
            return "$_"
        }
        if ($reported -cne $Version) { "its --version printed `"$reported`"" }
    }

    # Returns the directory of the first archive whose program runs here.
    function Expand-Program([string] $Digests, [string] $Work) {
        $faults = @()
        foreach ($processor in $processors) {
            $name = "session-manager-plugin-$Version-windows-$processor"
            if (-not ($Digests -match "(?m)^([0-9a-f]{64})  $([regex]::Escape($name))\.zip\r?$")) { continue }
            $unpacked = Expand-Download $name $Matches[1] $Work
            $fault = Get-Fault (Join-Path $unpacked 'bin\session-manager-plugin.exe')
            if (-not $fault) { return $unpacked }
            Write-Warning "The program of $name.zip does not run on this machine: $fault"
            $faults += $name
        }
        if ($faults.Count -eq 0) {
            throw "Version $Version has no archive for this machine ($($processors -join ', '))."
        }
        throw "The program does not run on this machine: $($faults -join ', '). Nothing was changed."
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
    $nextLink = Join-Path $work 'next'
    $earlierLink = Join-Path $work 'current'
    $installed = Join-Path $Dir $Version
    $unpacked = $null
    $lock = $null
    $isPlacing = $false
    $isLinking = $false
    New-Item -ItemType Directory -Path $work -Force | Out-Null
    try {
        if ($Version -ne $release) { $digests = Get-SignedDigests $work }
        $unpacked = Expand-Program $digests $work

        # Keeps other runs from the directory while this one changes it, which takes a moment.
        try {
            $lock = [IO.FileStream]::new(
                (Join-Path $Dir '.lock'), [IO.FileMode]::OpenOrCreate, [IO.FileAccess]::ReadWrite,
                [IO.FileShare]::None, 1, [IO.FileOptions]::DeleteOnClose
            )
        } catch {
            throw "Another run of this script is installing in $Dir. Nothing was changed. Run this script again when the other has ended. ($_)"
        }
        $existing = Get-Item -LiteralPath $current -Force -ErrorAction SilentlyContinue
        $log = Join-Path $current 'seelog.xml'
        if (Test-Path -LiteralPath $log) { Copy-Item -LiteralPath $log -Destination $unpacked }
        if (Test-Path -LiteralPath $installed) {
            try {
                [IO.Directory]::Move($installed, $earlier)
            } catch {
                throw "Version $Version is installed and in use. End its sessions, and run this script again."
            }
        }
        $isPlacing = $true
        [IO.Directory]::Move($unpacked, $installed)
        # A link to a directory needs no administrator if it is a junction. A move renames the link, not what it links to.
        New-Item -ItemType Junction -Path $nextLink -Target $installed | Out-Null
        if ($existing) { [IO.Directory]::Move($current, $earlierLink) }
        $isLinking = $true
        [IO.Directory]::Move($nextLink, $current)
    } finally {
        try {
            # Wherever it was interrupted.
            $isLinked = $isLinking -and -not [IO.Directory]::Exists($nextLink)
            if (-not $isLinked) {
                if ([IO.Directory]::Exists($earlierLink)) { [IO.Directory]::Move($earlierLink, $current) }
                # The new files are in their place, and not linked.
                if ($isPlacing -and -not [IO.Directory]::Exists($unpacked)) { [IO.Directory]::Move($installed, $unpacked) }
                if ([IO.Directory]::Exists($earlier)) { [IO.Directory]::Move($earlier, $installed) }
            }
            # Files of the user, such as logs, if this version was installed before.
            foreach ($file in Get-ChildItem -LiteralPath $earlier -Force -ErrorAction SilentlyContinue) {
                $place = Join-Path $installed $file.Name
                if (-not (Test-Path -LiteralPath $place)) { Move-Item -LiteralPath $file.FullName -Destination $place }
            }
            # Removes the links first, and alone: what they link to remains.
            foreach ($link in $nextLink, $earlierLink) {
                if ([IO.Directory]::Exists($link)) { [IO.Directory]::Delete($link) }
            }
        } catch {
            throw "Files of version $Version are left in $work. Move them to $installed. ($_)"
        } finally {
            if ($lock) { $lock.Dispose() }
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
