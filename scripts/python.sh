#!/bin/sh
# Sees to it that there is a Python for the backend of docs/backend.md: installs
# Debian's when there is none.
set -eu

if ! command -v python3 >/dev/null; then
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		echo "python3 is missing: install it (Debian, Ubuntu: sudo apt-get install python3)." >&2
		exit 1
	fi
	echo "Installing Python …" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q >&2
	apt-get install -q -y --no-install-recommends python3 >&2
fi
