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
