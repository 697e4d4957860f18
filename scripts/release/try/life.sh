#!/bin/sh
# Inside a minimal Debian without Node: a package of Debian from its installation to its last trace. Called by `npm run release:try`.
set -eu
old=$1 new=$2
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
step() { printf '%s\n' "- $1"; }
fail() {
  printf '%s\n' "FAILED: $1" >&2
  exit 1
}
until_running() {
  for _ in $(seq 100); do
    remotetask status >/dev/null 2>&1 && return
    sleep 0.3
  done
  fail "the daemon does not answer: $(cat /tmp/serve.txt)"
}
find_address() { remotetask url --json | sed -n 's|.*"address": *"http://[^/]*\(/[^"]*\)".*|\1|p' | head -1; }
tap() { curl -sS "http://127.0.0.1:10765$(find_address)?wait=60"; }
start() {
  remotetask serve >/tmp/serve.txt 2>&1 &
  until_running
}

# There is no systemd here: nothing may be started by an installation.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
! command -v node >/dev/null || fail 'this root has a Node'

step 'install'
apt-get update -q >/dev/null
apt-get install -qy --no-install-recommends "$old" >/tmp/apt.txt 2>&1 || fail "$(cat /tmp/apt.txt)"
[ "$(stat -c '%U %a' /etc/remotetask/config.json)" = 'remotetask 600' ] || fail 'the config is not for its owner only'
step 'start and tap'
start
tap | grep -q 'Hello: succeeded' || fail 'the first tap'
pid=$(remotetask status --json | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' | head -1)
grep -q '^CapEff:.0*$' "/proc/$pid/status" || fail 'the daemon has capabilities'
[ "$(stat -c %U "/proc/$pid")" = remotetask ] || fail 'the daemon has another user'
before=$(find_address)
step 'upgrade, with keys and history kept'
dpkg -i "$new" >/tmp/apt.txt 2>&1 || fail "$(cat /tmp/apt.txt)"
remotetask shutdown >/dev/null
wait
start
[ "$(find_address)" = "$before" ] || fail 'the keys have changed'
tap | grep -q 'Hello: succeeded' || fail 'the tap after the upgrade'
[ "$(grep -c '"event":"end"' /var/lib/remotetask/history.jsonl)" = 2 ] || fail 'the history has not both runs'
remotetask shutdown >/dev/null
wait
step 'remove: config and state stay'
dpkg --remove remotetask >/dev/null
[ -f /etc/remotetask/config.json ] && [ -s /var/lib/remotetask/history.jsonl ] || fail 'config or state are gone'
[ ! -e /usr/lib/remotetask ] || fail 'the program is still there'
step 'purge: nothing stays'
dpkg --purge remotetask >/dev/null 2>&1
left=$(find / -xdev -name '*remotetask*' -not -path '/proc/*' -not -path '/root/*' -not -path '/tmp/*')
[ -z "$left" ] || fail "still there: $left"
! getent passwd remotetask >/dev/null || fail 'the account is still there'
