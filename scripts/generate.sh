#!/bin/sh
# Writes everything that is generated: the protocol's codes, the table of tests in
# docs/guarantees.md, the OpenAPI document, and the browser's types of it.
set -eu
cd "$(dirname "$0")/.."

go run ./protocol/gen
go run ./test/guarantees/write

document=$(mktemp)
trap 'rm -f "$document"' EXIT
go run ./cmd/giftboard openapi >"$document"
cp "$document" packages/api/openapi.json

npx --no-install openapi-typescript packages/api/openapi.json --output packages/api/src/schema.d.ts
