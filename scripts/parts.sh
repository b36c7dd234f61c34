#!/usr/bin/env bash
# Makes the parts of a whole, and says at the end how long each took. Each argument
# is a lane: parts that are made one after the other. Lanes up to the next "--" are
# made side by side, and what a part of theirs prints is shown when it has ended.
# After a failure the lane ends, and nothing beyond the next "--" begins.
#
#   scripts/parts.sh prepare -- 'lint-go test-go' 'lint-web test-web' -- e2e
set -uo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
running=() # lanes, each a process group
trap 'for lane in ${running[@]+"${running[@]}"}; do kill -- "-$lane" 2>/dev/null; done; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# part NAME: makes it, with its output on descriptor 3, and notes what it took.
part() {
	local status=0 TIMEFORMAT='%R %U %S'
	{ time make "$1" >&3 2>&1; } 2>"$work/time.$1" || status=$?
	echo "$1 $status $(tail -n 1 "$work/time.$1")" >>"$work/parts"
	return "$status"
}

# alone PART…: makes them, and shows what they print at once.
alone() {
	local name
	for name; do
		printf '\n── make %s ──\n' "$name"
		part "$name" 3>&1 || return
	done
}

# lane PART…: makes them, and shows what each has printed, one lane at a time.
lane() {
	local name status
	for name; do
		echo "make $name …"
		status=0
		part "$name" 3>"$work/output.$name" || status=$?
		until mkdir "$work/showing" 2>/dev/null; do sleep 0.1; done
		printf '\n── make %s ──\n' "$name"
		cat "$work/output.$name"
		rmdir "$work/showing"
		[ "$status" -eq 0 ] || return "$status"
	done
}

# beside LANE…: makes them side by side.
beside() {
	local parts status=0
	set -m # so that each can be ended with all that it began
	for parts; do
		# shellcheck disable=SC2086 # the names of its parts
		lane $parts &
		running+=("$!")
	done
	set +m
	for pid in "${running[@]}"; do
		wait "$pid" || status=$?
	done
	running=()
	return "$status"
}

status=0 lanes=()
for argument in "$@" --; do
	if [ "$argument" != -- ]; then
		lanes+=("$argument")
		continue
	fi
	if [ ${#lanes[@]} -eq 1 ]; then
		# shellcheck disable=SC2086 # the names of its parts
		alone ${lanes[0]} || status=$?
	else
		beside "${lanes[@]}" || status=$?
	fi
	[ "$status" -eq 0 ] || break
	lanes=()
done

printf '\n%-16s %8s %8s\n' part seconds 'of CPU'
awk '{ printf "%-16s %8.0f %8.0f%s\n", $1, $3, $4 + $5, $2 ? "   failed" : "" }' "$work/parts"
printf '%-16s %8d\n' 'in all' "$SECONDS"
exit "$status"
