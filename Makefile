# The workshop. `make` prints what there is; `make run` is the main thing.
# A fresh machine needs Go, Node.js and make, nothing else; the tests also
# want a C compiler (race detector) and Chromium (installed where it can be).

.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory --no-builtin-rules

# Where the dashboard listens, and where it keeps its data.
ADDR ?= :8000
DATA ?= ./data
DEMO_DATA ?= ./data/demo

# The binaries are pure Go. Linting with the same setting shares their build cache.
export CGO_ENABLED := 0
GO_BUILD := go build -ldflags '-s -w'

# What the UI and the npm packages are built from.
sources = $(shell find $(1) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
CLIENT_BUILD := packages/client/dist/index.js
QUERY_BUILD := packages/query/dist/index.js
REACT_BUILD := packages/react/dist/index.js
VUE_BUILD := packages/vue/dist/index.js
UI_BUILD := web/dist/index.html

##@ Use

.PHONY: help
help: ## Print this help
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

.PHONY: run
run: build-giftboard ## Serve the dashboard on http://localhost:8000, data in ./data
	@exec bin/giftboard serve --addr '$(ADDR)' --data '$(DATA)'

.PHONY: demo
demo: build-giftboard ## The same with a sample family, data in ./data/demo
	@exec bin/giftboard demo --addr '$(ADDR)' --data '$(DEMO_DATA)'

##@ Build

.PHONY: build
build: build-giftboard build-tidings ## Build bin/giftboard (UI inside) and bin/tidings

.PHONY: build-giftboard
build-giftboard: need-go $(UI_BUILD)
	@[ -e bin/giftboard ] || echo 'Compiling the server (SQLite included: the first time takes minutes) …'
	@$(GO_BUILD) -o bin/giftboard ./cmd/giftboard

.PHONY: build-tidings
build-tidings: need-go
	@$(GO_BUILD) -o bin/tidings ./cmd/tidings

$(CLIENT_BUILD): $(call sources,packages/client) scripts/internal-names.mjs tsconfig.base.json | npm
	npm run build -w @tidings/client

$(QUERY_BUILD): $(call sources,packages/query) $(CLIENT_BUILD) | npm
	npm run build -w @tidings/query

$(REACT_BUILD): $(call sources,packages/react) $(QUERY_BUILD) | npm
	npm run build -w @tidings/react

$(VUE_BUILD): $(call sources,packages/vue) $(QUERY_BUILD) | npm
	npm run build -w @tidings/vue

# The UI takes the packages from their source.
$(UI_BUILD): $(call sources,web packages) tsconfig.base.json | npm
	npm run build -w @tidings/web

.PHONY: packages
packages: $(REACT_BUILD) $(VUE_BUILD) ## Build the npm packages

.PHONY: generate
generate: need-go npm ## Generate what is generated: OpenAPI, its types, the protocol's codes
	scripts/generate.sh

.PHONY: clean
clean: ## Remove what was built (never ./data)
	rm -rf bin tmp packages/*/dist test/*/test-results examples/*/.next
	find web/dist -mindepth 1 -not -name .keep -delete

##@ Check

# What writes files that others read comes first, and browsers have the machine to
# themselves.
.PHONY: test
test: ## Everything that CI runs, and what each part took
	@scripts/parts.sh 'check-generated prepare' \
		-- 'lint-go test-go crawl fuzz' 'lint-web test-web check-packages guide' \
		-- 'e2e consumers'

.PHONY: prepare
prepare: build packages need-cc bin/staticcheck bin/toxiproxy
	@scripts/python.sh
	@scripts/curl.sh
	@scripts/nginx.sh
	@scripts/chromium.sh

.PHONY: lint
lint: lint-go lint-web ## Formatters and linters, Go and TypeScript

.PHONY: format
format: need-go npm ## Format Go and TypeScript
	find . -name node_modules -prune -o -name '*.go' -print | xargs gofmt -w
	npm run format

.PHONY: lint-go
lint-go: need-go bin/staticcheck
	scripts/check-gofmt.sh
	go vet ./...
	bin/staticcheck ./...

# SQLite is C, translated. Its memory is not Go's, so the race detector finds nothing
# in there, and would take most of the time. Vet ran already, for the whole house.
.PHONY: test-go
test-go: need-go need-cc ## Go tests under the race detector
	@scripts/python.sh
	CGO_ENABLED=1 go test -race -gcflags=modernc.org/sqlite/lib=-race=false -vet=off -timeout 20m \
		$$(go list ./... | grep -v /test/crawl)

# It asks one thing after the other: the race detector finds nothing in it, and takes long.
.PHONY: crawl
crawl: need-go ## All that can be asked of the dashboard, behind the backs of those who may not know
	go test -vet=off -timeout 20m ./test/crawl

# How long each decoder is fuzzed: in passing, beside other parts, two seconds; by hand
# FUZZ_TIME=5m.
FUZZ_TIME ?= 2s

.PHONY: fuzz
fuzz: need-go ## Fuzz every decoder, each for FUZZ_TIME
	scripts/fuzz.sh $(FUZZ_TIME)

.PHONY: lint-web
lint-web: npm packages
	@node packages/react/compat/install.mjs # the oldest versions, which some tests are typed by
	npm run lint
	npm run typecheck

.PHONY: test-web
test-web: npm packages ## TypeScript tests
	npm test

.PHONY: check-packages
check-packages: npm packages ## The npm packages as they would be published
	npm run check:packages

.PHONY: check-generated
check-generated: need-go npm ## Fail when generated files differ from their source
	scripts/check-generated.sh

.PHONY: e2e
e2e: build-giftboard bin/toxiproxy ## Browser tests against the real binary
	CHROMIUM="$$(scripts/chromium.sh)" npm run e2e -w @tidings/e2e

.PHONY: guide
guide: build packages ## The code of docs/guide.md, compiled and run
	@scripts/curl.sh
	@scripts/nginx.sh
	npm run guide

.PHONY: consumers
consumers: build packages ## The packed packages as apps have them: Next.js, Vite, Jest, React Native, and every mistake of the guide
	CHROMIUM="$$(scripts/chromium.sh)" npx playwright test -c test/consumers

##@ Measure and show (by hand)

.PHONY: bench
bench: need-go ## Go benchmarks
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: bench-ui
bench-ui: build-giftboard bin/toxiproxy ## From a drop to the other's screen, from sleep to the truth
	CHROMIUM="$$(scripts/chromium.sh)" npx playwright test -c bench/ui

.PHONY: screenshots
screenshots: build-giftboard ## Take the README's picture, and one of every page into tmp/screenshots
	CHROMIUM="$$(scripts/chromium.sh)" npx playwright test -c scripts/screenshots

# What the rules above stand on.

.PHONY: need-go need-cc npm
need-go need-cc:
	@scripts/need.sh $(@:need-%=%)

npm:
	@scripts/need.sh node
	@scripts/npm-install.sh

bin/staticcheck: tools/go.mod tools/go.sum
	go -C tools build -o ../bin/staticcheck honnef.co/go/tools/cmd/staticcheck

bin/toxiproxy: tools/go.mod tools/go.sum
	go -C tools build -o ../bin/toxiproxy github.com/Shopify/toxiproxy/v2/cmd/server
