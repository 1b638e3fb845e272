# Thin: each target is one line of intent. Everything that knows something is in analysis/.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# Every variable given on the command line that is not one of ours is a parameter of the notebooks. None of them
# replaces what follows, and no value is expanded by make: here, before anything of ours has a value, each is taken
# as it was written.
override given := $(strip $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),$v)))
override settings := PARAMS STUDY FROM TITLE GRID SCHEDULER DRY A B FORMAT PYTHON JOBS KERNEL CELL_SECONDS CELL_MEGABYTES QUICK
override names := $(sort $(filter-out $(settings) MAKEFLAGS SHELL,$(given)))
override quote := "
override special := $$ ` \ $(quote)
$(foreach c,$(special),$(if $(findstring $c,$(names)),$(error a parameter has a name like level; this has none: $(names))))
$(foreach v,$(settings) $(names),$(if $(filter undefined,$(origin $v)),,$(eval override $v := $$(value $v))))

PYTHON ?= python3
JOBS ?= 2
override SHELL := /bin/sh
override .SHELLFLAGS := -c
override python := .venv/bin/python
override ready := .venv/.ready
override pip := $(python) -m pip install --quiet --disable-pip-version-check
override uv := $(python) -m uv pip install --quiet --python $(python)

# Bytecode, once written, serves every later process, whatever the caller has set.
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH
# uv trusts its own certificates only; this lets it trust the machine's, as pip does.
export UV_SYSTEM_CERTS ?= 1
export $(settings) $(names)

# The values reach the program through the environment, so no character in them means anything to the shell.
override overrides := $(foreach v,$(names),"$v=$$$v")
override arguments := $(if $(PARAMS),--params "$$PARAMS") $(if $(STUDY),"study=$$STUDY") $(overrides)
override cluster := $(if $(SCHEDULER),--scheduler "$$SCHEDULER")

.PHONY: help report new test test-long gates verify refresh sweep compare bench calibrate lab lock clean again

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' Makefile | while IFS='|' read -r name what; do printf '%-18s%s\n' "$$name" "$$what"; done
	@printf '\nParameters:  make report level=0.9     make report PARAMS=file.yaml     make report STUDY=path\n'
	@printf 'Limits of a run: make report JOBS=2 CELL_SECONDS=600 CELL_MEGABYTES=50\n'

report: $(ready) ## build reports/report.html from the notebooks, if anything has changed
	@$(python) -I -S analysis/running/manifest.py $(arguments) || exec $(python) -m analysis report $(arguments)

new: $(ready) ## make the folder of a study: make new STUDY=name FROM=counts.csv
	@$(python) -m analysis new "$$STUDY" --from "$$FROM" --title "$$TITLE"

test: $(ready) ## run every test, and the stored outputs of the notebooks against real kernels
	@$(python) -m ruff check --quiet . && $(python) -m ruff format --check --quiet .
	@$(python) -m pytest --quiet -n "$$JOBS" --dist loadfile -m 'not long' --doctest-modules --nbval analysis tests notebooks

test-long: $(ready) ## run the tests that take longer
	@$(python) -m pytest --quiet -n "$$JOBS" -m long tests

gates: $(ready) ## plant a fault for every check, and see that it turns red
	@$(python) -m pytest --quiet -m gate tests

verify: $(ready) ## build everything again and compare every byte with reports/ and notebooks/
	@exec $(python) -m analysis verify

refresh: $(ready) ## run the notebooks in place, accept what changed, and say what it is
	@exec $(python) -m analysis refresh $(arguments)

sweep: $(ready) ## run every combination of a grid: make sweep GRID=grid.yaml, with DRY=1 to see how many
	@$(python) -m analysis sweep "$$GRID" $(cluster) $(if $(DRY),--dry)

compare: $(ready) ## say what differs between two results, and why: make compare A=one B=other
	@$(python) -m analysis compare "$${A:-HEAD}" "$$B" --format "$${FORMAT:-text}"

bench: $(ready) ## measure how long everything takes, against what a user would otherwise run
	@$(python) -m tests.benchmarks.report $(if $(QUICK),--quick)

calibrate: $(ready) ## measure again how often the intervals cover, on the benchmark series
	@$(python) -m analysis calibrate $(cluster)

lab: $(ready) ## open the notebooks in JupyterLab
	@$(python) -m jupyterlab notebooks

lock: $(ready) ## resolve the dependencies in pyproject.toml again into requirements.lock
	@$(python) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --group test --output-file requirements.lock pyproject.toml

clean: ## remove the environment and everything built, keep what is published
	@rm -rf .venv .build .pytest_cache .ruff_cache .hypothesis
	@find analysis tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo 'Left outside this folder: what pip and uv downloaded (~/.cache/pip, ~/.cache/uv, or where they were told).'
	@echo 'Left inside: reports/, with the reports of other parameters and studies in reports/runs/.'

# An environment that has lost its interpreter or a package is set up again.
override there := $(notdir $(wildcard .venv/lib/python3.*/site-packages/*))
override lost := $(filter-out $(there),$(shell cat $(ready) 2>/dev/null))
ifneq ($(if $(wildcard $(python)),,interpreter)$(lost),)
$(ready): again
endif

# pip installs the lock's own entry for uv, by its hashes; uv is many times as quick for all the rest. Bytecode
# is written when a module is first imported: compiling all of it beforehand takes longer than everything else.
$(ready): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'Python 3.11 or newer is needed. Name one: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'Python lacks its venv module. On Debian and Ubuntu: sudo apt-get install python3-venv' >&2; exit 1; }
	@echo 'Setting up .venv (once; downloads about 0.2 GB)'
	@$(PYTHON) -m venv --clear .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt
	@{ $(pip) --require-hashes --requirement .venv/uv.txt && \
		$(uv) --require-hashes --requirement requirements.lock && \
		$(uv) --no-deps --no-build-isolation --editable .; } || \
	{ echo 'uv could not install everything; pip goes on, more slowly' >&2; \
		$(pip) --require-hashes --requirement requirements.lock && \
		$(pip) --no-deps --no-build-isolation --editable .; }
	@echo ../../../.. | tee .venv/lib/python3.*/site-packages/analysis.pth >/dev/null  # no path, so any locale can read it
	@ls .venv/lib/python3.*/site-packages | grep -v __pycache__ > $@.new && mv $@.new $@
