; The entry in the registry's PATH.
;
; A string of NSIS ends after 1024 characters, and PATH is often longer: it is read into memory of its
; own, changed there, and written back with the type it had. Nothing but the one entry changes.

!define KEY_QUERY_AND_SET_VALUE 0x3
!define ERROR_FILE_NOT_FOUND 2
!define TYPE_EXPAND_SZ 2
; Handles of the system's own keys have the upper half set, too.
!define HANDLE_LOCAL_MACHINE -2147483646
!define HANDLE_CURRENT_USER -2147483647
!define MACHINE_ENVIRONMENT "SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
!define USER_ENVIRONMENT "Environment"

!define SEMICOLON 59
!define BACKSLASH 92
!define BYTES_PER_CHARACTER 2
; Room for what is added: an entry as long as a string of NSIS, two semicolons, the end.
!define ROOM_BYTES 2056

; The directory, without a backslash at its end.
Var PathEntry
Var PathKey
Var PathType
; Address of the value, and of the end of what is looked at.
Var PathText
Var PathEnd
; Address of the entry in it, 0 when it is not there.
Var PathFound
; 1 when the value was changed.
Var PathChanged

!macro PathFunctions UN

; Opens the key and reads the value. Sets the error flag when that is not possible.
Function ${UN}OpenPath
  StrCpy $PathText 0
  ${If} $IsMachineWide = 1
    StrCpy $R0 ${HANDLE_LOCAL_MACHINE}
    StrCpy $R1 "${MACHINE_ENVIRONMENT}"
  ${Else}
    StrCpy $R0 ${HANDLE_CURRENT_USER}
    StrCpy $R1 "${USER_ENVIRONMENT}"
  ${EndIf}
  System::Call 'advapi32::RegCreateKeyExW(p R0, w R1, i 0, p 0, i 0, i ${KEY_QUERY_AND_SET_VALUE}, p 0, *p .r1, p 0) i .r0'
  StrCpy $PathKey $1
  ${If} $0 <> 0
    StrCpy $PathKey 0
    SetErrors
    Return
  ${EndIf}
  System::Call 'advapi32::RegQueryValueExW(p r1, w "Path", p 0, *i .r2, p 0, *i .r3) i .r0'
  ${If} $0 = ${ERROR_FILE_NOT_FOUND}
    StrCpy $2 ${TYPE_EXPAND_SZ}
    StrCpy $3 0
  ${ElseIf} $0 <> 0
    SetErrors
    Return
  ${EndIf}
  StrCpy $PathType $2
  IntOp $4 $3 + ${ROOM_BYTES}
  System::Alloc $4
  Pop $PathText
  ${If} $PathText P= 0
    SetErrors
    Return
  ${EndIf}
  ${If} $3 > 0
    System::Call 'advapi32::RegQueryValueExW(p r1, w "Path", p 0, p 0, p $PathText, *i r3) i .r0'
    ${If} $0 <> 0
      SetErrors
    ${EndIf}
  ${EndIf}
FunctionEnd

Function ${UN}ClosePath
  ${If} $PathText P<> 0
    System::Free $PathText
  ${EndIf}
  ${If} $PathKey P<> 0
    System::Call 'advapi32::RegCloseKey(p $PathKey)'
  ${EndIf}
FunctionEnd

; Looks for the entry, in any case, with a backslash at its end or without.
Function ${UN}FindPathEntry
  StrCpy $R0 $PathEntry
  StrLen $2 $PathEntry
  IntOp $2 $2 * ${BYTES_PER_CHARACTER}
  StrCpy $PathFound $PathText
  ${Do}
    System::Call 'shlwapi::StrStrIW(p $PathFound, w R0) p .r1'
    StrCpy $PathFound $1
    ${If} $PathFound P= 0
      Return
    ${EndIf}
    StrCpy $3 ${SEMICOLON}
    ${If} $PathFound P<> $PathText
      IntPtrOp $4 $PathFound - ${BYTES_PER_CHARACTER}
      System::Call '*$4(&i2 .r3)'
    ${EndIf}
    IntPtrOp $PathEnd $PathFound + $2
    System::Call '*$PathEnd(&i2 .r5)'
    ${If} $5 = ${BACKSLASH}
      IntPtrOp $PathEnd $PathEnd + ${BYTES_PER_CHARACTER}
      System::Call '*$PathEnd(&i2 .r5)'
    ${EndIf}
    ${If} $3 = ${SEMICOLON}
      ${If} $5 = ${SEMICOLON}
      ${OrIf} $5 = 0
        Return
      ${EndIf}
    ${EndIf}
    IntPtrOp $PathFound $PathFound + ${BYTES_PER_CHARACTER}
  ${Loop}
FunctionEnd

; Writes the value, and notifies running programs, so that new consoles have it at once.
Function ${UN}WritePath
  System::Call 'kernel32::lstrlenW(p $PathText) i .r1'
  ${If} $1 = 0
    System::Call 'advapi32::RegDeleteValueW(p $PathKey, w "Path") i .r0'
  ${Else}
    IntOp $1 $1 + 1
    IntOp $1 $1 * ${BYTES_PER_CHARACTER}
    System::Call 'advapi32::RegSetValueExW(p $PathKey, w "Path", i 0, i $PathType, p $PathText, i r1) i .r0'
  ${EndIf}
  ${If} $0 <> 0
    SetErrors
    Return
  ${EndIf}
  StrCpy $PathChanged 1
  SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
FunctionEnd

!macroend

!insertmacro PathFunctions ""
!insertmacro PathFunctions "un."

; Adds $PathEntry to PATH unless it is there. Sets the error flag when that is not possible, and
; $PathChanged when it was added.
Function AddPathEntry
  StrCpy $PathChanged 0
  ClearErrors
  Call OpenPath
  ${IfNot} ${Errors}
    Call FindPathEntry
    ${If} $PathFound P= 0
      Call AppendPathEntry
      Call WritePath
    ${EndIf}
  ${EndIf}
  Call ClosePath
FunctionEnd

; A value with a semicolon at its end has one again, so that taking the entry away restores it.
Function AppendPathEntry
  StrCpy $R0 $PathEntry
  System::Call 'kernel32::lstrlenW(p $PathText) i .r1'
  ${If} $1 > 0
    IntOp $1 $1 - 1
    IntOp $1 $1 * ${BYTES_PER_CHARACTER}
    IntPtrOp $4 $PathText + $1
    System::Call '*$4(&i2 .r3)'
    ${If} $3 = ${SEMICOLON}
      StrCpy $R0 "$PathEntry;"
    ${Else}
      StrCpy $R0 ";$PathEntry"
    ${EndIf}
  ${EndIf}
  System::Call 'kernel32::lstrcatW(p $PathText, w R0)'
FunctionEnd

; Takes $PathEntry out of PATH, with one semicolon. Sets the error flag when that is not possible.
Function un.RemovePathEntry
  ClearErrors
  Call un.OpenPath
  ${IfNot} ${Errors}
    Call un.FindPathEntry
    ${If} $PathFound P<> 0
      System::Call '*$PathEnd(&i2 .r5)'
      ${If} $5 = ${SEMICOLON}
        IntPtrOp $PathEnd $PathEnd + ${BYTES_PER_CHARACTER}
      ${ElseIf} $PathFound P<> $PathText
        IntPtrOp $PathFound $PathFound - ${BYTES_PER_CHARACTER}
      ${EndIf}
      System::Call 'kernel32::lstrlenW(p $PathEnd) i .r1'
      IntOp $1 $1 + 1
      IntOp $1 $1 * ${BYTES_PER_CHARACTER}
      System::Call 'kernel32::RtlMoveMemory(p $PathFound, p $PathEnd, p r1)'
      Call un.WritePath
    ${EndIf}
  ${EndIf}
  Call un.ClosePath
FunctionEnd
