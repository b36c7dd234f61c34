#!/bin/sh
# Sees to it that there are an nginx and an openssl for the guide's reverse proxy:
# installs Debian's when there are none.
set -eu

PATH="$PATH:/usr/sbin"
if ! command -v nginx >/dev/null || ! command -v openssl >/dev/null; then
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		echo "nginx or openssl is missing: install them (Debian, Ubuntu: sudo apt-get install nginx-light openssl)." >&2
		exit 1
	fi
	echo "Installing nginx …" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q >&2
	apt-get install -q -y --no-install-recommends nginx-light openssl >&2
fi
