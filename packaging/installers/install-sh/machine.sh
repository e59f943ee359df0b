has() {
  command -v "$1" >/dev/null 2>&1
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
