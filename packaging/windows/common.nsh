; What setup and uninstaller share.

!define STD_ERROR_HANDLE -12
!define INVALID_HANDLE -1
!define ATTACH_PARENT_PROCESS -1

; Ends with an exit code and a sentence.
!macro Refuse UN CODE SENTENCE
  StrCpy $ExitCode ${CODE}
  StrCpy $Reason "${SENTENCE}"
  Call ${UN}Refuse
!macroend

!macro CommonFunctions UN

Function ${UN}Refuse
  Call ${UN}WriteLog
  ${If} ${Silent}
    Call ${UN}SayOnStandardError
  ${Else}
    MessageBox MB_OK|MB_ICONSTOP "$Reason"
  ${EndIf}
  SetErrorLevel $ExitCode
  Quit
FunctionEnd

; A program with windows has no console of its own: standard error is a file or pipe it was given, or
; the console it was started from.
Function ${UN}SayOnStandardError
  System::Call 'kernel32::GetStdHandle(i ${STD_ERROR_HANDLE}) p .r0'
  ${If} $0 P= 0
  ${OrIf} $0 P= ${INVALID_HANDLE}
    System::Call 'kernel32::AttachConsole(i ${ATTACH_PARENT_PROCESS})'
    FileOpen $0 "CONOUT$$" w
  ${EndIf}
  FileWrite $0 "$Reason$\r$\n"
FunctionEnd

; Chooses for whom to work, by the rights and the switches.
Function ${UN}ChooseScope
  StrCpy $IsAdministrator 0
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 == "Admin"
    StrCpy $IsAdministrator 1
  ${EndIf}
  StrCpy $IsMachineWide $IsAdministrator
  ${If} $AskedScope == 1
  ${AndIf} $IsMachineWide = 0
    !insertmacro Refuse "${UN}" ${ERROR_ELEVATION_REQUIRED} "/ALLUSERS needs administrator rights: run it as administrator, or with /CURRENTUSER."
  ${EndIf}
  ${If} $AskedScope == 0
    StrCpy $IsMachineWide 0
  ${EndIf}
  Call ${UN}ApplyScope
FunctionEnd

Function ${UN}ApplyScope
  ${If} $IsMachineWide = 1
    SetShellVarContext all
    StrCpy $DefaultDirectory "$PROGRAMFILES64\${DIRECTORY}"
  ${Else}
    SetShellVarContext current
    StrCpy $DefaultDirectory "$LOCALAPPDATA\${DIRECTORY}"
  ${EndIf}
FunctionEnd

!macroend

!insertmacro CommonFunctions ""
!insertmacro CommonFunctions "un."
