#!/usr/bin/env bash
# Install Debian packages when root, and let them start no service; else say what is missing and will be skipped.
set -u
missing=()
for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not installed: ${missing[*]}. Tests that need them are skipped. To run them: sudo apt-get install ${missing[*]}"
    exit 0
fi

# Debian asks this program before it starts a service; 101 is no. Tests start servers of their own.
policy=/usr/sbin/policy-rc.d
kept=$policy.kept-by-comms
put_back() {
    rm -f "$policy"
    if [ -e "$kept" ]; then mv "$kept" "$policy"; fi
}
# What an earlier run left behind when it was killed is put back first, so that it is not taken for the machine's own.
if [ -e "$kept" ] || grep -qs "scripts/debian.sh" "$policy"; then put_back; fi
trap put_back EXIT
trap 'exit 1' HUP INT TERM
if [ -e "$policy" ]; then mv "$policy" "$kept"; fi
printf '#!/bin/sh\n# Written by scripts/debian.sh for the time it runs.\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    echo "Could not install: ${missing[*]}. Tests that need them are skipped."
