#!/bin/sh
# Says clearly what is missing before a build fails obscurely.
# Usage: scripts/need.sh go|node|cc ...
set -eu

GO_NEEDED=1.26
NODE_NEEDED=20.19

# at_least HAVE WANTED: is the dotted version HAVE not older than WANTED?
at_least() {
	have_major=${1%%.*} have_rest=${1#*.}
	want_major=${2%%.*} want_rest=${2#*.}
	have_minor=${have_rest%%[!0-9]*} want_minor=${want_rest%%[!0-9]*}
	[ "$have_major" -gt "$want_major" ] ||
		{ [ "$have_major" -eq "$want_major" ] && [ "${have_minor:-0}" -ge "${want_minor:-0}" ]; }
}

fail() {
	printf 'tidings: %s\n' "$*" >&2
	exit 1
}

need_go() {
	command -v go >/dev/null || fail "Go is missing. Install Go $GO_NEEDED or newer (https://go.dev/dl) and try again."
	version=$(go env GOVERSION)
	version=${version#go}
	at_least "$version" "$GO_NEEDED" || fail "Go $version is too old: this needs Go $GO_NEEDED or newer (https://go.dev/dl)."
}

need_node() {
	command -v node >/dev/null || fail "Node.js is missing. Install Node.js $NODE_NEEDED or newer (https://nodejs.org) and try again."
	command -v npm >/dev/null || fail "npm is missing. It usually comes with Node.js (https://nodejs.org)."
	version=$(node --version)
	version=${version#v}
	at_least "$version" "$NODE_NEEDED" || fail "Node.js $version is too old: this needs Node.js $NODE_NEEDED or newer (https://nodejs.org)."
}

need_cc() {
	command -v "$(go env CC)" >/dev/null || fail "a C compiler is missing: Go's race detector needs one. Install gcc or clang and try again."
}

for tool in "$@"; do
	"need_$tool"
done
