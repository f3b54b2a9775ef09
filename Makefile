# `make serve` and `make test` need only Python >= 3.10 and a Rust toolchain; every target is a no-op when nothing changed.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
CONFIG ?= examples/config.yaml
HOST ?= 127.0.0.1
PORT ?= 4000
# Two processes, each with servers of its own; a file's tests stay together.
PYTEST_FLAGS ?= --numprocesses 2 --dist loadfile
# The upstream LiteLLM that the accelerator is tested against and measured on.
UPSTREAM ?= 1.106.2

VENV := .venv
BIN := $(VENV)/bin
UPSTREAM_VENV := $(if $(filter 1.106.2,$(UPSTREAM)),.venv-upstream,.venv-upstream-$(UPSTREAM))
PIP_FLAGS := --quiet --disable-pip-version-check --no-input
ACTIONLINT_VERSION := 1.7.12
ACTIONLINT := target/tools/actionlint

RUST_FILES := Cargo.toml Cargo.lock build.rs pyproject.toml $(shell find src -type f)
FACADE_FILES := $(shell find litellm_rust -type f -name '*.py' -o -type f -name '*.json' -path 'litellm_rust/*')
GATEWAY_FILES := python/pyproject.toml python/README.md python/LICENSE $(shell find python/litellm python/moneta -type f -not -path '*/__pycache__/*')

.PHONY: setup serve test test-rust test-python test-dependents test-dependents-upstream lint lint-rust lint-python lint-workflows docs bench wheels dist setup-upstream lock clean

## Set-up

setup: $(VENV)/.gateway

$(VENV)/.dependencies: python/requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed; set PYTHON=" >&2; exit 1; }
	@command -v cargo >/dev/null || { echo "a Rust toolchain is needed: https://rustup.rs" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(PIP_FLAGS) --require-hashes -r $<
	@touch $@

# Editable: the module is built into litellm_rust/, so changed Python files need no rebuild.
$(VENV)/.native: $(VENV)/.dependencies $(RUST_FILES)
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --quiet --release --locked
	@touch $@

$(VENV)/.gateway: $(VENV)/.native python/pyproject.toml
	$(BIN)/python -m pip install $(PIP_FLAGS) --no-deps --no-build-isolation --editable python
	@touch $@

serve: setup
	@exec $(BIN)/litellm --config '$(CONFIG)' --host '$(HOST)' --port '$(PORT)'

## Wheels, and an environment with upstream LiteLLM for the accelerator

wheels: dist/.native dist/.gateway

dist/.native: $(VENV)/.native $(FACADE_FILES) README.md
	@rm -f dist/litellm_rust-*.whl
	$(BIN)/maturin build --quiet --release --locked --interpreter $(BIN)/python --out dist
	@touch $@

dist/.gateway: $(VENV)/.dependencies $(GATEWAY_FILES)
	@rm -f dist/litellm_rust_gateway-*.whl
	$(BIN)/python -m pip wheel $(PIP_FLAGS) --no-deps --no-build-isolation --wheel-dir dist ./python
	@touch $@

# Also a wheel named litellm, so that packages which declare it resolve to ours: pip install --find-links dist …
dist: wheels
	@rm -f dist/litellm-*.whl
	$(BIN)/python -m pip wheel $(PIP_FLAGS) --no-deps --no-build-isolation --wheel-dir dist ./python/alias

setup-upstream: $(UPSTREAM_VENV)/.accelerator

$(UPSTREAM_VENV)/.upstream: | $(VENV)/.dependencies
	$(PYTHON) -m venv $(UPSTREAM_VENV)
	$(UPSTREAM_VENV)/bin/python -m pip install $(PIP_FLAGS) 'litellm[proxy]==$(UPSTREAM)' \
		opentelemetry-api opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
	@touch $@

$(UPSTREAM_VENV)/.accelerator: $(UPSTREAM_VENV)/.upstream dist/.native
	$(UPSTREAM_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --force-reinstall dist/litellm_rust-*.whl
	@touch $@

## Checks

test: test-rust test-python

test-rust:
	cargo test --locked --quiet

test-python: setup wheels setup-upstream
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

DEPENDENTS_FLAGS := -c /dev/null --rootdir . -p no:cacheprovider -q tests/dependents

# Published packages on our wheels; needs an index, and an environment of their own.
test-dependents: dist
	$(PYTHON) -m venv .venv-dependents
	.venv-dependents/bin/python -m pip install $(PIP_FLAGS) --find-links dist 'litellm==1.106.2+rust.1' \
		-r tests/dependents/requirements-ours.txt
	.venv-dependents/bin/python -m pytest $(DEPENDENTS_FLAGS)

# The same packages on upstream, accelerated.
test-dependents-upstream: dist/.native
	$(PYTHON) -m venv .venv-dependents-upstream
	.venv-dependents-upstream/bin/python -m pip install $(PIP_FLAGS) dist/litellm_rust-*.whl \
		-r tests/dependents/requirements-upstream.txt
	.venv-dependents-upstream/bin/python -m litellm_rust run python -m pytest $(DEPENDENTS_FLAGS)

lint: lint-rust lint-python lint-workflows docs

lint-rust:
	cargo fmt --check
	cargo clippy --locked --quiet --all-targets
	cargo clippy --locked --quiet --all-targets --features python
	@! grep -rniE --include='*.rs' --exclude-dir=python 'pyo3|PyResult|Python<' src || { echo "PyO3 belongs in src/python/" >&2; exit 1; }

lint-python: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest --concise --mypy-config-file pyproject.toml litellm_rust._native
	$(BIN)/lint-imports --no-cache

lint-workflows: $(ACTIONLINT)-$(ACTIONLINT_VERSION)
	$<

$(ACTIONLINT)-$(ACTIONLINT_VERSION):
	@command -v go >/dev/null || { echo "Go is needed to build actionlint: https://go.dev/dl" >&2; exit 1; }
	@mkdir -p $(@D)
	GOBIN=$(CURDIR)/$(@D) go install github.com/rhysd/actionlint/cmd/actionlint@v$(ACTIONLINT_VERSION)
	@mv $(ACTIONLINT) $@

docs: setup
	$(BIN)/sphinx-build -W -q docs docs/_build

bench: setup setup-upstream
	cargo bench --locked
	$(UPSTREAM_VENV)/bin/python -m litellm_rust benchmark

## Upkeep

# Locks what python/pyproject.toml and dev.in ask for, for every platform and every Python from 3.10. Needs uv.
LOCK := uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-emit-index-url \
	--no-emit-package litellm-rust --custom-compile-command 'make lock'
lock:
	$(LOCK) python/pyproject.toml --all-extras --output-file python/requirements/runtime.txt
	$(LOCK) python/pyproject.toml python/requirements/dev.in --all-extras \
		--constraint python/requirements/runtime.txt --output-file python/requirements/dev.txt

clean:
	rm -rf target dist .venv .venv-upstream .venv-upstream-* litellm_rust/_native*.so \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks docs/_build
	find litellm_rust python tests -name __pycache__ -type d -prune -exec rm -rf {} +
