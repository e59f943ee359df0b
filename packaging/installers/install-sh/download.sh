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
