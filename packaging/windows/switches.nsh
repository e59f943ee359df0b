; The switches of the command line.
;
; AWS's setup is a bundle of WiX, which takes its switches in any case and with a leading / or -
; (wixtoolset/wix3, src/burn/engine/core.cpp, ParseCommandLine). Scripts that were written for it run
; unattended, so with any of its switches no window is opened. Nothing here ever needs a restart.

!define ERROR_INVALID_PARAMETER 87

!macro SwitchFunctions UN

; Takes the next word, without its quotes.
Function ${UN}ReadWord
  StrCpy $Word ""
  StrCpy $HasWord 0
  StrCpy $1 0
  ${Do}
    StrCpy $0 $SwitchesLeft 1
    ${If} $0 == ""
      Return
    ${EndIf}
    StrCpy $SwitchesLeft $SwitchesLeft "" 1
    ${If} $0 == '"'
      IntOp $1 $1 ^ 1
      StrCpy $HasWord 1
    ${ElseIf} $1 = 0
    ${AndIf} $0 == " "
      ${If} $HasWord = 1
        Return
      ${EndIf}
    ${Else}
      StrCpy $Word "$Word$0"
      StrCpy $HasWord 1
    ${EndIf}
  ${Loop}
FunctionEnd

; Reads all switches. NSIS has taken /D= and _?= off the command line, with what follows.
Function ${UN}ReadSwitches
  StrCpy $OpensWindow 1
  StrCpy $IsUninstalling 0
  StrCpy $AskedScope ""
  StrCpy $LogFile ""
  StrCpy $Log ""
  StrCpy $SwitchesReason ""
  ${GetParameters} $SwitchesLeft
  ${Do}
    Call ${UN}ReadWord
    ${If} $HasWord = 0
      ${Break}
    ${EndIf}
    StrCpy $0 $Word 3
    ${If} $0 == "/D="
      ; One that NSIS has passed over.
      ${Break}
    ${EndIf}
    Call ${UN}TakeSwitch
  ${Loop}
  ; The setup is silent until here (start-silently.ts).
  ${If} $OpensWindow = 1
    SetSilent normal
  ${Else}
    SetSilent silent
  ${EndIf}
  ${If} $SwitchesReason != ""
    SetSilent silent
    !insertmacro Refuse "${UN}" ${ERROR_INVALID_PARAMETER} "$SwitchesReason"
  ${EndIf}
  ${If} $LogFile != ""
    Call ${UN}OpenLog
  ${EndIf}
FunctionEnd

; Takes the switch in $Word. Sets $SwitchesReason when it cannot be used.
Function ${UN}TakeSwitch
  StrCpy $R0 $Word
  StrCpy $0 $Word 1
  ${If} $0 == "-"
    StrCpy $R0 $Word "" 1
    StrCpy $R0 "/$R0"
  ${EndIf}
  ${Switch} $R0
    ${Case} "/ALLUSERS"
      StrCpy $AskedScope 1
      ${Break}
    ${Case} "/CURRENTUSER"
      StrCpy $AskedScope 0
      ${Break}
    ${Case} "/NCRC"
      ${Break}
    ${Case} "/uninstall"
      StrCpy $IsUninstalling 1
      StrCpy $OpensWindow 0
      ${Break}
    ${Case} "/log"
    ${Case} "/l"
      StrCpy $OpensWindow 0
      Call ${UN}ReadWord
      StrCpy $LogFile $Word
      ${If} $LogFile == ""
        StrCpy $SwitchesReason "/log needs the file to write to, in quotes if its path has blanks: /log C:\setup.log"
      ${EndIf}
      ${Break}
    ${Case} "/S"
    ${Case} "/silent"
    ${Case} "/q"
    ${Case} "/quiet"
    ${Case} "/passive"
    ${Case} "/install"
    ${Case} "/repair"
    ${Case} "/norestart"
    ${Case} "/promptrestart"
    ${Case} "/forcerestart"
      StrCpy $OpensWindow 0
      ${Break}
    ${Default}
      StrCpy $SwitchesReason "There is no switch $Word. Use /quiet, /install, /uninstall, /norestart, /log FILE, /ALLUSERS, /CURRENTUSER, and at the end /D=DIRECTORY."
  ${EndSwitch}
FunctionEnd

Function ${UN}OpenLog
  ClearErrors
  FileOpen $Log "$LogFile" w
  ${If} ${Errors}
    StrCpy $Log ""
    !insertmacro Refuse "${UN}" ${ERROR_WRITE_FAULT} "The log $LogFile cannot be written: check its directory and its permissions."
  ${EndIf}
  FileWriteUTF16LE /BOM $Log "${NAME} ${VERSION}$\r$\n"
FunctionEnd

; Adds the line in $Reason to the log.
Function ${UN}WriteLog
  ${If} $Log != ""
    FileWriteUTF16LE $Log "$Reason$\r$\n"
  ${EndIf}
FunctionEnd

!macroend

!insertmacro SwitchFunctions ""
!insertmacro SwitchFunctions "un."
