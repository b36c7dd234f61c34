#!/bin/sh
# Fuzzes every decoder for a while, one after the other. What is found stays in
# testdata/fuzz of its package, and is a test from then on.
#
#   scripts/fuzz.sh 5m
set -eu
cd "$(dirname "$0")/.."

time=${1:-1s}
found=$(go env GOCACHE)/fuzz
program=$(mktemp)
trap 'rm -f "$program"' EXIT

packages=$(grep -rl --include='*_test.go' --exclude-dir=node_modules '^func Fuzz' . | xargs -n 1 dirname | sort -u)
for package in $packages; do
	go test -c -vet=off -fuzz Fuzz -o "$program" "$package"
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' "$package"/*_test.go); do
		echo "fuzzing $target of $package for $time"
		(cd "$package" && "$program" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" -test.fuzzcachedir "$found/$(go list .)")
	done
done
