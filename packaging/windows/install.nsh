; The setup.

; A running program cannot be replaced, but renamed: its sessions go on, and it is removed later.
!define REPLACED "replaced"

Function .onInit
  Call ReadSwitches
  ${IfNot} ${AtLeastWin10}
    !insertmacro Refuse "" ${ERROR_OLD_WIN_VERSION} "${NAME} needs Windows 10, Windows Server 2016 or newer."
  ${EndIf}
!if "${ARCHITECTURE}" == "arm64"
  ${IfNot} ${IsNativeARM64}
    !insertmacro Refuse "" ${ERROR_EXE_MACHINE_TYPE_MISMATCH} "This setup is for Windows on ARM64, and this machine has another processor: run the setup for x64, in the directory windows of the downloads."
  ${EndIf}
!endif
  Call ChooseScope
  Call ReadPrevious
  ${If} $IsUninstalling = 1
    Call Uninstall
    Quit
  ${EndIf}
  ${If} $INSTDIR == ""
    ; NSIS passes over a directory that it cannot use, and one in quotes: no user would look for the
    ; program in another one.
    System::Call 'kernel32::GetCommandLineW() p .r0'
    System::Call 'shlwapi::StrStrIW(p r0, w "/D=") p .r0'
    ${If} $0 P<> 0
      !insertmacro Refuse "" ${ERROR_BAD_PATHNAME} "/D= needs a directory with its drive that can be made, without quotes even if it has spaces, behind everything else: /D=C:\Tools\SessionManagerPlugin"
    ${EndIf}
    StrCpy $INSTDIR $PreviousDirectory
  ${EndIf}
  Call CheckDirectory
  ${If} $Reason != ""
    !insertmacro Refuse "" ${ERROR_BAD_PATHNAME} "$Reason"
  ${EndIf}
FunctionEnd

; Looks for an earlier version.
Function ReadPrevious
  StrCpy $PreviousDirectory ""
  StrCpy $NamedByUser ""
  ${If} $IsMachineWide = 1
    ReadRegStr $PreviousDirectory HKLM "${UNINSTALL_KEY}" "InstallLocation"
  ${ElseIf} $IsAdministrator = 1
    ReadRegStr $NamedByUser HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${Else}
    ReadRegStr $PreviousDirectory HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${EndIf}
FunctionEnd

Function LeaveDirectoryPage
  Call CheckDirectory
  ${If} $Reason != ""
    MessageBox MB_OK|MB_ICONEXCLAMATION "$Reason"
    Abort
  ${EndIf}
FunctionEnd

; Takes the default directory for none. Sets $Reason when $INSTDIR cannot be used, else empties it.
Function CheckDirectory
  StrCpy $Reason ""
  ${If} $INSTDIR == ""
    StrCpy $INSTDIR $DefaultDirectory
  ${EndIf}
  StrCpy $1 $INSTDIR "" -1
  ${If} $1 == "\"
    StrCpy $INSTDIR $INSTDIR -1
  ${EndIf}
  StrCpy $R0 $INSTDIR
  System::Call 'shlwapi::PathIsRelativeW(w R0) i .r0'
  ${If} $0 = 0
    ; Without "..", which would lead out of a directory that is protected.
    System::Call 'kernel32::GetFullPathNameW(w R0, i ${NSIS_MAX_STRLEN}, w .R0, p 0) i .r1'
    StrCpy $INSTDIR $R0
  ${EndIf}
  System::Call 'shlwapi::PathIsRootW(w R0) i .r1'
  System::Call 'shlwapi::StrStrIW(w R0, w ";") p .r2'
  StrLen $3 $INSTDIR
  ${If} $0 <> 0
  ${OrIf} $1 <> 0
  ${OrIf} $3 < 4
    StrCpy $Reason "The install location has to be a directory with its drive, such as C:\Tools\SessionManagerPlugin: $INSTDIR"
  ${ElseIf} $2 P<> 0
    StrCpy $Reason "The install location cannot be part of PATH with a semicolon in it: $INSTDIR"
  ${EndIf}
FunctionEnd

Section
  ; After the page is left, it restores the text of its box, for example an empty one.
  Call CheckDirectory
  Call RefuseSecondForUser
  ${If} $IsMachineWide = 1
    StrCpy $Protected $INSTDIR
    Call MakeProtected
    StrCpy $Protected "$INSTDIR\bin"
    Call MakeProtected
  ${EndIf}
  Call RemovePreviousElsewhere
  SetOverwrite try
  ClearErrors
  !insertmacro InstallFiles
  SetOutPath "$INSTDIR\bin"
  File "/oname=${PROGRAM}.new" "${PROGRAM_FILE}"
  Call WriteLogTemplate
  WriteUninstaller "$INSTDIR\${UNINSTALLER}"
  ${If} ${Errors}
    Delete "$INSTDIR\bin\${PROGRAM}.new"
    !insertmacro Refuse "" ${ERROR_WRITE_FAULT} "Files cannot be written to $INSTDIR: check its permissions and the space on the disk, and that no file of it is open."
  ${EndIf}
  Call ReplaceProgram
  ${If} ${Errors}
    !insertmacro Refuse "" ${ERROR_ACCESS_DENIED} "$INSTDIR\bin\${PROGRAM} cannot be replaced: end the sessions that use it, and try again."
  ${EndIf}
  Call Register
  StrCpy $PathEntry "$INSTDIR\bin"
  Call AddPathEntry
  ${If} ${Errors}
    !insertmacro Refuse "" ${ERROR_ACCESS_DENIED} "${NAME} is installed, but PATH in the registry cannot be changed: add $INSTDIR\bin to it."
  ${EndIf}
  ${If} $PathChanged = 1
    WriteRegStr SHCTX "${UNINSTALL_KEY}" "PathEntry" "$PathEntry"
  ${EndIf}
  StrCpy $Reason "Installed to $INSTDIR"
  Call WriteLog
SectionEnd

; Removes what is installed, for /uninstall.
Function Uninstall
  ${If} $PreviousDirectory == ""
  ${AndIf} $IsAdministrator = 1
  ${AndIf} $AskedScope != 1
    ReadRegStr $NamedByUser HKCU "${UNINSTALL_KEY}" "InstallLocation"
    ${If} $NamedByUser != ""
      !insertmacro Refuse "" ${ERROR_ACCESS_DENIED} "${NAME} is installed for this user only, in $NamedByUser. With administrator rights nothing is run from there: uninstall it under Apps in the settings of Windows."
    ${EndIf}
  ${EndIf}
  ${IfNot} ${FileExists} "$PreviousDirectory\${UNINSTALLER}"
    ; As with AWS's setup: what was to be reached is so.
    !insertmacro Refuse "" 0 "${NAME} is not installed."
  ${EndIf}
  Call RemovePrevious
  StrCpy $Reason "Removed from $PreviousDirectory"
  Call WriteLog
  SetErrorLevel $ExitCode
FunctionEnd

; An installation of the user somewhere else would be found first in PATH, and cannot be removed here.
Function RefuseSecondForUser
  ${If} $NamedByUser != ""
  ${AndIf} $NamedByUser != $INSTDIR
    !insertmacro Refuse "" ${ERROR_ACCESS_DENIED} "${NAME} is installed for this user in $NamedByUser already. With administrator rights nothing is run from there: uninstall it under Apps in the settings of Windows, or install to the same directory: /D=$NamedByUser"
  ${EndIf}
FunctionEnd

; There is one installation for each scope: what is somewhere else goes.
Function RemovePreviousElsewhere
  ${If} $PreviousDirectory != ""
  ${AndIf} $PreviousDirectory != $INSTDIR
  ${AndIf} ${FileExists} "$PreviousDirectory\${UNINSTALLER}"
    Call RemovePrevious
  ${EndIf}
FunctionEnd

; Runs the uninstaller in $PreviousDirectory. $ExitCode gets its exit code.
Function RemovePrevious
  ${If} $IsMachineWide = 1
    StrCpy $Protected $PreviousDirectory
    Call CheckProtected
  ${EndIf}
  StrCpy $0 "/CURRENTUSER"
  ${If} $IsMachineWide = 1
    StrCpy $0 "/ALLUSERS"
  ${EndIf}
  ; With _?= it does not copy itself away, so its end can be waited for.
  ExecWait '"$PreviousDirectory\${UNINSTALLER}" /S $0 _?=$PreviousDirectory' $ExitCode
  Delete "$PreviousDirectory\${UNINSTALLER}"
  RMDir "$PreviousDirectory"
  ${If} $PreviousDirectory == $DefaultDirectory
    ${GetParent} "$PreviousDirectory" $0
    RMDir $0
  ${EndIf}
FunctionEnd

; Puts the new program into the old one's place. Sets the error flag when that is not possible.
Function ReplaceProgram
  ; Those that ran when they were replaced, and do not any more.
  Delete "$INSTDIR\bin\*.${REPLACED}"
  StrCpy $0 "$INSTDIR\bin\${PROGRAM}"
  ClearErrors
  Delete $0
  ${If} ${Errors}
    GetTempFileName $1 "$INSTDIR\bin"
    Delete $1
    ClearErrors
    Rename $0 "$1.${REPLACED}"
    ${If} ${Errors}
      Delete "$0.new"
      SetErrors
      Return
    ${EndIf}
    Delete /REBOOTOK "$1.${REPLACED}"
  ${EndIf}
  ClearErrors
  Rename "$0.new" $0
FunctionEnd

; "Apps and features" of Windows.
Function Register
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\bin\${PROGRAM}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "HelpLink" "${HELP_LINK}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "URLInfoAbout" "${HELP_LINK}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\${UNINSTALLER}"'
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\${UNINSTALLER}" /S'
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "EstimatedSize" ${INSTALLED_KIBIBYTES}
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoRepair" 1
FunctionEnd

; The template names the directory of the logs, which is known only here.
Function WriteLogTemplate
  FileOpen $R9 "$INSTDIR\seelog.xml.template" w
  Call EscapeDirectory
  !insertmacro WriteLogTemplateText
  FileClose $R9
FunctionEnd

; $R8: the install location as an XML attribute's value. Of the characters that XML reserves only an
; ampersand and an apostrophe can be in a name, and the apostrophe means nothing between quotes.
Function EscapeDirectory
  StrCpy $R8 ""
  StrCpy $0 0
  ${Do}
    StrCpy $1 $INSTDIR 1 $0
    ${If} $1 == ""
      Return
    ${ElseIf} $1 == "&"
      StrCpy $1 "&amp;"
    ${EndIf}
    StrCpy $R8 "$R8$1"
    IntOp $0 $0 + 1
  ${Loop}
FunctionEnd

; Writes $R8 to the file $R9 as UTF-8, which NSIS itself cannot.
Function WriteDirectory
  !define CP_UTF8 65001
  System::Alloc 4096
  Pop $1
  System::Call 'kernel32::WideCharToMultiByte(i ${CP_UTF8}, i 0, w R8, i -1, p r1, i 4096, p 0, p 0) i .r2'
  ${If} $2 < 1
    SetErrors
  ${Else}
    ; Without the NUL character at the end.
    IntOp $2 $2 - 1
    System::Call 'kernel32::WriteFile(p R9, p r1, i r2, *i .r3, p 0) i .r0'
    ${If} $0 = 0
      SetErrors
    ${EndIf}
  ${EndIf}
  System::Free $1
FunctionEnd
