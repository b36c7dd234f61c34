#!/bin/sh
# Sees to it that there is a curl for the guide's commands: installs Debian's
# when there is none.
set -eu

if ! command -v curl >/dev/null; then
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		echo "curl is missing: install it (Debian, Ubuntu: sudo apt-get install curl)." >&2
		exit 1
	fi
	echo "Installing curl …" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q >&2
	apt-get install -q -y --no-install-recommends curl >&2
fi
