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
