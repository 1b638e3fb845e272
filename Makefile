# Thin: each target is one line of intent. Everything that knows something is in analysis/.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
JOBS ?= 2
python := .venv/bin/python
ready := .venv/.ready
pip := $(python) -m pip install --quiet --disable-pip-version-check
uv := $(python) -m uv pip install --quiet --python $(python)

# Bytecode, once written, serves every later process, whatever the caller has set.
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH
# uv trusts its own certificates only; this lets it trust the machine's, as pip does.
export UV_SYSTEM_CERTS ?= 1
export PARAMS JOBS STUDY FROM TITLE GRID SCHEDULER A B

# Every variable given on the command line that is not one of ours is a parameter of the notebooks.
settings := PARAMS STUDY FROM TITLE GRID SCHEDULER DRY A B FORMAT PYTHON JOBS KERNEL QUICK MAKEFLAGS SHELL
given := $(strip $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),$v)))
names := $(sort $(filter-out $(settings),$(given)))
# The values reach the program through the environment, so no character in them means anything to the shell.
overrides = $(foreach v,$(names),"$v=$$$v")
arguments = $(if $(PARAMS),--params "$$PARAMS") $(if $(STUDY),"study=$$STUDY") $(overrides)

cluster = $(if $(SCHEDULER),--scheduler "$$SCHEDULER")

inputs := $(filter-out %.pyc,$(wildcard notebooks/*.ipynb analysis/*.* analysis/*/*.* analysis/*/*/*.* \
	data/*.* data/*/*.* CITATION.cff)) requirements.lock

.PHONY: help report new test verify refresh sweep compare bench calibrate lab lock clean again

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | while IFS='|' read -r name what; do printf '%-18s%s\n' "$$name" "$$what"; done
	@printf '\nParameters:  make report level=0.9     make report PARAMS=file.yaml     make report STUDY=path\n'

report: .build/report.done ## build reports/report.html from the notebooks, if anything has changed

new: $(ready) ## make the folder of a study: make new STUDY=name FROM=counts.csv
	@$(python) -m analysis new "$$STUDY" --from "$$FROM" --title "$$TITLE"

test: $(ready) ## run every test, and the stored outputs of the notebooks against real kernels
	@$(python) -m ruff check --quiet . && $(python) -m ruff format --check --quiet .
	@$(python) -m pytest --quiet -n $(JOBS) --dist loadfile --doctest-modules --nbval analysis tests notebooks

verify: $(ready) ## build everything again and compare every byte with reports/ and notebooks/
	@$(python) -m analysis verify

refresh: $(ready) ## run the notebooks in place, accept what changed, and say what it is
	@$(python) -m analysis refresh $(arguments)

sweep: $(ready) ## run every combination of a grid: make sweep GRID=grid.yaml, with DRY=1 to see how many
	@$(python) -m analysis sweep "$$GRID" $(cluster) $(if $(DRY),--dry)

compare: $(ready) ## say what differs between two results, and why: make compare A=one B=other
	@$(python) -m analysis compare "$${A:-HEAD}" "$$B" --format $(or $(FORMAT),text)

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

# Whether the report is up to date is make's to know: it is when no input is newer, none has come or gone,
# and the parameters are the same. A parameter that is a path, or a file of them, can hide a change, so then
# the program looks; it runs only the notebooks that need it.
looks := $(PARAMS)$(STUDY)$(findstring /,$(foreach v,$(names),$($v)))
ifneq ($(wildcard reports/report.html),reports/report.html)
looks := absent
endif

.build/report.done: $(ready) $(inputs) .build/request $(if $(looks),again)
	@$(python) -m analysis report $(arguments)
	@touch $@

.build/request: again
	@mkdir -p .build
	@new=$$(printf '%s\n' $(inputs) $(arguments)); [ "$$new" = "$$(cat $@ 2>/dev/null)" ] || printf '%s\n' "$$new" > $@

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
	@touch $@
