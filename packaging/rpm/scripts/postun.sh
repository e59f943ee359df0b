program=/usr/local/sessionmanagerplugin/bin/session-manager-plugin
link=/usr/local/bin/session-manager-plugin
directory=/usr/local/sessionmanagerplugin
logs=$directory/logs

# On upgrades, too: AWS's package cannot make its link when there is one. Ours makes it again.
if [ -L "$link" ] && [ "$(readlink "$link")" = "$program" ]; then
  rm -f "$link"
fi

# The number of versions that are left: 0 when the package is erased.
if [ "$1" = 0 ]; then
  # Users may be allowed to write here: nothing is removed through a link of theirs.
  if [ -d "$logs" ] && [ ! -L "$logs" ]; then
    rm -f "$logs"/session-manager-plugin.log* "$logs"/errors.log*
    rmdir "$logs" 2>/dev/null
  fi
  # Stays when the user has put something there, such as seelog.xml.
  rmdir "$directory" 2>/dev/null
fi
exit 0
