#!/bin/sh
# run-in-root.sh ROOT PROGRAM [ARGUMENT...] runs a program with the system files of another root.
#
# The program sees the system directories of ROOT (/usr, /bin, /lib and such). Everything else is this machine's,
# by the same paths: devices, the file system of processes, sockets, home and temporary directories. Mounts exist
# only for the program and what it starts. It needs root or a user namespace (user_namespaces(7)).
set -eu
root=$1
shift

rights=
if [ "$(id -u)" -ne 0 ]; then rights=--map-root-user; fi

exec unshare ${rights:+"$rights"} --mount /bin/sh -euc '
root=$1
directory=$2
shift 2
for place in /* /usr/local /usr/src; do
  case $place in
    /usr | /etc | /bin | /sbin | /lib | /lib32 | /lib64 | /libx32) continue ;;
  esac
  if [ -L "$place" ] || [ ! -d "$place" ]; then continue; fi
  [ -d "$root$place" ] || mkdir -p "$root$place"
  mount --rbind "$place" "$root$place"
done
for file in /etc/hosts /etc/resolv.conf; do
  if [ ! -f "$file" ]; then continue; fi
  [ -e "$root$file" ] || : >"$root$file"
  mount --bind "$file" "$root$file"
done
exec unshare --root="$root" --wd="$directory" "$@"
' sh "$root" "$PWD" "$@"
