@echo off
rem Installs the Session Manager plugin from the package.zip beside this file for all users, as an
rem administrator. It needs nothing but Windows 10 or newer. The errorlevel is 0 when it has worked.
setlocal enableextensions disabledelayedexpansion

set "package=%~dp0package.zip"
set "programs=%ProgramFiles%"
rem A 32-bit console has the directory of 32-bit programs there.
if defined ProgramW6432 set "programs=%ProgramW6432%"
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

set "tar=%SystemRoot%\System32\tar.exe"
set "powershell=%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe"
if exist "%tar%" (
  "%tar%" -xf "%package%" -C "%target%"
) else (
  "%powershell%" -NoProfile -NonInteractive -Command "Expand-Archive -LiteralPath $env:package -DestinationPath $env:target -Force -ErrorAction Stop"
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
rem Tells running programs that the environment has changed.
set "script=%script% [Environment]::SetEnvironmentVariable('SessionManagerPluginPath', $null, 'Machine')"
"%powershell%" -NoProfile -NonInteractive -Command "try { %script% } catch { [Console]::Error.WriteLine($_); exit 1 }"
if errorlevel 1 goto nopath

echo The Session Manager plugin is installed in "%target%". Open a new console to use it.
exit /b 0

:nopackage
echo "%package%" is missing: unzip all of SessionManagerPlugin.zip before this file is run. 1>&2
exit /b 2

:notwritable
echo "%target%" cannot be written to: run this file as an administrator. 1>&2
exit /b 5

:nopath
echo The plugin is installed, but PATH could not be changed: add "%entry%" to it. 1>&2
exit /b 1

:notunpacked
echo "%package%" could not be unpacked to "%target%". 1>&2
exit /b 1
