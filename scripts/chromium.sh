#!/bin/sh
# Prints the path of a Chromium for the browser tests, and installs Debian's
# when there is none. CHROMIUM=/path/to/chrome chooses another one.
set -eu

if [ -n "${CHROMIUM:-}" ]; then
	[ -x "$CHROMIUM" ] || { echo "chromium: CHROMIUM=$CHROMIUM is not an executable" >&2; exit 1; }
	echo "$CHROMIUM"
	exit
fi

find_chromium() {
	command -v chromium || command -v chromium-browser || command -v google-chrome
}

if ! find_chromium >/dev/null; then
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		echo "chromium: none found. Install it (Debian, Ubuntu: sudo apt-get install chromium), or set CHROMIUM=/path/to/chrome." >&2
		exit 1
	fi
	echo "Installing Chromium …" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q >&2
	apt-get install -q -y --no-install-recommends chromium >&2
fi

find_chromium
