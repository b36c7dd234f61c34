#!/bin/sh
# Installs the npm dependencies exactly as locked, and only when they are not
# there yet or the lock has changed since.
set -eu
cd "$(dirname "$0")/.."

# npm writes this file as the last step of an install.
installed=node_modules/.package-lock.json

if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
	echo "Installing npm dependencies (once, and when package-lock.json changes) …"
	npm ci --no-audit --no-fund
	touch "$installed"
fi
