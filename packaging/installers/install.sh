#!/bin/sh
# Installs session-manager-plugin for one user, without root. "sh install.sh --help" lists the options.
#
# This script installs only an archive whose SHA-256 digest is in the list below. For another version, it takes that
# list from the release of the version, if the key below has signed it.
#
# Everything is in functions, which the last line calls. So a script that was cut off does nothing.
set -eu
# Only so does zsh split words and run the trap at the end of the script.
if [ -n "${ZSH_VERSION-}" ]; then emulate sh; fi
LC_ALL=C
export LC_ALL
unset CDPATH

release='@VERSION@'
# The directories of the versions.
downloads='@DOWNLOADS@'
# The archives of this version.
digests='@DIGESTS@'
# The keys that sign SHA256SUMS; each is empty if it does not: the fingerprint of a key of OpenPGP, the key, and one of minisign.
signer='@SIGNER@'
signing_key='@SIGNING_KEY@'
minisign_key='@MINISIGN_KEY@'

product=session-manager-plugin
program=bin/session-manager-plugin
newline='
'

usage() {
  cat <<TEXT
usage: sh install.sh [--version VERSION] [--dir DIR]

Installs session-manager-plugin, for which root is not needed: the program as
DIR/$program, its files in DIR/lib/$product.

options:
  --version VERSION  installs this version instead of $release
  --dir DIR          installs below this directory instead of ~/.local
  -h, --help         prints this text

A download that cannot be verified is not installed. HTTPS_PROXY names a proxy.
TEXT
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit 1
}

misused() {
  printf 'install.sh: %s\n' "$1" >&2
  usage >&2
  exit 2
}

has() {
  command -v "$1" >/dev/null 2>&1
}

read_options() {
  wanted=$release
  directory=
  while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
      -h | --help)
        usage
        exit 0
        ;;
      --version=* | --dir=*) value=${option#*=} ;;
      --version | --dir)
        [ $# -gt 0 ] || misused "$option needs a value."
        value=$1
        shift
        ;;
      *) misused "There is no option $option." ;;
    esac
    case $option in
      --version*) wanted=$value ;;
      *)
        [ -n "$value" ] || misused '--dir needs a directory.'
        directory=$value
        ;;
    esac
  done
  case $wanted in
    *[!0-9.]* | .* | *..* | *. | '') misused "\"$wanted\" is not a version. Use a number such as $release." ;;
  esac
}

# Sets `targets` to the archives that suit this machine, the best one first.
find_targets() {
  system=$(uname -s)
  processor=$(uname -m)
  case $system in
    Linux | Darwin) ;;
    MINGW* | MSYS* | CYGWIN*)
      fail "This script does not install on Windows. Run install.ps1 in PowerShell: $downloads/latest/install.ps1"
      ;;
    *) fail "There is no archive for $system. Use the npm package, which runs wherever Node.js does." ;;
  esac
  case $processor in
    x86_64 | amd64) processor=x64 ;;
    aarch64 | arm64) processor=arm64 ;;
    i[3-6]86) fail 'There is no archive for x86. Install the deb or the rpm package for x86, which needs root.' ;;
    *) fail "There is no archive for $processor. Use the npm package, which runs wherever Node.js does." ;;
  esac
  if [ "$system" = Darwin ]; then
    # Programs that Rosetta translates, such as this shell, see another processor.
    if [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || true)" = 1 ]; then processor=arm64; fi
    targets=macos-$processor
  elif has_libraries; then
    targets="linux-$processor linux-$processor-static"
  else
    targets=linux-$processor-static
  fi
}

# Succeeds if this Linux has the C library that the usual archive needs, glibc 2.28 or later, for 64 bits.
has_libraries() {
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null) && [ "$(getconf LONG_BIT 2>/dev/null)" = 64 ] || return 1
  glibc=${glibc#glibc }
  case $glibc in
    [0-9]*.[0-9]*) ;;
    *) return 1 ;;
  esac
  minor=${glibc#*.}
  [ "${glibc%%.*}" -gt 2 ] || [ "${minor%%[!0-9]*}" -ge 28 ]
}

require_programs() {
  has tar || fail 'The program tar is missing. Install it.'
  if has curl; then
    fetcher=curl
  elif has wget; then
    # The wget of BusyBox has fewer options. That of Debian 12 crashes with a timeout.
    case $(wget --version 2>&1) in
      *'GNU Wget'*) fetcher=wget ;;
      *) fetcher=busybox ;;
    esac
  else
    fail 'Nothing can download: curl and wget are missing. Install one of them.'
  fi
  # wget reads only the names in lower case.
  if [ -n "${HTTPS_PROXY-}" ] && [ -z "${https_proxy-}" ]; then https_proxy=$HTTPS_PROXY; fi
  if [ -n "${NO_PROXY-}" ] && [ -z "${no_proxy-}" ]; then no_proxy=$NO_PROXY; fi
  if [ -n "${https_proxy-}" ]; then export https_proxy; fi
  if [ -n "${no_proxy-}" ]; then export no_proxy; fi
  has sha256sum || has shasum || has openssl ||
    fail 'The download cannot be verified: sha256sum, shasum and openssl are missing. Install one of them.'
}

# Sets `lib` and `link`, and creates `lib` and in it `work`, which is removed at the end.
prepare_directories() {
  if [ -z "$directory" ]; then
    [ -n "${HOME-}" ] || fail 'HOME is not set. Name a directory with --dir DIR.'
    directory=$HOME/.local
  fi
  require_path_entry
  case $directory in
    /*) ;;
    *) directory=$PWD/$directory ;;
  esac
  # Its only name without links and dots: the next run then recognizes the links of this one, whatever name it gets.
  mkdir -p "$directory" || fail "$directory cannot be written. Choose another directory with --dir DIR."
  directory=$(cd -- "$directory" && pwd -P) || fail "$directory cannot be opened. Choose another directory with --dir DIR."
  require_path_entry
  directory=${directory%/}
  lib=$directory/lib/$product
  link=$directory/$program
  if { [ -e "$link" ] || [ -L "$link" ]; } && ! is_own_link "$link"; then
    fail "$link exists, and this script did not create it. Remove it, or choose another directory with --dir DIR."
  fi
  # Beside the other versions: the new one then moves there in one step, and can be run before.
  { mkdir -p "$lib" && work=$(mktemp -d "$lib/.install.XXXXXX"); } ||
    fail "$directory cannot be written. Choose another directory with --dir DIR."
}

require_path_entry() {
  case $directory in
    *:* | *"$newline"*) fail 'PATH cannot contain a directory with a colon or a line break. Choose another one with --dir DIR.' ;;
  esac
}

is_own_link() {
  case $(readlink "$1" 2>/dev/null || true) in
    "$lib"/*) ;;
    *) return 1 ;;
  esac
}

clean_up() {
  if [ -z "${work-}" ]; then return; fi
  trap '' HUP INT TERM
  settled=yes
  settle || settled=
  if [ -n "$settled" ]; then rm -rf "$work"; fi
  if [ -n "${claim-}" ]; then rm -f "$claim"; fi
  if [ -n "${lock-}" ]; then rm -f "$lock"; fi
  # If nothing is installed.
  rmdir "$lib" 2>/dev/null || true
  [ -n "$settled" ] || fail "Files of version $wanted are left in $work. Move them to $lib/$wanted."
}

# If the new files are linked, adds those of the user; takes all back otherwise. So an interruption leaves the one or the other.
# In a trap, "return" without a value is that of the command before the trap.
settle() {
  if [ -z "${installed-}" ]; then return 0; fi
  if [ -d "$unpacked" ]; then
    restore
  elif is_linked; then
    carry_over "$work/earlier" "$installed"
  else
    mv "$installed" "$unpacked" && restore
  fi
}

restore() {
  if [ -e "$work/earlier" ]; then mv "$work/earlier" "$installed"; fi
}

is_linked() {
  [ "$(readlink "$link" 2>/dev/null || true)" = "$installed/$program" ]
}

# Moves files of the user, such as logs, to the new files of the same version.
carry_over() { # directory, directory
  for file in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    place=$2/${file##*/}
    if [ ! -e "$file" ] && [ ! -L "$file" ]; then continue; fi
    if [ -e "$place" ] || [ -L "$place" ]; then continue; fi
    mv "$file" "$place" || return 1
  done
}

fetch() { # URL, file
  case $fetcher in
    curl)
      # A terminal shows the progress.
      if [ -t 2 ]; then quiet=--progress-bar; else quiet=--silent; fi
      curl --fail --location --show-error "$quiet" --proto =https --tlsv1.2 --retry 2 \
        --connect-timeout 30 --speed-limit 1000 --speed-time 60 --output "$2" "$1"
      ;;
    # Unlike curl, it may follow a redirection to HTTP. Its file is verified all the same.
    wget) wget --no-verbose --tries=2 --timeout=60 -O "$2" "$1" ;;
    busybox) wget -q -O "$2" "$1" ;;
  esac
}

sha256_of() { # file
  if has sha256sum; then
    sha256sum <"$1"
  elif has shasum; then
    shasum -a 256 <"$1"
  else
    openssl dgst -sha256 -r <"$1"
  fi
}

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

# Sets `digest` to that of an archive; empty if the version has no such archive.
find_digest() { # name
  digest=
  while read -r listed file; do
    if [ "$file" = "$1" ]; then digest=$listed; fi
  done <<LIST
$digests
LIST
}

# Downloads, verifies and unpacks the first archive whose program runs here, and sets `unpacked` to its directory.
fetch_program() {
  offered=
  for target in $targets; do
    name=$product-$wanted-$target
    find_digest "$name.tar.gz"
    [ -n "$digest" ] || continue
    offered=$target
    fetch_archive
    unpacked=$work/$name
    if runs; then return; fi
  done
  [ -n "$offered" ] ||
    fail "Version $wanted has no archive for this machine ($targets). Use a package, or the npm package."
  fail "The program for $offered does not run on this machine. Its output is above. Nothing was changed."
}

fetch_archive() {
  url=$downloads/$wanted/$name.tar.gz
  archive=$work/archive.tar.gz
  printf 'Downloading %s\n' "$url"
  fetch "$url" "$archive" || fail "$url cannot be downloaded. Check the network and HTTPS_PROXY. Nothing was changed."
  computed=$(sha256_of "$archive") || fail "The digest of $url cannot be computed. Nothing was changed."
  [ "${computed%% *}" = "$digest" ] ||
    fail "$url is damaged or was changed on its way: its SHA-256 digest is ${computed%% *} instead of $digest. Try again, or from another network. Nothing was changed."
  tar -xzf "$archive" -C "$work" || fail "tar cannot unpack $url. Is the disk full? Nothing was changed."
}

# Succeeds if the unpacked program reports the expected version. Prints what it reports otherwise.
runs() {
  reported=$("$unpacked/$program" --version 2>&1) && [ "$reported" = "$wanted" ] && return
  printf '%s --version: %s\n' "$unpacked/$program" "$reported" >&2
  return 1
}

# Puts the program in its place. Until its link is there, clean_up takes all back.
place_program() {
  take_lock
  earlier=
  if [ -L "$link" ]; then
    earlier=$(readlink "$link")
    earlier=${earlier%"/$program"}
    if [ -f "$earlier/seelog.xml" ]; then cp -p "$earlier/seelog.xml" "$unpacked/seelog.xml"; fi
  fi
  installed=$lib/$wanted
  if [ -e "$installed" ]; then
    mv "$installed" "$work/earlier" || fail "$installed cannot be moved. Nothing was changed."
  fi
  mv "$unpacked" "$installed" || fail "$installed cannot be written. Nothing was changed."
  is_linked || place_link "$program" "$program" || fail "$link cannot be written. Nothing was changed."
  place_link share/man/man1/$product.1 share/man/man1/$product.1 || true
  place_link share/completions/$product.bash share/bash-completion/completions/$product || true
  place_link share/completions/$product.fish share/fish/vendor_completions.d/$product.fish || true
}

# Keeps other runs from the directory while this one changes it, which takes a moment. The lock is a link that names its run.
take_lock() {
  self=${work##*/}/$wanted/$$@$(uname -n)
  # In a directory of this name, ln would create a link.
  { [ ! -d "$lib/.lock" ] && ln -s "$self" "$lib/.lock" 2>/dev/null; } || replace_lock ||
    fail "Another run of this script is installing in $lib. Nothing was changed. Run this script again when the other has ended. If no other is running, remove its lock first: rm -rf $(quote "$lib/.lock")*"
  lock=$lib/.lock
  if [ -n "${killed-}" ]; then recover; fi
}

# Takes the lock of a run that was killed, and sets `left` and `killed` to its directory and version. Only the run that has the
# claim to a lock may replace it, so that of two runs one gets it.
replace_lock() {
  owner=$(readlink "$lib/.lock" 2>/dev/null) && is_dead "$owner" || return 1
  ln -s "$self" "$lib/.lock.${owner##*/}" 2>/dev/null || return 1
  claim=$lib/.lock.${owner##*/}
  # Before, another run may have had the claim, and replaced the lock.
  [ "$(readlink "$lib/.lock" 2>/dev/null || true)" = "$owner" ] && ln -s "$self" "$work/lock" &&
    mv -f "$work/lock" "$lib/.lock" || return 1
  rm -f "$claim"
  claim=
  left=$lib/${owner%%/*}
  killed=${owner#*/}
  killed=${killed%%/*}
}

# Succeeds if the run that a lock names was on this machine, and is not running.
is_dead() { # what the lock contains
  run=${1##*/}
  case $1 in
    .install.*/[0-9]*/"$run") ;;
    *) return 1 ;;
  esac
  case ${run%%@*} in
    *[!0-9]* | '') return 1 ;;
  esac
  [ "${run#*@}" = "$(uname -n)" ] || return 1
  # Without the right to signal a process of another user, kill fails, too.
  ! kill -0 "${run%%@*}" 2>/dev/null && [ ! -d "/proc/${run%%@*}" ]
}

# Puts the files of the user that a killed run was moving in their place, and removes the rest of it.
recover() {
  if [ -e "$left/earlier" ]; then
    if [ -e "$lib/$killed" ]; then
      carry_over "$left/earlier" "$lib/$killed"
    else
      mv "$left/earlier" "$lib/$killed"
    fi || fail "Files of version $killed are left in $left. Move them to $lib/$killed."
  fi
  rm -rf "$left"
}

# Links to a file of the new version, in one step. A file that this script did not create stays as it is.
place_link() { # file below the version, place below the directory
  place=$directory/$2
  if { [ -e "$place" ] || [ -L "$place" ]; } && ! is_own_link "$place"; then return 1; fi
  [ -f "$installed/$1" ] && mkdir -p "${place%/*}" && ln -s "$installed/$1" "$work/link" &&
    mv -f "$work/link" "$place"
}

report() {
  printf 'Installed %s %s in %s\n' "$product" "$wanted" "$installed"
  if [ -n "$earlier" ] && [ "$earlier" != "$installed" ] && [ -d "$earlier" ]; then
    printf 'Open sessions still use the earlier version. Remove it later: rm -r %s\n' "$(quote "$earlier")"
  fi
  found=$(command -v "$product" || true)
  if [ "$(readlink "$found" 2>/dev/null || true)" = "$installed/$program" ]; then
    printf 'Run: %s\n' "$product"
    return
  fi
  if [ -n "$found" ]; then printf 'PATH finds another installation first: %s\n' "$found"; fi
  printf 'Add this line to the file that your shell reads at its start, such as ~/.profile or ~/.zshrc:\n'
  printf '  export PATH=%s:"%s"\n' "$(quote "${link%/*}")" "\$PATH"
}

# Prints a path as a shell reads it.
quote() {
  case $1 in
    *[!A-Za-z0-9/._+-]*) printf "'%s'" "$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
  esac
}

main() {
  read_options "$@"
  find_targets
  require_programs
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' HUP TERM
  prepare_directories
  if [ "$wanted" != "$release" ]; then fetch_digests; fi
  fetch_program
  place_program
  report
}

{ main "$@"; }
