#!/bin/sh
# Sets the version of a release in everything that carries one: the npm packages, what
# they ask of each other, their locks, and what the programs say when they are built
# without a release's -ldflags.
set -eu
cd "$(dirname "$0")/.."

version=${1-}
if ! printf '%s' "$version" | grep -qE '^[0-9]+\.[0-9]+\.[0-9]+$'; then
	echo "usage: scripts/set-version.sh 1.2.3" >&2
	exit 2
fi

for file in packages/*/package.json web/package.json test/e2e/package.json; do
	sed -i.old -E "s|^(  \"version\": )\"[^\"]*\"|\1\"$version\"|; s|(\"@tidings/[a-z]+\": )\"[0-9][^\"]*\"|\1\"$version\"|" "$file"
	rm "$file.old"
done
for file in cmd/giftboard/main.go cmd/tidings/main.go; do
	sed -i.old -E "s|^var version = .*|var version = \"$version-dev\"|" "$file"
	rm "$file.old"
done
npm install --package-lock-only --ignore-scripts --no-audit --no-fund
# npm does not renew what this lock says of the packages in the tree.
sed -i.old -E "/^    \"node_modules\/@tidings\//,/^    }/ s#(\"(version|@tidings/[a-z]+)\": )\"[0-9][^\"]*\"#\1\"$version\"#" examples/nextjs/package-lock.json
rm examples/nextjs/package-lock.json.old
