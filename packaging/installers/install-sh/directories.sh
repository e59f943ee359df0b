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
