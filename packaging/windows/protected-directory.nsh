; The protection of an install location outside of %PROGRAMFILES%.
;
; A directory that is made on a drive inherits rights that let every user write to it
; (https://learn.microsoft.com/windows/win32/secauthz/dacls-and-aces; `icacls C:\`), and bin is put into
; PATH of all users. So each directory on the way is made with a descriptor of its own, in one call: at no
; moment does it inherit. One that is there already has to be one that other users can neither change nor
; move. Rights that are taken away from it would not help: what another user has opened or put there
; before, a program library or a link, stays.

; Administrators own it, nothing is inherited; SYSTEM and Administrators may do everything, Users read and
; execute; the same holds for all below it (SDDL: "Security Descriptor String Format" of the Windows API).
!define PROTECTED_DESCRIPTOR "O:BAG:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"
!define SDDL_REVISION_1 1
!define SECURITY_ATTRIBUTES_BYTES 24

; Who may change a directory: SYSTEM, Administrators, and the installer of Windows.
!define SYSTEM_SID "S-1-5-18"
!define ADMINISTRATORS_SID "S-1-5-32-544"
!define TRUSTED_INSTALLER_SID "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

; Rights of winnt.h. GENERIC_ALL, WRITE_OWNER, WRITE_DAC and FILE_DELETE_CHILD replace what is inside.
!define REPLACE_INSIDE 0x100C0040
; With DELETE it can be renamed itself. A whole drive cannot.
!define REPLACE_ITSELF 0x100D0040
; With GENERIC_WRITE, FILE_WRITE_ATTRIBUTES, FILE_ADD_SUBDIRECTORY and FILE_ADD_FILE, something is added.
!define CHANGE_ANYTHING 0x500D0146

!define SE_FILE_OBJECT 1
!define OWNER_AND_DACL 5
!define TOKEN_QUERY 8
!define TOKEN_USER 1
!define TOKEN_USER_BYTES 256
!define INHERIT_ONLY 8
!define ACE_HEADER_AND_MASK_BYTES 8
!define FILE_ATTRIBUTE_DIRECTORY 0x10
!define FILE_ATTRIBUTE_REPARSE_POINT 0x400
!define INVALID_ATTRIBUTES -1

; What is checked, the part of it that is looked at, and the number of characters in that.
Var Protected
Var Part
Var PartLength
; 1 when what is not there is made, 0 when it is left.
Var MakesDirectories
; The rights that no other user may have, and 1 when one has.
Var Rights
Var IsOpenToOthers
; Address of the SECURITY_ATTRIBUTES.
Var SecurityAttributes
; The SID of the user who runs this.
Var OwnSid

; Whether $Protected is below %PROGRAMFILES%, which Windows protects: $0 is 1 then.
Function IsInProgramFiles
  StrLen $1 "$PROGRAMFILES64\"
  StrCpy $1 $Protected $1
  StrLen $2 "$PROGRAMFILES32\"
  StrCpy $2 $Protected $2
  StrCpy $0 0
  ${If} $1 == "$PROGRAMFILES64\"
  ${OrIf} $2 == "$PROGRAMFILES32\"
    StrCpy $0 1
  ${EndIf}
FunctionEnd

; Makes the directory $Protected, with those above it, and ends the setup when other users could change
; what will be in it.
Function MakeProtected
  StrCpy $MakesDirectories 1
  Call WalkProtected
FunctionEnd

; The same for a directory of which nothing is made.
Function CheckProtected
  StrCpy $MakesDirectories 0
  Call WalkProtected
FunctionEnd

Function WalkProtected
  Call IsInProgramFiles
  ${If} $0 = 1
    Return
  ${EndIf}
  StrCpy $0 $Protected 2 1
  ${If} $0 != ":\"
    !insertmacro Refuse "" ${ERROR_BAD_PATHNAME} "The install location for all users has to be on a drive of this machine: $Protected"
  ${EndIf}
  Call ReadOwnSid
  Call MakeSecurityAttributes
  ; From the drive downwards: a part is safe only when all above it are.
  StrCpy $PartLength 3
  StrCpy $Part $Protected 3
  StrCpy $Rights ${REPLACE_INSIDE}
  Call RefuseOpenPart
  ${Do}
    Call NextPart
    StrCpy $Rights ${REPLACE_ITSELF}
    ${If} $Part == $Protected
      StrCpy $Rights ${CHANGE_ANYTHING}
    ${EndIf}
    Call TakePart
  ${LoopUntil} $Part == $Protected
FunctionEnd

Function NextPart
  ${Do}
    IntOp $PartLength $PartLength + 1
    StrCpy $0 $Protected 1 $PartLength
    ${If} $0 == "\"
    ${OrIf} $0 == ""
      ${Break}
    ${EndIf}
  ${Loop}
  StrCpy $Part $Protected $PartLength
FunctionEnd

; Makes the part when it is not there, and checks it. One that is empty is made anew instead of refused.
Function TakePart
  StrCpy $R0 $Part
  System::Call 'kernel32::GetFileAttributesW(w R0) i .r0'
  ${If} $0 = ${INVALID_ATTRIBUTES}
    ${If} $MakesDirectories = 1
      Call MakePart
      Call RefuseOpenPart
    ${EndIf}
    Return
  ${EndIf}
  IntOp $1 $0 & ${FILE_ATTRIBUTE_DIRECTORY}
  ${If} $1 = 0
    ; A file: nothing can be written below it.
    Return
  ${EndIf}
  IntOp $1 $0 & ${FILE_ATTRIBUTE_REPARSE_POINT}
  ${If} $1 <> 0
    !insertmacro Refuse "" ${ERROR_ACCESS_DENIED} "$Part is a link, which may lead to another directory later: name the directory that it leads to."
  ${EndIf}
  Call CheckPart
  ${If} $IsOpenToOthers = 1
  ${AndIf} $MakesDirectories = 1
    StrCpy $R0 $Part
    System::Call 'kernel32::RemoveDirectoryW(w R0) i .r0'
    ${If} $0 <> 0
      Call MakePart
      Call CheckPart
    ${EndIf}
  ${EndIf}
  Call RefuseWhenOpen
FunctionEnd

; A directory that was created meanwhile belongs to another user.
Function MakePart
  StrCpy $R0 $Part
  System::Call 'kernel32::CreateDirectoryW(w R0, p $SecurityAttributes) i .r0'
  ${If} $0 = 0
    !insertmacro Refuse "" ${ERROR_WRITE_FAULT} "$Part cannot be made: check its permissions and the space on the disk."
  ${EndIf}
FunctionEnd

Function RefuseOpenPart
  Call CheckPart
  Call RefuseWhenOpen
FunctionEnd

Function RefuseWhenOpen
  ${If} $IsOpenToOthers = 1
    ${If} $MakesDirectories = 0
      !insertmacro Refuse "" ${ERROR_ACCESS_DENIED} "Other users can change $Part, so the uninstaller in $Protected is not run: take their rights away, and check what is in it."
    ${EndIf}
    !insertmacro Refuse "" ${ERROR_ACCESS_DENIED} "Other users can change $Part, so a program for all users is not safe in $Protected: take their rights away, name a directory that is not there yet, or use the default directory."
  ${EndIf}
FunctionEnd

Function ReadOwnSid
  StrCpy $OwnSid ""
  System::Call 'kernel32::GetCurrentProcess() p .r0'
  System::Call 'advapi32::OpenProcessToken(p r0, i ${TOKEN_QUERY}, *p .r1) i .r0'
  ${If} $0 <> 0
    System::Alloc ${TOKEN_USER_BYTES}
    Pop $2
    System::Call 'advapi32::GetTokenInformation(p r1, i ${TOKEN_USER}, p r2, i ${TOKEN_USER_BYTES}, *i .r3) i .r0'
    ${If} $0 <> 0
      System::Call '*$2(p .r3)'
      System::Call 'advapi32::ConvertSidToStringSidW(p r3, *w .r4) i .r0'
      StrCpy $OwnSid $4
    ${EndIf}
    System::Free $2
    System::Call 'kernel32::CloseHandle(p r1)'
  ${EndIf}
FunctionEnd

Function MakeSecurityAttributes
  System::Call 'advapi32::ConvertStringSecurityDescriptorToSecurityDescriptorW(w "${PROTECTED_DESCRIPTOR}", i ${SDDL_REVISION_1}, *p .r1, p 0) i .r0'
  ${If} $0 = 0
    !insertmacro Refuse "" ${ERROR_ACCESS_DENIED} "Windows does not make the rights that protect $Protected: use the default directory."
  ${EndIf}
  ; Members of eight bytes, as they are aligned: length, descriptor, whether handles are inherited.
  System::Call '*(p ${SECURITY_ATTRIBUTES_BYTES}, p r1, p 0) p .r2'
  StrCpy $SecurityAttributes $2
FunctionEnd

; Sets $IsOpenToOthers: 1 when another user owns $Part or has one of $Rights on it, or when that is unknown.
Function CheckPart
  StrCpy $IsOpenToOthers 1
  StrCpy $R0 $Part
  System::Call 'advapi32::GetNamedSecurityInfoW(w R0, i ${SE_FILE_OBJECT}, i ${OWNER_AND_DACL}, *p .r2, p 0, *p .r3, p 0, *p .r4) i .r0'
  ${If} $0 <> 0
    Return
  ${EndIf}
  ; Without a list every user has all rights, as on a disk without access control.
  ${If} $3 P<> 0
    StrCpy $5 $2
    Call IsTrusted
    ${If} $0 = 1
      Call CheckEntries
    ${EndIf}
  ${EndIf}
  System::Call 'kernel32::LocalFree(p r4)'
FunctionEnd

; The same of the access control list at $3.
Function CheckEntries
  System::Call '*$3(&i2, &i2, &i2 .r6)'
  StrCpy $7 0
  ${While} $7 < $6
    System::Call 'advapi32::GetAce(p r3, i r7, *p .r8) i .r0'
    ${If} $0 = 0
      Return
    ${EndIf}
    Call CheckEntry
    ${If} $0 = 0
      Return
    ${EndIf}
    IntOp $7 $7 + 1
  ${EndWhile}
  StrCpy $IsOpenToOthers 0
FunctionEnd

; Whether the entry at $8 gives no other user any of $Rights: $0 is 1 then.
Function CheckEntry
  ; The type, flags, and which rights.
  System::Call '*$8(&i1 .r0, &i1 .r1, &i2, i .r2)'
  IntOp $1 $1 & ${INHERIT_ONLY}
  IntOp $2 $2 & $Rights
  ${If} $1 <> 0
  ${OrIf} $2 = 0
    StrCpy $0 1
    Return
  ${EndIf}
  ${Switch} $0
    ${Case} 1 ; Denied, whatever the form: to an object, with a condition, or both.
    ${Case} 6
    ${Case} 10
    ${Case} 12
      StrCpy $0 1
      ${Break}
    ${Case} 0
      IntPtrOp $5 $8 + ${ACE_HEADER_AND_MASK_BYTES}
      Call IsTrusted
      ${Break}
    ${Default}
      ; Allowed in another form.
      StrCpy $0 0
  ${EndSwitch}
FunctionEnd

; Whether the SID at $5 is of those that may change a directory: $0 is 1 then. The user who runs this is
; an administrator.
Function IsTrusted
  System::Call 'advapi32::ConvertSidToStringSidW(p r5, *w .r1) i .r0'
  ${If} $0 = 0
    Return
  ${EndIf}
  StrCpy $0 0
  ${If} $1 == "${SYSTEM_SID}"
  ${OrIf} $1 == "${ADMINISTRATORS_SID}"
  ${OrIf} $1 == "${TRUSTED_INSTALLER_SID}"
  ${OrIf} $1 == $OwnSid
    StrCpy $0 1
  ${EndIf}
FunctionEnd
