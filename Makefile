# Quern's everyday commands. `make` alone lists them.

GO       ?= go
BIN      := bin
LINT_VER := v2.15.0
LINT     := $(BIN)/golangci-lint-$(LINT_VER)

.DEFAULT_GOAL := help
.PHONY: help demo build test race race-scripts postgres fuzz soak lint fmt bench clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## build the binary, then the flights project in this folder
	$(BIN)/quern build

build: ## build bin/quern
	$(GO) build -o $(BIN)/quern ./cmd/quern

test: ## run every test but those that need PostgreSQL
	$(GO) test ./...

# Random histories find wrong rows, and as many races in four as in twelve.
race: ## run the packages' tests under the race detector
	QUERN_TEST_HISTORIES=4 $(GO) test -race $$($(GO) list ./... | grep -v '/cmd/quern$$')

# The scripts start hundreds of processes, which takes minutes under the race detector.
race-scripts: ## run the scripts under the race detector
	$(GO) test -race -timeout 30m ./cmd/quern

postgres: ## run the tests that start a PostgreSQL server of their own
	$(GO) test -tags server ./adapters/postgres

FUZZTIME ?= 30s

fuzz: ## run every fuzz test for FUZZTIME (30s) each
	@grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sort | while IFS=: read -r file func; do \
		$(GO) test -run '^$$' -fuzz "^$${func#func }\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" </dev/null || exit 1; \
	done

lint: $(LINT) ## vet, lint and check the formatting
	$(GO) vet ./...
	$(LINT) run
	$(LINT) fmt --diff

fmt: $(LINT) ## format the code
	$(LINT) fmt

soak: ## try 500 random histories of a project, and kill 200 builds
	QUERN_TEST_HISTORIES=500 $(GO) test -timeout 2h -run TestSkippingIsBuildingAnew ./cmd/quern/internal/cli
	QUERN_TEST_KILLS=100 $(GO) test -timeout 1h -run TestKilledBuildsAsMonthsArrive ./cmd/quern
	QUERN_TEST_SHOWCASE_KILLS=100 $(GO) test -timeout 2h -run TestKilledBuildsOfTheShowcase ./cmd/quern

bench: ## run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

clean: ## remove what was built, the demo's database too
	rm -rf $(BIN) target artifacts flights.duckdb flights.duckdb.wal

# The linter at the version named above: the one that is installed, else one built into bin once.
$(LINT):
	@mkdir -p $(BIN)
	@if golangci-lint version 2>/dev/null | grep -q 'version $(LINT_VER:v%=%) '; then \
		ln -sf "$$(command -v golangci-lint)" $@; \
	else \
		echo 'installing golangci-lint $(LINT_VER) into $(BIN)'; \
		GOBIN='$(CURDIR)/$(BIN)' $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VER) && \
		mv $(BIN)/golangci-lint $@; \
	fi
