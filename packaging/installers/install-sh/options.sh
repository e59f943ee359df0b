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
