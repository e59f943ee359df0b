@echo off
rem Removes what install.bat or the setup have installed for all users, as an administrator. A seelog.xml
rem and other files of the user stay. The errorlevel is 0 when it has worked.
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

set "target=%programs%\Amazon\SessionManagerPlugin"
set "entry=%target%\bin"
set "program=session-manager-plugin.exe"

if not exist "%target%" goto nothing
if exist "%target%\uninstall.exe" goto ofsetup

if exist "%entry%\%program%" del /q "%entry%\%program%" 2>nul
if exist "%entry%\%program%" goto notremovable
del /q "%entry%\*.replaced" 2>nul
for %%f in (LICENSE NOTICE README.md RELEASENOTES.md THIRD-PARTY VERSION seelog.xml.template) do (
  if exist "%target%\%%f" del /q "%target%\%%f"
)
if exist "%target%\docs\*.md" del /q "%target%\docs\*.md"
if exist "%target%\docs\images\*.svg" del /q "%target%\docs\images\*.svg"
if exist "%target%\Logs\session-manager-plugin.log*" del /q "%target%\Logs\session-manager-plugin.log*"
if exist "%target%\Logs\errors.log*" del /q "%target%\Logs\errors.log*"
rem These remove nothing but empty directories.
for %%d in ("%target%\docs\images" "%target%\docs" "%target%\Logs" "%entry%" "%target%" "%programs%\Amazon") do (
  if exist "%%~d" rmdir "%%~d" 2>nul
)

set "powershell=%system%WindowsPowerShell\v1.0\powershell.exe"
set "script=$ErrorActionPreference = 'Stop'; $path = $env:entry;"
set "script=%script% $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('SYSTEM\CurrentControlSet\Control\Session Manager\Environment', $true);"
set "script=%script% $old = [string]$key.GetValue('Path', '', 'DoNotExpandEnvironmentNames');"
set "script=%script% $new = @($old.Split(';') | Where-Object { $_.TrimEnd('\') -ine $path }) -join ';';"
set "script=%script% if ($new -cne $old) { $key.SetValue('Path', $new, $key.GetValueKind('Path')) };"
set "script=%script% [Environment]::SetEnvironmentVariable('SessionManagerPluginPath', $null, 'Machine')"
"%powershell%" -NoProfile -NonInteractive -Command "try { %script% } catch { [Console]::Error.WriteLine($_); exit 1 }"
if errorlevel 1 goto nopath
echo The Session Manager plugin is removed.
exit /b 0

:nothing
echo "%target%" is not there: nothing to remove.
exit /b 0

:noprograms
echo The registry does not say where programs are installed (ProgramFilesDir). 1>&2
exit /b 1

:ofsetup
start "" /wait "%target%\uninstall.exe" /S
exit /b

:notremovable
echo "%entry%\%program%" cannot be removed: end its sessions, and run this file as an administrator. 1>&2
exit /b 5

:nopath
echo The plugin is removed, but "%entry%" could not be taken out of PATH. 1>&2
exit /b 1
