#!/bin/sh
# The command line of the service: it works on the service's config, as the service's user, so that whatever it makes belongs to that user.
: "${REMOTETASK_CONFIG:=/etc/remotetask/config.json}" "${STATE_DIRECTORY:=/var/lib/remotetask}"
export REMOTETASK_CONFIG STATE_DIRECTORY REMOTETASK_CALLED=remotetask
program=/usr/lib/remotetask/remotetask
[ "$(id -u)" -ne 0 ] || exec setpriv --reuid=remotetask --regid=remotetask --init-groups "$program" "$@"
exec "$program" "$@"
