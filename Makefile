# Every target sets itself up in .venv; nothing but the package registries is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data
TORCH ?= 2.13.0
EXTRAS := test,train,docs

OLDEST := .venv-oldest
# These have wheels of the oldest libraries.
OLDEST_PYTHON ?= $(firstword $(foreach version,3.10 3.11 3.12,$(shell python$(version) -c 'print("python$(version)")' 2>/dev/null)))

.PHONY: help front check-front chromium tesseract demo test test-oldest test-google test-frameworks check dist smoke docs site screenshots lock lab fuzz bench bench-speed peer router clean

help:
	@echo "make demo         compress the bundled conversations for three providers; writes build/"
	@echo "make test         lint, types and every test of Python and TypeScript"
	@echo "make check        lint and types alone; make check-front those of the front end"
	@echo "make test-oldest  the core, the notebook layer and JupyterLab with the oldest libraries that are supported"
	@echo "make test-frameworks  clients of other SDKs and frameworks, Notebook 7 and marimo, in an environment of their own"
	@echo "make test-google  wrapped clients of Google's SDK, with five versions of it; part of make test-oldest"
	@echo "make front        the widgets and the JupyterLab extension, from TypeScript"
	@echo "make chromium     a browser for the tests, where Debian can install one"
	@echo "make tesseract    Tesseract, data of eight languages and fonts for the tests, where Debian can install them"
	@echo "make dist         the wheel and the source archive, with front end and weights, in dist/"
	@echo "make smoke        install that wheel in clean environments, and use every verb, public name and extra"
	@echo "make docs         the documentation with its try-it, in build/docs"
	@echo "make site         a demo that needs no kernel (JupyterLite), in build/site"
	@echo "make screenshots  the pictures of the widgets in the docs, from a real JupyterLab"
	@echo "make lock         the versions that the tests run with, anew from the registry"
	@echo "make lab          JupyterLab on the tutorials"
	@echo "make fuzz         generated inputs and atheris, MINUTES (5) for each kind of file"
	@echo "make bench        every benchmark (DATA=folder); make bench-speed time and memory alone"
	@echo "make peer         headroom-ai in an environment of its own, for the benchmarks that compare"
	@echo "make router       the shipped router again: questions, pictures, training, export (LABELS=your own labels)"
	@echo "make clean        remove what was built"

$(BIN)/activate:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

# The tested versions, where there is a list for this Python; else the newest that pyproject.toml allows.
LOCK = $(wildcard requirements/test-$(shell $(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])').txt)

# PyTorch first and by version: this one comes without CUDA's gigabytes, and satisfies the extra.
$(VENV)/.installed: $(BIN)/activate pyproject.toml $(wildcard requirements/*.txt)
	$(BIN)/pip install --quiet 'torch==$(TORCH)' $(LOCK:%=--constraint %)
	$(BIN)/pip install --quiet --editable '.[$(EXTRAS)]' $(LOCK:%=--constraint %)
	PATH="$(BIN):$$PATH" jupyter-builder develop --overwrite .
	@touch $@

screenshots: $(VENV)/.installed front chromium
	$(BIN)/python tools/make_screenshots.py --out docs/images

lock: $(VENV)/.installed
	$(BIN)/python tools/lock.py --extras $(EXTRAS) 'torch==$(TORCH)'
	$(BIN)/pip install --quiet uv
	$(BIN)/python tools/lock.py --extras lab,batch --hashes

demo: $(VENV)/.installed
	$(BIN)/python -m headroom_nb.demo --out build

FRONT := headroom_nb/widgets/static/widgets.js
FRONT_SOURCES := $(shell find labextension/src labextension/scripts labextension/schema -type f ! -name '*.test.ts') \
	labextension/package.json headroom_nb/costs/models.json
NODE_MODULES := labextension/node_modules/.package-lock.json

front: $(FRONT)

$(FRONT): $(NODE_MODULES) $(FRONT_SOURCES)
	npm --prefix labextension run build
	@touch $@

$(NODE_MODULES): labextension/package-lock.json
	@command -v npm >/dev/null || { echo "the front end needs Node.js 20 or later, with npm on the path"; exit 1; }
	npm --prefix labextension ci
	@touch $@

check-front: $(NODE_MODULES)
	npm --prefix labextension run lint
	npm --prefix labextension run typecheck

# Browser tests need one; where it is missing and cannot be had they are skipped, or fail if CI is set.
chromium:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium fonts-liberation; \
	else \
		echo "no Chromium on the path: browser tests need one (Debian: apt-get install chromium fonts-liberation)"; \
	fi

# So do the tests of OCR in other scripts.
LANGUAGES := kor vie rus ell ara heb tha hin
tesseract:
	@if tesseract --list-langs 2>/dev/null | grep -qx hin && [ -d /usr/share/fonts/truetype/nanum ]; then exit 0; fi; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
			tesseract-ocr $(LANGUAGES:%=tesseract-ocr-%) fonts-noto-core fonts-nanum; \
	else \
		echo "no Tesseract with the languages $(LANGUAGES): tests of other scripts are skipped"; \
	fi

check: $(VENV)/.installed check-front
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: check test-oldest test-frameworks front chromium tesseract
	npm --prefix labextension test
	$(BIN)/pytest -n 2 --dist loadgroup

# From the source archive, as an installer would: it needs no Node.js then.
dist: $(VENV)/.installed front
	rm -rf dist
	$(BIN)/python -m build --no-isolation

smoke: dist
	$(BIN)/python tests/smoke/run.py dist/*.whl

site: $(VENV)/.installed $(FRONT)
	$(BIN)/python tools/make_site.py build/site

docs: $(VENV)/.installed $(FRONT)
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet docs build/docs
	$(BIN)/python tools/make_site.py build/docs/try

# The lower bounds of pyproject.toml, which must be changed in both places. Matplotlib 3.8 cannot stand a newer pyparsing.
$(OLDEST)/.installed: pyproject.toml
	$(OLDEST_PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/pip install --quiet --editable . \
		'numpy==1.26.0' 'pillow==12.3.0' 'onnxruntime==1.19.0' 'tokenizers==0.20.0' 'rapidocr==3.4.0' 'pypdfium2==5.0.0' \
		'ipython==8.18.*' 'ipykernel==6.29.*' 'matplotlib==3.8.*' 'pyparsing==3.1.*' \
		'jupyterlab==4.2.*' \
		'hypothesis==6.100.*' 'pytest==8.3.*' nbclient jsonschema playwright trustme
	mkdir -p $(OLDEST)/share/jupyter/labextensions
	ln -sfn $(CURDIR)/headroom_nb/labextension $(OLDEST)/share/jupyter/labextensions/headroom-nb
	@touch $@

ifdef OLDEST_PYTHON
test-oldest: test-google $(OLDEST)/.installed front chromium
	$(OLDEST)/bin/pytest tests/notebook tests/formats tests/test_compressor.py tests/test_public_face.py tests/browser/test_lab_starts.py
else
test-oldest: test-google
	@echo "test-oldest skipped: it needs Python 3.10, 3.11 or 3.12 (make test-oldest OLDEST_PYTHON=…)"
endif

# Google's SDK changes what it sends from version to version: these, with all else from .venv.
GOOGLE_VERSIONS := 1.20.0 1.45.0 1.52.0 2.10.0 3.4.0

build/google/%/.installed: $(VENV)/.installed
	$(BIN)/pip install --quiet --target build/google/$* 'google-genai==$*'
	@touch $@

test-google: $(GOOGLE_VERSIONS:%=build/google/%/.installed)
	for version in $(GOOGLE_VERSIONS); do \
		PYTHONPATH=build/google/$$version GOOGLE_GENAI=$$version \
		$(BIN)/pytest -q -W default tests/sdk/test_google_versions.py || exit 1; \
	done

# SDKs and frameworks that need newer versions of each other than the other tests do; all else comes from .venv, by
# addsitedir, which follows the link to this folder that an editable install is: a kernel has another working folder.
FRAMEWORKS := .venv-frameworks
FRAMEWORK_PACKAGES := requirements/frameworks.txt

$(FRAMEWORKS)/.installed: $(VENV)/.installed $(FRAMEWORK_PACKAGES)
	$(PYTHON) -m venv $(FRAMEWORKS)
	$(BIN)/python -c 'import site; print(f"import site; site.addsitedir({site.getsitepackages()[0]!r})")' > \
		"$$($(FRAMEWORKS)/bin/python -c 'import site; print(site.getsitepackages()[0])')/shared.pth"
	$(FRAMEWORKS)/bin/python -m pip install --quiet --requirement $(FRAMEWORK_PACKAGES)
	@touch $@

test-frameworks: $(FRAMEWORKS)/.installed front chromium
	FRAMEWORKS=1 $(FRAMEWORKS)/bin/python -m pytest -q -p no:cacheprovider tests/sdk/test_sdk_frameworks.py tests/frameworks \
		tests/browser/test_other_hosts.py

# Everything behind the shipped router, from the registries alone: about half an hour on two idle cores. The seed that is
# neither the best nor the worst on held-back questions is shipped. LABELS names a file of CompressionView.save_labels,
# which is learned from too; PICTURES=--keep uses the table of measured pictures that is there.
SEEDS ?= 7 8 9
PICTURES ?=
router: $(VENV)/.installed
	$(BIN)/python -m training.generate --out build/router/questions.jsonl
	cat $(LABELS) /dev/null >> build/router/questions.jsonl
	$(BIN)/python -m training.images --table training/work/signals.jsonl $(PICTURES)
	for seed in $(SEEDS); do at=build/router/$$seed; export OMP_NUM_THREADS=1; \
		$(BIN)/python -m training.train_question --seed $$seed --out $$at && \
		$(BIN)/python -m training.export --model $$at/measured.pt --out $$at/measured.onnx && \
		$(BIN)/python -m training.export --model $$at/final.pt --out $$at/weights/question.onnx && \
		$(BIN)/python -m training.train_fusion --measured $$at/measured.onnx --log $$at/question-log.json \
			--weights $$at/weights || exit 1; \
	done
	$(BIN)/python -m training.choose_seed $(SEEDS:%=build/router/%/weights)

lab: $(VENV)/.installed
	$(BIN)/jupyter lab notebooks

# Generated arguments and files, then each kind of file with atheris; what is found lies in build/fuzz.
MINUTES ?= 5
INPUTS ?= 100000
FUZZ_TARGETS := picture message model_table notebook line export_path archive batch remembered pdf

fuzz: $(VENV)/.installed
	$(BIN)/pip install --quiet --editable '.[fuzz]'
	mkdir -p build/fuzz
	$(BIN)/python -m tests.fuzz.soak --inputs $(INPUTS) --seed $$(date +%s) --out build/fuzz/inputs.json
	for target in $(FUZZ_TARGETS); do $(BIN)/python -m tests.fuzz.run_atheris $$target --minutes $(MINUTES) || exit 1; done

peer: build/peer-venv/.installed

# The other project, in an environment of its own: its dependencies are many, and none of them is ours.
build/peer-venv/.installed:
	$(PYTHON) -m venv build/peer-venv
	build/peer-venv/bin/pip install --quiet 'headroom-ai[image]==0.42.0'
	@touch $@

bench-speed: $(VENV)/.installed
	$(BIN)/python -m benchmarks.speed --out build/speed.json $(if $(wildcard build/peer-venv/.installed),--peer build/peer-venv)

# DATA holds images/, truth/, images.json, questions.jsonl and answers/.
bench: $(VENV)/.installed bench-speed
	$(BIN)/python -m benchmarks.speed.overheads --out build/overheads.json
	$(BIN)/python -m benchmarks.speed.scale --out build/scale.json
	$(BIN)/python -m benchmarks.front_end --out build/front_end.json
	$(BIN)/python -m benchmarks.safety.refused --out build/refused.json
	$(BIN)/python -m benchmarks.cost $(DATA)/images --out build/cost.json
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.deciding.router $(DATA)
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.deciding.needs $(DATA)/answers
	$(BIN)/python -m benchmarks.text.ocr $(DATA) --json build/ocr.json
	$(BIN)/python -m benchmarks.fidelity --per-kind 2

clean:
	rm -rf build dist docs/reference docs/tutorials $(OLDEST) $(FRAMEWORKS) .pytest_cache .mypy_cache .ruff_cache .hypothesis
