# Commands, each with all of its own set-up in .venv:
#   make demo    color the photographs in examples/ (small install, no PyTorch)
#   make test    install everything for development and run all checks
#   make docs    make a site of the pages, in build/site; any warning is an error
#   make dist    build the wheel and the source archive, in dist/, and check them
#   make image   build the wheel, and from it the image of the container, by Docker or what DOCKER= names
#   make onnxruntime-web    what the page without a server runs the network with; `test` and `dist` make it, too
PYTHON ?= python3
DOCKER ?= docker
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
STATIC := src/photochrom/web/static
WASM := $(STATIC)/onnxruntime/ort-wasm-simd-threaded.wasm.gz

.PHONY: demo test lint docs dist image onnxruntime-web clean

demo: .venv/using
	$(BIN)/photochrom colorize examples -o demo --sheet demo/sheet.png
	@echo "Results are in demo/, before and after side by side in demo/sheet.png."
	@echo "The command is $(BIN)/photochrom; to uninstall, delete .venv."

test: lint $(if $(shell command -v npm),$(WASM))  # without npm, its tests are skipped
	$(BIN)/python -m pytest -n auto

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	test ! -x $(BIN)/hadolint || $(BIN)/hadolint Dockerfile  # it is not there for every machine

docs: .venv/docs
	$(BIN)/python -m sphinx -EW --keep-going -q -c docs . build/site
	cp build/site/README.html build/site/index.html
	@echo "The site is in build/site/index.html"

dist: .venv/dev $(WASM)
	rm -rf dist
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*

image: dist
	$(DOCKER) build -t photochrom --label org.opencontainers.image.version="$$($(BIN)/hatchling version)" .

onnxruntime-web: $(WASM)

# It is ready compressed, as many web hosts would send its 14 MB as they are. Its license is that of the package from PyPI.
$(WASM): package.json package-lock.json | .venv/dev
	mkdir -p build/npm $(@D)
	cp package.json package-lock.json build/npm
	npm ci --prefix build/npm --ignore-scripts --no-audit --no-fund --loglevel=error
	cp build/npm/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs $(@D)
	cp $(BIN)/../lib/*/site-packages/onnxruntime/LICENSE $(BIN)/../lib/*/site-packages/onnxruntime/ThirdPartyNotices.txt $(@D)
	gzip -9n <build/npm/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm >$@.part
	mv $@.part $@

.venv/using: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) -e .
	touch $@

.venv/dev: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) -e '.[dev]'
	touch $@ .venv/using .venv/docs

.venv/docs: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) '.[docs]'
	touch $@

clean:
	rm -rf .venv demo build dist $(STATIC)/onnxruntime
