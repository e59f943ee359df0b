; SessionManagerPluginSetup.exe, built by setup.ts, which lists in the file DEFINITIONS what to install.
;
;   /S            without a window: errors are printed to standard error; and those of AWS's setup,
;                 see switches.nsh
;   /ALLUSERS     for all users: %PROGRAMFILES%, PATH of the machine; the default with administrator rights
;   /CURRENTUSER  for this user: %LOCALAPPDATA%, PATH of the user; the default without
;   /D=directory  install there; has to come last, and takes no quotes

Unicode true
Target amd64-unicode
!include "${DEFINITIONS}"
!include LogicLib.nsh
!include FileFunc.nsh
!include WinMessages.nsh
!include WinVer.nsh
!include x64.nsh

!define NAME "Session Manager Plugin"
!define DIRECTORY "Amazon\SessionManagerPlugin"
!define PROGRAM "session-manager-plugin.exe"
!define UNINSTALLER "uninstall.exe"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\SessionManagerPlugin"
!define HELP_LINK "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"

; Exit codes are those of the system's own errors (winerror.h). NSIS has 1 for a user's cancel.
!define ERROR_ACCESS_DENIED 5
!define ERROR_WRITE_FAULT 29
!define ERROR_BAD_PATHNAME 161
!define ERROR_EXE_MACHINE_TYPE_MISMATCH 216
!define ERROR_ELEVATION_REQUIRED 740
!define ERROR_OLD_WIN_VERSION 1150

Name "${NAME}"
OutFile "${OUTPUT}"
Icon "${ICON}"
UninstallIcon "${ICON}"
BrandingText "${NAME} ${VERSION}"
; An administrator is asked for the rights; who has none installs for himself.
RequestExecutionLevel highest
ManifestSupportedOS all
ManifestDPIAware true
SetDateSave off
ShowInstDetails nevershow
ShowUninstDetails nevershow
XPStyle on

VIProductVersion "${VERSION}"
VIFileVersion "${VERSION}"
VIAddVersionKey ProductName "${NAME}"
!if "${ARCHITECTURE}" == "arm64"
  VIAddVersionKey FileDescription "${NAME} Setup (ARM64)"
!else
  VIAddVersionKey FileDescription "${NAME} Setup"
!endif
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey CompanyName "${PUBLISHER}"
VIAddVersionKey LegalCopyright "${COPYRIGHT}"
VIAddVersionKey OriginalFilename "SessionManagerPluginSetup.exe"

; 1 for all users, 0 for this user.
Var IsMachineWide
; 1 with administrator rights, 0 without.
Var IsAdministrator
Var DefaultDirectory
; Where an earlier version is, or empty. It is known from what only those can write who have the rights
; that this runs with.
Var PreviousDirectory
; With administrator rights: where the product is, according to the user's part of the registry. Every program
; of the user can write that, so it is only named, and nothing there is run.
Var NamedByUser
Var ExitCode
Var Reason
; What the switches ask for: 1 when a window may be opened, 1 to uninstall, a file for the log or none.
Var OpensWindow
Var IsUninstalling
Var LogFile
; 1 for all users, 0 for this user, empty when neither is asked for.
Var AskedScope
; What is wrong with them, or empty.
Var SwitchesReason
; Handle of the log, or empty.
Var Log
; The rest of the command line, the word read from it, and 1 when there was one.
Var SwitchesLeft
Var Word
Var HasWord

!include "${SOURCE}\path-entry.nsh"
!include "${SOURCE}\common.nsh"
!include "${SOURCE}\switches.nsh"
!include "${SOURCE}\protected-directory.nsh"
!include "${SOURCE}\install.nsh"
!include "${SOURCE}\uninstall.nsh"

PageEx directory
  DirText "Leave the box blank to install to the default directory, $DefaultDirectory." "Install location"
  ; The box may be left blank; what is in it is checked by our own function.
  DirVerify leave
  PageCallbacks "" "" LeaveDirectoryPage
PageExEnd
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles
