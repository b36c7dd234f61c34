#!/bin/sh
# Writes everything that is generated: the protocol's codes, the OpenAPI
# document, and the types that the browser's client takes from it.
set -eu
cd "$(dirname "$0")/.."

go run ./protocol/gen

document=$(mktemp)
trap 'rm -f "$document"' EXIT
go run ./cmd/giftboard openapi >"$document"
cp "$document" packages/api/openapi.json

npx --no-install openapi-typescript packages/api/openapi.json --output packages/api/src/schema.d.ts
