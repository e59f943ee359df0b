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
