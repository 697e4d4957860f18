#!/bin/sh
# The first and only service of a machine that systemd has booted: the unit of the package for Debian, from its start to its removal.
set -eu
deb=$1
export LC_ALL=C.UTF-8
trap 'systemctl poweroff --force --no-block' EXIT
fail() {
  printf 'FAILED: %s\n' "$1"
  systemctl status --no-pager remotetask || true
  exit 1
}
until_running() {
  for _ in $(seq 100); do
    remotetask status >/dev/null 2>&1 && return
    sleep 0.3
  done
  fail 'the daemon does not answer'
}
tap() {
  address=$(remotetask url --json | sed -n 's|.*"address": *"http://[^/]*\(/[^"]*\)".*|\1|p' | head -1)
  curl -sS "http://127.0.0.1:10765$address?wait=60" | grep -q 'Hello: succeeded' || fail "$1"
}
find_pid() { systemctl show --property MainPID --value remotetask; }

dpkg -i "$deb" >/dev/null
until_running
[ "$(systemctl is-enabled remotetask)" = enabled ] || fail 'the service does not start at boot'
tap 'the first tap'
first=$(find_pid)
remotetask restart >/dev/null
[ "$(find_pid)" != "$first" ] || fail 'remotetask restart did not restart it'
tap 'the tap after a restart'
second=$(find_pid)
dpkg -i "$deb" >/dev/null
until_running
[ "$(find_pid)" != "$second" ] || fail 'an update did not restart it'
tap 'the tap after an update'
remotetask shutdown >/dev/null
sleep 5
[ "$(systemctl is-active remotetask)" = inactive ] || fail 'remotetask shutdown did not stop it'
dpkg --purge remotetask >/dev/null 2>&1
left=$(find / -xdev -name '*remotetask*' -not -path '/proc/*' -not -path '/root/*' -not -path '/sys/*')
[ -z "$left" ] || fail "still there: $left"
echo PASSED
