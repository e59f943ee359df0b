; The uninstaller. It takes away what setup and program have made, and leaves what the user has:
; seelog.xml, and anything else in the directory.

Function un.onInit
  Call un.ReadSwitches
  Call un.ChooseScope
  ; It removes the installation that it belongs to, whichever user runs it.
  ReadRegStr $0 HKLM "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $0 == $INSTDIR
    ${If} $IsAdministrator = 0
      !insertmacro Refuse "un." ${ERROR_ELEVATION_REQUIRED} "${NAME} was installed for all users: run the uninstaller as administrator."
    ${EndIf}
    StrCpy $IsMachineWide 1
  ${Else}
    StrCpy $IsMachineWide 0
  ${EndIf}
  Call un.ApplyScope
FunctionEnd

Section Uninstall
  ReadRegStr $PathEntry SHCTX "${UNINSTALL_KEY}" "PathEntry"
  ${If} $PathEntry != ""
    Call un.RemovePathEntry
  ${EndIf}
  Call un.RemoveProgram
  !insertmacro RemoveFiles
  Delete "$INSTDIR\seelog.xml.template"
  Delete "$INSTDIR\Logs\session-manager-plugin.log*"
  Delete "$INSTDIR\Logs\errors.log*"
  Delete "$INSTDIR\${UNINSTALLER}"
  SetOutPath $TEMP
  RMDir "$INSTDIR\Logs"
  RMDir "$INSTDIR\bin"
  RMDir "$INSTDIR"
  ${If} $INSTDIR == $DefaultDirectory
    ${un.GetParent} "$INSTDIR" $0
    RMDir $0
  ${EndIf}
  DeleteRegKey SHCTX "${UNINSTALL_KEY}"
  StrCpy $Reason "Removed from $INSTDIR"
  Call un.WriteLog
SectionEnd

; A running program goes out of the way, so that its sessions go on and the directory can be removed.
Function un.RemoveProgram
  Delete "$INSTDIR\bin\*.replaced"
  StrCpy $0 "$INSTDIR\bin\${PROGRAM}"
  ClearErrors
  Delete $0
  ${If} ${Errors}
    GetTempFileName $1
    Delete $1
    Rename $0 "$1.exe"
    Delete /REBOOTOK "$1.exe"
  ${EndIf}
FunctionEnd
