# The scripts that install on macOS read this file.
#
# It copies the manual page and the completion scripts of an installation to where man and the shells look
# for them. They are copies, not links: the documented commands that remove the program do not remove them,
# and zsh prints an error at each start for a link to a file that does not exist.

# Only the program's own files contain one of these.
own_manual='^\.TH SESSION.-MANAGER.-PLUGIN '
own_completion='session-manager-plugin __complete'

# Copies from the directory `share` of an installation to another, such as /usr/local/share. A file that
# cannot be written, and one of another product, which stays as it is, is a line on stderr.
copy_shared_files() { # from, to
  while read -r source place; do
    if [ -f "$1/$source" ]; then copy_shared_file "$1/$source" "$2/$place"; fi
  done <<'PLACES'
man/man1/session-manager-plugin.1 man/man1/session-manager-plugin.1
completions/session-manager-plugin.bash bash-completion/completions/session-manager-plugin
completions/_session-manager-plugin zsh/site-functions/_session-manager-plugin
completions/session-manager-plugin.fish fish/vendor_completions.d/session-manager-plugin.fish
PLACES
}

copy_shared_file() { # file, place
  if [ -L "$2" ] || { [ -e "$2" ] && ! grep -q -e "$own_manual" -e "$own_completion" "$2"; }; then
    printf '%s is a file of another product: it stays as it is\n' "$2" >&2
    return 0
  fi
  unfinished=${2%/*}/.session-manager-plugin.$$
  {
    # With "set -C", nothing is written through a link that another user puts there.
    mkdir -p "${2%/*}" && rm -f "$unfinished" && (set -C && cat "$1" >"$unfinished") &&
      chmod 644 "$unfinished" && mv -f "$unfinished" "$2"
  } 2>/dev/null || {
    rm -f "$unfinished" 2>/dev/null || true
    printf '%s cannot be written\n' "$2" >&2
  }
  unfinished=
}
