# Sets `digests` to the list of another version, if the key of this release has signed it.
fetch_digests() {
  elsewhere="Run the script of that version instead: $downloads/$wanted/install.sh"
  [ -n "$signer$minisign_key" ] ||
    fail "Version $wanted cannot be verified: this script contains only the digests of $release. $elsewhere"
  # Those that a program here verifies.
  forms=
  if [ -n "$signer" ] && { has gpgv || has gpg; }; then forms=asc; fi
  if [ -n "$minisign_key" ] && has minisign; then forms="$forms minisig"; fi
  if [ -z "$forms" ]; then
    programs=${signer:+gpg or gpgv}
    programs=$programs${signer:+${minisign_key:+, or }}${minisign_key:+minisign}
    fail "Version $wanted cannot be verified: no program here verifies a signature. Install $programs. $elsewhere"
  fi
  list=$work/SHA256SUMS
  url=$downloads/$wanted/SHA256SUMS
  fetch "$url" "$list" || fail "$url cannot be downloaded. Check the version, the network and HTTPS_PROXY."
  # The version may have another form than this release: one is enough.
  missing=
  found=
  for form in $forms; do
    if ! fetch "$url.$form" "$list.$form" 2>>"$work/errors"; then
      missing=$missing${missing:+, }$url.$form
    elif "is_signed_$form"; then
      digests=$(cat "$list")
      return
    else
      found=$form
    fi
  done
  [ -z "$found" ] ||
    fail "Version $wanted cannot be verified: the key in this script has not signed its SHA256SUMS. $elsewhere"
  cat "$work/errors" >&2
  fail "$missing cannot be downloaded. Check the version, the network and HTTPS_PROXY."
}

# The signature covers a comment that names the version.
is_signed_minisig() {
  comment=$(minisign -V -Q -P "$minisign_key" -m "$list" -x "$list.$form" 2>/dev/null) &&
    [ "$comment" = "$product $wanted SHA256SUMS" ]
}

is_signed_asc() {
  # Both programs read a key in its binary form: without armor, headers and checksum. Then gpg needs no agent.
  printf '%s\n' "$signing_key" | sed -e '1,/^$/d' -e '/^[=-]/d' | base64 -d >"$work/key.gpg" || return 1
  if has gpgv; then
    verified=$(gpgv --keyring "$work/key.gpg" --status-fd 1 "$list.$form" "$list" 2>/dev/null) || return 1
  else
    mkdir -m 700 "$work/gnupg"
    verified=$(gpg --homedir "$work/gnupg" --batch --no-default-keyring --keyring "$work/key.gpg" \
      --status-fd 1 --verify "$list.$form" "$list" 2>/dev/null) || return 1
  fi
  # An expired key has no good signature.
  case $verified in
    *'[GNUPG:] GOODSIG '*) ;;
    *) return 1 ;;
  esac
}
