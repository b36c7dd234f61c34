#!/bin/sh
# Fuzzes every decoder for a while, one after the other. What is found stays in
# testdata/fuzz of its package, and is a test from then on.
#
#   scripts/fuzz.sh 5m
set -eu
cd "$(dirname "$0")/.."

time=${1:-1s}
grep -rl --include='*_test.go' '^func Fuzz' . --exclude-dir=node_modules | sort | while read -r file; do
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' "$file"); do
		echo "fuzzing $target for $time"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$(dirname "$file")"
	done
done
