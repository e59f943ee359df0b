@echo off
rem Installs the Session Manager plugin from the package.zip beside this file for all users, as an
rem administrator. It needs nothing but Windows 10 or newer. The errorlevel is 0 when it has worked.
setlocal enableextensions disabledelayedexpansion

rem Any program of the user can set variables of the user (HKCU\Environment), and an administrator's console
rem has them, too. So the directory of Windows comes from cmd.exe itself (this variable cannot be
rem set), and the directory of programs from HKLM.
set "system=%__APPDIR__%"
if not defined system set "system=%SystemRoot%\System32\"
set "ComSpec=%system%cmd.exe"
set "programs="
for /f "tokens=2,*" %%a in ('%system%reg.exe query HKLM\Software\Microsoft\Windows\CurrentVersion /v ProgramFilesDir /reg:64') do if "%%a" == "REG_SZ" set "programs=%%b"
if not defined programs goto noprograms
rem These name libraries that .NET, and modules that PowerShell, would load. One of each is set first: without
rem any, `set` would report an error.
for %%p in (COR_ COMPLUS_ APPDOMAIN_ PSModule) do (
  set "%%pNone=none"
  for /f "delims==" %%v in ('set %%p') do set "%%v="
)

set "package=%~dp0package.zip"
set "target=%programs%\Amazon\SessionManagerPlugin"
set "entry=%target%\bin"
set "program=session-manager-plugin.exe"

if not exist "%package%" goto nopackage

if not exist "%entry%" mkdir "%entry%" 2>nul
copy /y nul "%entry%\written" >nul 2>&1
if not exist "%entry%\written" goto notwritable
del "%entry%\written"

rem A running program cannot be replaced, but renamed: its sessions go on.
del /q "%entry%\*.replaced" 2>nul
if exist "%entry%\%program%" del /q "%entry%\%program%" 2>nul
if exist "%entry%\%program%" ren "%entry%\%program%" "%random%.replaced"

set "tar=%system%tar.exe"
set "powershell=%system%WindowsPowerShell\v1.0\powershell.exe"
rem .NET itself, no module of PowerShell: those of the user come first.
set "script=$ErrorActionPreference = 'Stop'; [void][Reflection.Assembly]::LoadWithPartialName('System.IO.Compression.FileSystem');"
set "script=%script% $zip = [IO.Compression.ZipFile]::OpenRead($env:package); foreach ($entry in $zip.Entries) {"
set "script=%script% $file = [IO.Path]::Combine($env:target, $entry.FullName.Replace('/', '\'));"
set "script=%script% [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($file));"
set "script=%script% [IO.Compression.ZipFileExtensions]::ExtractToFile($entry, $file, $true) }; $zip.Dispose()"
if exist "%tar%" (
  "%tar%" -xf "%package%" -C "%target%"
) else (
  "%powershell%" -NoProfile -NonInteractive -Command "try { %script% } catch { [Console]::Error.WriteLine($_); exit 1 }"
)
if errorlevel 1 goto notunpacked
if not exist "%entry%\%program%" goto notunpacked

rem The registry is written to directly: setx cuts PATH off after 1024 characters. The type of the value
rem and everything else in it stay.
set "script=$ErrorActionPreference = 'Stop'; $path = $env:entry;"
set "script=%script% $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('SYSTEM\CurrentControlSet\Control\Session Manager\Environment', $true);"
set "script=%script% $old = [string]$key.GetValue('Path', '', 'DoNotExpandEnvironmentNames'); $kind = 'ExpandString';"
set "script=%script% if ($key.GetValueNames() -contains 'Path') { $kind = $key.GetValueKind('Path') };"
set "script=%script% if (@($old.Split(';') | Where-Object { $_.TrimEnd('\') -ieq $path }).Count -eq 0) {"
set "script=%script% if ($old -ne '' -and -not $old.EndsWith(';')) { $old += ';' }; $key.SetValue('Path', $old + $path, $kind) };"
rem Notifies running programs that the environment has changed.
set "script=%script% [Environment]::SetEnvironmentVariable('SessionManagerPluginPath', $null, 'Machine')"
"%powershell%" -NoProfile -NonInteractive -Command "try { %script% } catch { [Console]::Error.WriteLine($_); exit 1 }"
if errorlevel 1 goto nopath

echo The Session Manager plugin is installed in "%target%". Open a new console to use it.
exit /b 0

:nopackage
echo "%package%" is missing: unzip all of SessionManagerPlugin.zip before this file is run. 1>&2
exit /b 2

:noprograms
echo The registry does not say where programs are installed (ProgramFilesDir). 1>&2
exit /b 1

:notwritable
echo "%target%" cannot be written to: run this file as an administrator. 1>&2
exit /b 5

:nopath
echo The plugin is installed, but PATH could not be changed: add "%entry%" to it. 1>&2
exit /b 1

:notunpacked
echo "%package%" could not be unpacked to "%target%". 1>&2
exit /b 1
