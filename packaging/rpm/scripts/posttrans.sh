# Last of all: AWS's package removes the link when it is replaced.
program=/usr/local/sessionmanagerplugin/bin/session-manager-plugin
link=/usr/local/bin/session-manager-plugin

# What AWS's package enabled is no longer there.
wanted=/etc/systemd/system/multi-user.target.wants/session-manager-plugin.service
if [ -L "$wanted" ] && [ ! -e "$wanted" ]; then
  rm -f "$wanted"
fi

# The link is not part of the package, because rpm would put it in the place of anything.
if [ ! -e "$link" ] && [ ! -L "$link" ]; then
  mkdir -p "${link%/*}" && ln -s "$program" "$link"
elif [ "$(readlink "$link")" != "$program" ]; then
  echo "session-manager-plugin: $link is not of this package and stays as it is; the program is $program" >&2
fi
exit 0
