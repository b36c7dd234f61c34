#!/bin/sh
# Fails when gofmt would change a file, and names it.
set -eu
cd "$(dirname "$0")/.."

unformatted=$(find . -name node_modules -prune -o -name '*.go' -print | xargs gofmt -l)
if [ -n "$unformatted" ]; then
	printf 'gofmt would change these files (make format does it):\n%s\n' "$unformatted" >&2
	exit 1
fi
