#!/bin/sh
# Installs session-manager-plugin for one user, without root. "sh install.sh --help" lists the options.
#
# This script installs only an archive whose SHA-256 digest is in the list below. For another version, it takes that
# list from the release of the version, if the key below has signed it.
#
# Everything is in functions, which the last line calls. So a script that was cut off does nothing.
set -eu
# Only so does zsh split words and run the trap at the end of the script.
if [ -n "${ZSH_VERSION-}" ]; then emulate sh; fi
LC_ALL=C
export LC_ALL
unset CDPATH

release='@VERSION@'
# The directories of the versions.
downloads='@DOWNLOADS@'
# The archives of this version.
digests='@DIGESTS@'
# The keys that sign SHA256SUMS; each is empty if it does not: the fingerprint of a key of OpenPGP, the key, and one of minisign.
signer='@SIGNER@'
signing_key='@SIGNING_KEY@'
minisign_key='@MINISIGN_KEY@'

product=session-manager-plugin
program=bin/session-manager-plugin
newline='
'
