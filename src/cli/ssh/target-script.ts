import { quoteForShell } from '../../lib/quote-for-shell.ts';

/** How long sshd accepts a key that a command has added, in seconds. EC2 Instance Connect allows 60 (EC2 User Guide). */
export const ADDED_KEY_SECONDS = 75;

/** Default users of images by the documentation of their distributions, tried after the one that cloud-init is configured with. */
const IMAGE_USERS =
  'ec2-user ubuntu admin debian centos rocky almalinux fedora cloud-user opc alpine arch freebsd';

/** What a target is asked, and the key for it to add. */
export interface TargetQuestion {
  /** Empty for the default user of the image. Contains no characters that are special to a shell. */
  readonly user: string;
  /** A public key that may log in for {@link ADDED_KEY_SECONDS}; undefined for none. */
  readonly publicKey: string | undefined;
  /** Whether the key is added even if sshd has EC2 Instance Connect. */
  readonly always: boolean;
  /** Hexadecimal digits that mark the line of this key. */
  readonly mark: string;
}

/**
 * The script prints a line `NAME=VALUE` for each fact, and adds the key. It changes the files of the user as this user, so that a
 * link there gives no access beyond the user's own permissions.
 */
export function targetScript({ user, publicKey, always, mark }: TargetQuestion): string {
  return `\
unset TZ
PATH=$PATH:/usr/sbin:/sbin
tell() { printf '%s=%s\\n' "$1" "$2"; }
root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@" || "$@"; fi 2>/dev/null; }
user=${user}
if [ -z "$user" ]; then
  for name in $(cat /etc/cloud/cloud.cfg.d/*.cfg /etc/cloud/cloud.cfg 2>/dev/null |
    sed -n '/^ *default_user:/,/^ *name:/s/^ *name: *\\([A-Za-z_][A-Za-z0-9_.-]*\\) *$/\\1/p') ${IMAGE_USERS}; do
    id=$(id -u "$name" 2>/dev/null) && [ "$id" != 0 ] && user=$name && break
  done
fi
tell user "$user"
sshd=$(command -v sshd)
setting() { printf '%s\\n' "$config" | sed -n "s/^$1 //p"; }
config=$(root "$sshd" -T -C "user=\${user:-root},host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22")
IFS='
'
for file in $(setting hostkey | grep . || ls /etc/ssh/ssh_host_*_key.pub 2>/dev/null); do
  key=$(cat "\${file%.pub}.pub" 2>/dev/null || root ssh-keygen -y -f "\${file%.pub}")
  IFS=' '
  set -- $key
  [ $# -lt 2 ] || tell hostkey "$1 $2"
done
IFS=' '
connect=no
case $(setting authorizedkeyscommand) in */eic_*) connect=yes ;; esac
[ ! -x /usr/share/ec2-instance-connect/eic_run_authorized_keys ] || connect=yes
tell connect $connect
[ -n "$user" ] && id -u "$user" >/dev/null 2>&1 || exit 0
tell exists yes
${publicKey === undefined ? '' : addKey(publicKey, always, mark)}`;
}

/** sshd reads all files of the option AuthorizedKeysFile (sshd_config(5)): the first one that the user may change is used. */
function addKey(publicKey: string, always: boolean, mark: string): string {
  return `\
${always ? '' : '[ $connect = no ] || exit 0\n'}\
eval "home=~$user"
files() {
  for file in $(setting authorizedkeysfile | grep . || echo .ssh/authorized_keys); do
    case $file in none) continue ;; /* | %h/*) ;; *) file=%h/$file ;; esac
    printf '%s\\n' "$file" | sed "s|%h|$home|g;s|%u|$user|g;s|%U|$(id -u "$user")|g;s|%%|%|g"
  done
}
set -- $("$sshd" -V 2>&1 | sed -n 's/.*OpenSSH_\\([0-9]*\\)\\.\\([0-9]*\\).*/\\1 \\2/p' | head -n 1)
[ $((\${1:-0} * 100 + \${2:-0})) -ge 707 ] && expires=yes || expires=no
add=${quoteForShell(changeScript(publicKey, mark))}
as() {
  if [ "$(id -u)" = "$(id -u "$user")" ]; then sh -c "$add"
  elif [ "$(id -u)" = 0 ] && command -v runuser >/dev/null; then runuser -u "$user" -- sh -c "$add"
  elif command -v sudo >/dev/null; then sudo -n -u "$user" -- sh -c "$add"
  else su -s /bin/sh "$user" -c "$add"
  fi
}
tell added "$({ echo $expires && files; } | as 2>&1 | tail -n 1)"`;
}

/**
 * The part that runs as the user. It adds a line in one write, and removes it by replacing the file, under a lock that all runs
 * take. The line ends with its expiry time and a mark: if a restart of the target has left the line, the next run after that time
 * removes it. Removing is tried three times, because another program may change the file at that moment. A line is added only to
 * a file that could be replaced: on a full disk, the `sed` of BusyBox loses lines and reports no error.
 */
function changeScript(publicKey: string, mark: string): string {
  return `\
umask 077
read -r expires
usable() {
  file=$(readlink -f "$1" 2>/dev/null || printf %s "$1")
  directory=\${file%/*}
  if [ ! -d "$directory" ]; then
    mkdir -p "$directory" || return
    restorecon "$directory" 2>/dev/null
  fi
  if [ -e "$file" ] || [ -h "$file" ]; then
    if [ ! -f "$file" ]; then echo "$file is a directory, a device or a broken link"; return 1; fi
    [ -w "$file" ] && [ -w "$directory" ] && return
  else [ -w "$directory" ] && return
  fi
  echo "$(id -un) may not change $file and its directory"
  return 1
}
echo 'AuthorizedKeysFile of sshd names no file'
chosen=
while [ -z "$chosen" ] && IFS= read -r file; do
  usable "$file" && chosen=$file
done
[ -n "$chosen" ] || exit
now=$(date +%s)
end=$((now + ${ADDED_KEY_SECONDS}))
mark="session-manager-plugin-$end-${mark}"
locked() {
  if command -v flock >/dev/null; then (flock -w 10 9; "$@") 9<"$directory"
  else
    until mkdir "$file.lock" 2>/dev/null || [ ! -w "$directory" ]; do
      [ -z "$(find "$file.lock" -prune -mmin +1)" ] || rmdir "$file.lock"
      sleep 1
    done
    "$@"
    set -- $?
    rmdir "$file.lock"
    return $1
  fi
}
new=$file.session-manager-plugin-$$
remove() {
  rm -f "$new"
  cp -p "$file" "$new" && LC_ALL=C sed "/ $1\\$/d" "$file" >"$new" &&
    [ $(($(wc -l <"$new") + 1)) -ge $(($(wc -l <"$file"))) ] && mv -f "$new" "$file" && return
  rm -f "$new"
  return 1
}
add() {
  LC_ALL=C sed -n 's/.* \\(session-manager-plugin-\\([0-9]\\{10\\}\\)-[0-9a-f]\\{32\\}\\)$/\\2 \\1/p' "$file" 2>/dev/null |
    while read -r until old; do
      [ "$until" -gt "$now" ] || remove "$old"
    done
  line="${publicKey} $mark"
  if [ $expires = yes ]; then
    line="expiry-time=\\"$({ date -d "@$end" +%Y%m%d%H%M%S || date -r "$end" +%Y%m%d%H%M%S; } 2>/dev/null)\\" $line"
  fi
  [ -z "$(tail -c 1 "$file" 2>/dev/null)" ] || line="
$line"
  rm -f "$new"
  if [ -e "$file" ]; then cp -p "$file" "$new"; else : >"$new"; fi || return
  if printf '%s\\n' "$line" >>"$file"; then rm -f "$new"
  else
    mv -f "$new" "$file"
    return 1
  fi
}
locked add || exit
(
  trap '' HUP
  for try in 1 2 3; do
    sleep ${ADDED_KEY_SECONDS}
    if locked remove "$mark" || [ ! -e "$file" ]; then break; fi
  done
) </dev/null >/dev/null 2>&1 &
echo yes`;
}
