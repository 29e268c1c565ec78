# `make help` lists what can be done. Set-up is part of every target: what is missing gets installed, what is there is
# left alone, and what is newer than its sources is not built again.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PORT ?= 8080
# Pictures to measure with. They are not part of the repository, because their licences do not allow passing them on.
EVALDATA ?= ../shared/evaldata
# "debian" uses Debian's compiler and a standard library built here for WebAssembly, even if rustup's could be had.
export WASM_TOOLCHAIN ?=

TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
CARGO_REGISTRY := $(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src
WASM := dist/wasm/tarnkappe_bg.wasm
# The JavaScript around it, which becomes part of the worker.
GLUE := target/pkg/tarnkappe.js
# The same engine with fused multiply-add, for browsers that have relaxed SIMD. One such instruction makes a module fail
# in all others.
WASM_RELAXED := dist/wasm/tarnkappe_relaxed_bg.wasm
# Both with the decoders of WebP, TIFF, GIF and BMP, which the page loads when such a file comes.
WASM_FORMATS := dist/wasm/tarnkappe_formats_bg.wasm
WASM_FORMATS_RELAXED := dist/wasm/tarnkappe_formats_relaxed_bg.wasm
# Attacks for the workshop, with the JavaScript around them, which becomes part of a worker of their own.
WASM_WORKSHOP := dist/wasm/tarnkappe_workshop_bg.wasm
GLUE_WORKSHOP := target/pkg-workshop/tarnkappe_workshop.js
# The decoders of HEIC and of JPEG XL alone, which the page loads when such a file comes that the browser does not decode.
WASM_HEIC := dist/wasm/tarnkappe_heic_bg.wasm
WASM_JXL := dist/wasm/tarnkappe_jxl_bg.wasm
# tract beside our own engine, for custom detectors. No page loads it unless it is asked to.
WASM_TRACT := dist/wasm/tarnkappe_tract_bg.wasm
# What a host serves, and the module of it that is not needed to serve the page.
WEB := dist/web
WEB_TRACT := $(WEB)/wasm/tarnkappe_tract_bg.wasm
# The npm package: its last file.
NPM := dist/npm/package.json
PAGE := dist/.complete
NODE_MODULES := node_modules/.package-lock.json

# Folders are among the prerequisites, so that a removed file counts as a change.
RUST_SOURCES := $(shell find src tools/decoder.rs tools/heic tools/jxl tools/module) build.rs Cargo.toml Cargo.lock .cargo/config.toml
# The workshop shows two of the documents.
WEB_SOURCES := $(shell find www) docs/accuracy.md docs/workshop-sources.md

# The runner's 20 seconds are too few for scanning photos on a busy machine.
WASM_TEST_SECONDS := 300

# One network alone, in the same two flavours as the page's modules, and the networks as other runtimes want them.
BENCH_MODULES := target/bench/simd128/network_bg.wasm target/bench/relaxed/network_bg.wasm
BENCH_NETWORKS := target/bench/onnx/yunet.onnx target/bench/blaze_face_short_range.tflite

# Panics name source files, but not where those lie on the building machine. The tests are built with the same flags, so
# that tract is compiled once for both.
WASM_FLAGS := --remap-path-prefix=$(CARGO_REGISTRY)=registry

# How many cases a property is tried with, and how many pictures the tests compare; the address space for the former (it
# includes the libraries and the stacks); the same for decoders, of which each case decodes a picture; how long each fuzz target runs.
LONG_CASES ?= 20000
VISIBILITY_CASES ?= 200
LONG_KILOBYTES := 1048576
DECODER_CASES ?= 10000
DECODER_KILOBYTES := 524288
FUZZ_SECONDS ?= 60

# rustc has optimised for speed already: with -Oz after it covering and proving a photo takes as long as with -O3. The features
# are those that rustc and wasm-bindgen use. The lowest 1024 bytes are the end of the stack, to which nothing points.
WASM_OPT := node_modules/.bin/wasm-opt --strip-debug --strip-producers --enable-bulk-memory --enable-nontrapping-float-to-int \
	--enable-sign-ext --enable-mutable-globals --enable-reference-types --enable-multivalue --enable-simd --low-memory-unused

# For the modules that a page loads first: 6 kB less after compression than -Oz alone, and a minute more of computing.
SMALLEST := --flatten --rereloop -Oz -Oz --converge

# Modules with other flags of rustc are built beside each other: each ends in a minute on one core.
AT_ONCE := -j2

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## set up, build and serve the app on http://localhost:8080 (PORT=… to change)
	@$(MAKE) --no-print-directory $(AT_ONCE) $(PAGE)
	@node tools/serve.mjs $(WEB) --port $(PORT)

.PHONY: build
build: ## release artefacts into dist/: what a host serves is dist/web
	@$(MAKE) --no-print-directory $(AT_ONCE) $(PAGE) $(WEB_TRACT)

.PHONY: npm
npm: ## the npm package into dist/npm, and the page of the sealed mode into dist/embed
	@$(MAKE) --no-print-directory $(AT_ONCE) $(NPM)

.PHONY: portable
portable: $(PAGE) ## dist/portable: a folder for a USB stick, with the page as one file and with files that start a server
	node tools/build_portable.mjs dist/portable --web $(WEB) --glue $(GLUE) --module $(WASM_FORMATS)

.PHONY: test
test: ## set up and run every test: native, WebAssembly in Chromium, the page end to end
	@tools/test.sh native visibility wasm page sweep

.PHONY: test-native
test-native: | setup-rust ## only the native tests
	cargo test --release --no-fail-fast -p tarnkappe -p pack

.PHONY: test-visibility
test-visibility: | setup-rust setup-python ## only the comparison of copies, as Pillow shows them, with what the proof scanned
	cargo build --release --bins --example seen
	$(call visibility,$(VISIBILITY_CASES))

visibility = source tools/common.sh; "$$python_dir/bin/python" tools/visibility.py --binary $(TARGET_DIR)/release/tarnkappe \
	--seen $(TARGET_DIR)/release/examples/seen --cases $(1)

.PHONY: test-wasm
test-wasm: | setup-wasm setup-browsers ## only the tests of the WebAssembly, in Chromium
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$(WASM_FLAGS)" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
		CHROMEDRIVER="$$(command -v chromedriver)" WASM_BINDGEN_TEST_ONLY_WEB=1 WASM_BINDGEN_TEST_TIMEOUT=$(WASM_TEST_SECONDS) \
		tools/wasm-env.sh cargo test --release --target wasm32-unknown-unknown -p tarnkappe-wasm-tests

.PHONY: test-page
test-page: build npm | setup-rust setup-browsers ## only the tests of the page, in Chromium, Firefox and WebKitGTK
	cargo build --release --bin tarnkappe
	node --test --test-reporter=spec --test-concurrency=1 tests/*.test.mjs tests/browser/*.test.mjs

.PHONY: sweep
sweep: | setup-rust ## check and clean every file of EVALDATA/metadata/images: no crash or hang, nothing missed or left
	@if [[ -d $(EVALDATA)/metadata/images ]]; then \
		cargo build --release && python3 tools/sweep.py $(TARGET_DIR)/release/tarnkappe $(EVALDATA)/metadata/images; \
	else \
		echo "sweep: skipped, because there is no folder $(EVALDATA)/metadata/images"; \
	fi

.PHONY: check
check: $(NODE_MODULES) | setup-wasm setup-lint setup-node ## formatting, clippy, tsc, module boundaries, licences, advisories
	cargo fmt --check
	cargo clippy --release --all-targets -p tarnkappe -p pack -- -D warnings
	tools/wasm-env.sh cargo clippy --release --lib --no-default-features --features workshop --target wasm32-unknown-unknown -- -D warnings
	tools/wasm-env.sh cargo clippy --release -p tarnkappe-heic -p tarnkappe-jxl --target wasm32-unknown-unknown -- -D warnings
	node_modules/.bin/tsc --build www www/adapters
	! grep -rnE 'wasm_bindgen|js_sys|web_sys' src --include='*.rs' --exclude-dir=web
	python3 tools/import_cycles.py
	source tools/common.sh; "$$cargo_deny_dir/bin/cargo-deny" check bans licenses sources
	tools/advisories.sh

.PHONY: check-long
check-long: long-instructions long-properties long-visibility long-fuzz long-bundlers ## what takes minutes: instruction counts, properties over many cases, fuzz targets, bundlers

# Does a network take more instructions than it did?
.PHONY: long-instructions
long-instructions: | setup-rust setup-valgrind
	cargo build --release --example inference
	tools/instructions.sh

# The walkers and the JPEG transcoder on damaged files, in as little memory as a phone's browser has. What is hidden in files,
# and what is under covers, must not reach a copy.
.PHONY: long-properties
long-properties: | setup-rust
	cargo test --release --lib --test swap --test canary --no-run
	ulimit -v $(LONG_KILOBYTES); PROPTEST_CASES=$(LONG_CASES) cargo test --release --lib -- --test-threads=1 leaks::properties photo::jpeg::tests protect::
	@# Each thread would take address space for an allocator of its own.
	ulimit -v $(DECODER_KILOBYTES); MALLOC_ARENA_MAX=1 PROPTEST_CASES=$(DECODER_CASES) cargo test --release --lib -- --test-threads=1 photo::heic::tests photo::jxl::tests
	PROPTEST_CASES=$(LONG_CASES) cargo test --release --test swap --test canary

.PHONY: long-visibility
long-visibility: | setup-rust setup-python
	cargo build --release --bins --example seen
	$(call visibility,$(LONG_CASES))

.PHONY: long-fuzz
long-fuzz: | setup-fuzz setup-python
	tools/fuzz.sh $(FUZZ_SECONDS)

# Does an app work that Vite, webpack or esbuild makes with the npm package?
.PHONY: long-bundlers
long-bundlers: npm tests/bundlers/node_modules/.package-lock.json | setup-browsers
	node --test --test-reporter=spec tests/bundlers/*.test.mjs

.PHONY: eval
eval: | setup-rust setup-python ## measure detection and write the tables of docs/accuracy.md (EVALDATA=… where the pictures are)
	cargo build --release --bins --examples
	source tools/common.sh; "$$python_dir/bin/python" tools/eval.py --binary $(TARGET_DIR)/release/tarnkappe \
		--finds $(TARGET_DIR)/release/examples/detections --evaldata $(EVALDATA) --docs docs/accuracy.md

.PHONY: eval-pairs
eval-pairs: | setup-rust ## measure the recogniser on pairs of photos and write its table of docs/accuracy.md
	cargo build --release --example pairs
	python3 tools/pairs.py --pairs $(TARGET_DIR)/release/examples/pairs --evaldata $(EVALDATA) --docs docs/accuracy.md

.PHONY: attack
attack: | setup-rust ## attack covers of all kinds and write the tables of docs/threats.md (a quarter of an hour)
	cargo build --release --example attack
	python3 tools/attack.py --attack $(TARGET_DIR)/release/examples/attack --evaldata $(EVALDATA) --docs docs/threats.md

.PHONY: covers
covers: | setup-rust setup-python ## draw every method over the test photos into contact sheets, to be looked at: target/covers
	cargo build --release --bin tarnkappe
	source tools/common.sh; "$$python_dir/bin/python" tools/covers.py --binary $(TARGET_DIR)/release/tarnkappe --photos tests/photos --out target/covers

.PHONY: fit
fit: | setup-rust setup-python ## fit the fusion of the networks' scores to EVALDATA/wider_val and write src/detect/fitted.rs
	mkdir -p target/fit
	cargo build --release --example detections
	find $(EVALDATA)/wider_val/images -type f -print0 | xargs -0 -n 20 -P 2 sh -c \
		'$(TARGET_DIR)/release/examples/detections "$$@" > target/fit/finds.$$$$' finds
	cat target/fit/finds.* > target/fit/all && rm target/fit/finds.*
	source tools/common.sh; "$$python_dir/bin/python" tools/fit.py --finds target/fit/all \
		--annotations $(EVALDATA)/wider_val/annotations_dev.json --out src/detect/fitted.rs

.PHONY: fit-identifiability
fit-identifiability: | setup-rust setup-python ## fit how identifiable faces are to EVALDATA's pairs and write src/identifiability/fitted.rs
	cargo build --release --example measures
	source tools/common.sh; "$$python_dir/bin/python" tools/fit_identifiability.py --measures $(TARGET_DIR)/release/examples/measures \
		--evaldata $(EVALDATA) --work $(TARGET_DIR)/fit-identifiability --out src/identifiability/fitted.rs --docs docs/accuracy.md

.PHONY: bench
bench: build $(BENCH_MODULES) $(BENCH_NETWORKS) tools/bench/node_modules/.package-lock.json | setup-browsers setup-peers ## measure speed, ours and others', and write the tables of docs/performance.md
	cargo build --release --bins --example inference
	node tools/bench/inference.mjs --docs docs/performance.md
	node tools/bench/startup.mjs --docs docs/performance.md
	node tools/bench/job.mjs --docs docs/performance.md
	EVALDATA=$(EVALDATA) node tools/bench/peers.mjs --docs docs/performance.md
	source tools/common.sh; \
	if [[ -x "$$peers_dir/bin/deface" ]]; then \
		"$$peers_dir/bin/python" tools/bench/native.py --binary $(TARGET_DIR)/release/tarnkappe \
			--inference $(TARGET_DIR)/release/examples/inference --onnx target/bench/onnx --evaldata $(EVALDATA) \
			--docs docs/performance.md; \
	else \
		echo "bench: the command line is not compared, because there is no onnxruntime and no deface for Python"; \
	fi

.PHONY: bench-many
bench-many: build | setup-browsers ## measure the page with 200 photos, to a saved zip file, and write its table of docs/performance.md
	node tools/bench/many.mjs --docs docs/performance.md

.PHONY: bless
bless: | setup-rust ## rewrite the goldens from what the code does now; read the difference before committing it
	TARNKAPPE_BLESS=1 cargo test --release -p tarnkappe -p pack

.PHONY: clean
clean: ## remove what was built here (not the tools kept for all checkouts)
	rm -rf dist target node_modules

.PHONY: setup-rust setup-node setup-wasm setup-browsers setup-lint setup-fuzz setup-python setup-peers setup-valgrind
setup-rust setup-node setup-wasm setup-browsers setup-lint setup-fuzz setup-python setup-peers setup-valgrind:
	@tools/setup.sh $(@:setup-%=%)

# $(call wasm_build,PACKAGE,PROFILE,FLAGS of cargo,FLAGS of rustc). Other flags of rustc have a folder of their own: in the same one cargo
# would compile every dependency anew for each. Cargo is not told of make's job server, which it cannot reach from here.
wasm_folder = $(abspath $(TARGET_DIR))$(if $(1),/relaxed)
wasm_build = MAKEFLAGS= CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$(WASM_FLAGS) $(4)" CARGO_TARGET_DIR=$(call wasm_folder,$(4)) \
	tools/wasm-env.sh cargo build --target wasm32-unknown-unknown --profile $(2) $(foreach package,$(1),-p $(package)) $(3)

# $(call wasm_module,FOLDER,NAME,PACKAGE,PROFILE,FLAGS of cargo,FLAGS of rustc): with the JavaScript around it. wasm-opt, which comes after
# it, is npm's: Debian 12's does not know the instruction table.fill that wasm-bindgen writes.
wasm_module = $(call wasm_build,$(3),$(4),$(5),$(6)) && tools/wasm-env.sh wasm-bindgen --target web --out-dir $(1) --out-name $(2) \
	$(call wasm_folder,$(6))/wasm32-unknown-unknown/$(4)/$(subst -,_,$(3)).wasm

# $(call page_module,FOLDER,PROFILE,FLAGS of cargo,FLAGS of rustc)
page_module = $(call wasm_module,$(1),tarnkappe,tarnkappe-module,$(2),$(3),$(4))

# The modules that a page may load, as arguments of the scripts that build what is served.
page_modules = --glue $(GLUE) --plain $(WASM) --relaxed $(WASM_RELAXED) --formats $(WASM_FORMATS) --formats-relaxed $(WASM_FORMATS_RELAXED) \
	--heic $(WASM_HEIC) --jxl $(WASM_JXL)

$(WASM): $(RUST_SOURCES) tools/wasm-env.sh $(NODE_MODULES) | setup-wasm
	$(call page_module,target/pkg,app)
	rm -rf $(@D)
	mkdir -p $(@D)
	$(WASM_OPT) $(SMALLEST) target/pkg/tarnkappe_bg.wasm -o $@

# All modules are used through the JavaScript that was made for the first one.
$(WASM_RELAXED): $(WASM)
	$(call page_module,target/pkg-relaxed,app,,-C target-feature=+relaxed-simd)
	cmp $(GLUE) target/pkg-relaxed/tarnkappe.js
	$(WASM_OPT) $(SMALLEST) --enable-relaxed-simd target/pkg-relaxed/tarnkappe_bg.wasm -o $@

$(WASM_FORMATS): $(WASM)
	$(call page_module,target/pkg-formats,app,--features rare-formats)
	cmp $(GLUE) target/pkg-formats/tarnkappe.js
	$(WASM_OPT) -Oz target/pkg-formats/tarnkappe_bg.wasm -o $@

$(WASM_FORMATS_RELAXED): $(WASM)
	$(call page_module,target/pkg-formats-relaxed,app,--features rare-formats,-C target-feature=+relaxed-simd)
	cmp $(GLUE) target/pkg-formats-relaxed/tarnkappe.js
	$(WASM_OPT) -Oz --enable-relaxed-simd target/pkg-formats-relaxed/tarnkappe_bg.wasm -o $@

$(WASM_WORKSHOP): $(WASM)
	$(call wasm_module,target/pkg-workshop,tarnkappe_workshop,tarnkappe-module,app,--features rare-formats --features workshop)
	$(WASM_OPT) -Oz target/pkg-workshop/tarnkappe_workshop_bg.wasm -o $@

# They have no glue, so nothing of wasm-bindgen may be left in them. Cargo makes both at once, of one build of the library.
$(WASM_HEIC) $(WASM_JXL) &: $(WASM) tools/bare_module.mjs
	$(call wasm_build,tarnkappe-heic tarnkappe-jxl,app)
	for format in heic jxl; do \
		node tools/bare_module.mjs $(TARGET_DIR)/wasm32-unknown-unknown/app/tarnkappe_$$format.wasm target/$$format.wasm; \
		$(WASM_OPT) -Oz target/$$format.wasm -o dist/wasm/tarnkappe_$${format}_bg.wasm; \
	done

target/bench/simd128/network_bg.wasm: $(RUST_SOURCES) $(wildcard tools/bench/network/*) $(NODE_MODULES) | setup-wasm
	$(call wasm_module,$(@D),network,network,app)
	$(WASM_OPT) -Oz $@ -o $@

target/bench/relaxed/network_bg.wasm: target/bench/simd128/network_bg.wasm
	$(call wasm_module,$(@D),network,network,app,,-C target-feature=+relaxed-simd)
	$(WASM_OPT) -Oz --enable-relaxed-simd $@ -o $@

target/bench/onnx/yunet.onnx: $(RUST_SOURCES) $(wildcard tools/pack/src/*) $(wildcard models/*) | setup-rust
	cargo run --release -p pack -- models/manifest.toml $(@D)

$(WASM_TRACT): $(WASM)
	$(call page_module,target/pkg-tract,release,--features tract --features rare-formats)
	cmp $(GLUE) target/pkg-tract/tarnkappe.js
	@# Optimising seventeen megabytes further takes minutes of computing.
	$(WASM_OPT) target/pkg-tract/tarnkappe_bg.wasm -o $@

$(NODE_MODULES): package.json package-lock.json | setup-node
	npm ci --no-audit --no-fund
	touch $@

target/bench/blaze_face_short_range.tflite: tools/bench/mediapipe_model.mjs tools/bench/node_modules/.package-lock.json
	node $< $@

# Packages that not everybody needs lie in folders of their own.
%/node_modules/.package-lock.json: %/package.json %/package-lock.json | setup-node
	cd $* && npm ci --no-audit --no-fund --ignore-scripts
	touch $@

# What earlier sources left behind is removed first. The modules one by one, which tests import, are in target/www.
$(PAGE): $(WEB_SOURCES) $(WASM) $(WASM_RELAXED) $(WASM_FORMATS) $(WASM_FORMATS_RELAXED) $(WASM_HEIC) $(WASM_JXL) $(WASM_WORKSHOP) $(wildcard models/*) tools/build_web.mjs tools/licences.mjs tools/build_service_worker.mjs tools/copy_models.py $(NODE_MODULES)
	mkdir -p $(@D)
	find dist -mindepth 1 -maxdepth 1 ! -name wasm -exec rm -rf {} +
	node_modules/.bin/tsc --build www
	node tools/build_web.mjs $(WEB) $(page_modules) --workshop $(WASM_WORKSHOP) --workshop-glue $(GLUE_WORKSHOP)
	touch $@

$(NPM): $(PAGE) tools/build_npm.mjs docs/embedding.md
	node_modules/.bin/tsc --build www/adapters
	node tools/build_npm.mjs $(@D) dist/embed $(page_modules)

$(WEB_TRACT): $(WASM_TRACT) $(PAGE)
	cp $< $@
