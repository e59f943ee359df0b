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

# Links to a file of the new version, in one step. A file that this script did not create stays as it is.
place_link() { # file below the version, place below the directory
  place=$directory/$2
  if { [ -e "$place" ] || [ -L "$place" ]; } && ! is_own_link "$place"; then return 1; fi
  [ -f "$installed/$1" ] && mkdir -p "${place%/*}" && ln -s "$installed/$1" "$work/link" &&
    mv -f "$work/link" "$place"
}
