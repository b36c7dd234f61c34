#!/bin/sh
# Generates everything anew and fails on a difference, so that what is
# committed is what its source says. The new files stay, ready to be committed.
set -eu
cd "$(dirname "$0")/.."

before=$(mktemp) after=$(mktemp)
trap 'rm -f "$before" "$after"' EXIT

# Checksums of all files that are not ignored.
checksums() {
	git ls-files --cached --others --exclude-standard -z | sort -zu |
		xargs -0 sh -c 'for file; do [ ! -f "$file" ] || cksum "$file"; done' checksums
}

checksums >"$before"
scripts/generate.sh
checksums >"$after"

if ! diff "$before" "$after"; then
	echo "Generated files differ from their source (above: checksum, size, file). Run make generate and commit." >&2
	exit 1
fi
echo "generated files are up to date"
