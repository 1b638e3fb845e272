"""The command line behind the Makefile: ``python -m analysis COMMAND``."""

from __future__ import annotations

import argparse
import dataclasses
import functools
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from analysis.plain_text import Refusal
from analysis.running.execute import RunFailed, fix_environment

KEPT = "what is published is whole, and another run goes on from it"
# What to say after why a command was refused.
AFTER = {
    "report": "reports/ is as it was.",
    "refresh": "Nothing was changed.",
    "new": "Nothing was written.",
    "accept": "Nothing was accepted.",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, as every refusal has."""
        self.exit(2, f"{self.prog}: {message}; add --help to see what it takes\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. What a user can mend is said in one line on standard error."""
    parser = _Parser(prog="python -m analysis", description=(__doc__ or "").partition(":")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    report = commands.add_parser("report", help="build reports/ from the notebooks")
    report.add_argument("--params", default="", metavar="FILE", help="YAML file of parameters")
    report.add_argument("assignments", nargs="*", metavar="NAME=VALUE", help="parameters that differ from the defaults")
    refresh = commands.add_parser("refresh", help="run the notebooks in place, and accept what changed")
    refresh.add_argument("--params", default="", help=argparse.SUPPRESS)
    refresh.add_argument("assignments", nargs="*", help=argparse.SUPPRESS)
    commands.add_parser("verify", help="build again and compare with what is committed, byte for byte")
    audit = commands.add_parser("audit", help="check the claims of an article; status 1 if one fails")
    audit.add_argument("figures", nargs="?", metavar="FIGURES", help="a CSV of figures, or a study: folder or JSON")
    audit.add_argument("claims", nargs="?", metavar="CLAIMS", help="a text of one claim a line; a study has its own")
    audit.add_argument("--format", choices=["text", "csv", "json"], default="text", help="how to print the verdicts")
    audit.add_argument("--kinds", action="store_true", help="print the page of kinds, hedges and verdicts")
    calibrate = commands.add_parser("calibrate", help="measure the coverage of every forecasting method again")
    calibrate.add_argument("--scheduler", default="", metavar="ADDRESS", help="as for sweep")
    new = commands.add_parser("new", help="make the folder of a study from a CSV of periods and counts")
    new.add_argument("study", metavar="NAME", help="a name under data/, or the path of a new folder")
    new.add_argument("--from", dest="counts", required=True, metavar="CSV", help="one column of periods, one of counts")
    new.add_argument("--title", default="", help="what is counted, and where")
    accept = commands.add_parser("accept", help="show which files of a study changed, and accept them with --yes")
    accept.add_argument("study", metavar="FOLDER", help="the folder of a study")
    accept.add_argument("--yes", action="store_true", help="write the new sizes and hashes")
    sweep = commands.add_parser("sweep", help="run every combination of a grid of parameters")
    sweep.add_argument("grid", metavar="GRID", type=Path, help="a YAML file of lists and ranges of parameters")
    sweep.add_argument("--scheduler", default="", metavar="ADDRESS", help="a running Dask cluster: tcp://host:8786")
    sweep.add_argument("--dry", action="store_true", help="only say how many runs there are and how long they take")
    compare = commands.add_parser("compare", help="what differs between two sets of results, and why")
    compare.add_argument("before", metavar="A", help="a folder with results.json, a study, or a revision of git")
    compare.add_argument("after", metavar="B", nargs="?", default="", help="the same; without it, the working tree")
    forms = ["text", "markdown", "json", "html"]
    compare.add_argument("--format", choices=forms, default="text", help="how to print the comparison")
    trace = commands.add_parser("trace", help="follow one number back to the rows it was computed from")
    trace.add_argument("name", metavar="NAME", help="of a result, as reports/results.json has it")
    options = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        status = globals()[f"_{options.command}"](options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # a reader such as head has closed early
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is said of it at the end either
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt as stopped:
        return _refuse(f"stopped by {signal.Signals(stopped.args[0]).name}; {KEPT}", 128 + stopped.args[0])
    except (Refusal, RunFailed) as error:
        return _refuse("\n".join(filter(None, (str(error), AFTER.get(options.command)))))
    except ImportError as error:
        return _refuse(f"{error}: a package is gone or damaged; rm -r .venv, and make sets it up again")
    except OSError as error:
        return _refuse(f"{error.filename or 'a file'}: {error.strerror or error}; {KEPT}")


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt(number)


def _report(options: argparse.Namespace) -> int:
    from analysis.publishing import report

    print(report.build(options.params, options.assignments))
    return 0


def _refresh(options: argparse.Namespace) -> int:
    from analysis.publishing import report

    if options.params or options.assignments:
        raise Refusal("refresh takes no parameters, it accepts the default run; for others use make report")
    print("\n".join(report.refresh()) or "Every output is as it was.")
    return 0


def _verify(options: argparse.Namespace) -> int:
    fix_environment()
    from analysis.publishing import receipt

    return 0 if receipt.write() else 1


def _audit(options: argparse.Namespace) -> int:
    from analysis.claims.output import audit_command

    if options.kinds:
        from analysis.claims.page import page

        print(page(), end="")
        return 0
    if not options.figures:
        return _refuse("audit: no figures; give a CSV file and a text of claims, or the folder of a study")
    text, refused, status = audit_command(options.figures, options.claims, options.format)
    if text:
        print(text)
    return _refuse(refused, status) if refused else status


def _calibrate(options: argparse.Namespace) -> int:
    fix_environment()
    from analysis.reliability.measurement import write_artefacts
    from analysis.running.cluster import mapped

    write_artefacts(over=functools.partial(mapped, scheduler=options.scheduler))
    print("data/benchmark/calibration.json and reference_class.json, with their hashes")
    return 0


def _new(options: argparse.Namespace) -> int:
    from analysis.figures import load
    from analysis.figures.accept import summary
    from analysis.figures.files import shown
    from analysis.figures.new import new

    folder = new(options.study, options.counts, title=options.title)
    for one in load(folder).series.values():
        print(f"{one.role}, {one.name}: {summary(one)}")
    print(f"{shown(folder)}: give it its words in study.yml, and its claims in claims.yml if there is an article.")
    return 0


def _accept(options: argparse.Namespace) -> int:
    from analysis.figures.accept import accept, changed

    folder = Path(options.study).absolute()
    lines = accept(folder) if options.yes else changed(folder)[1]
    print("\n".join(lines) or "Every file is as it was accepted.")
    if lines and not options.yes:
        print("Nothing is written yet. If this is meant, add --yes.")
    return 0


def _sweep(options: argparse.Namespace) -> int:
    from analysis.running import grid, plan, sweep
    from analysis.running.files import write_whole

    runs = grid.read_grid(options.grid, plan.defaults())
    folder = sweep.SWEEPS / runs.name
    print(sweep.expected(runs, folder), flush=True)
    if options.dry:
        return 0
    failed = sweep.compute(runs, folder, scheduler=options.scheduler, say=functools.partial(print, flush=True))
    from analysis.publishing.many import sweep_page

    write_whole({folder / "index.html": sweep_page(runs, sweep.tabulate(runs, folder))})
    print(f"{folder.relative_to(sweep.ROOT).as_posix()}: index.html, table.parquet, table.csv")
    return 1 if failed else 0


def _compare(options: argparse.Namespace) -> int:
    from analysis.running.compare import compare, read

    found = compare(read(options.before), read(options.after))
    if options.format == "html":
        from analysis.publishing.many import compare_page

        print(compare_page(found), end="")
    elif options.format == "json":
        print(json.dumps(dataclasses.asdict(found), ensure_ascii=False, indent=1))
    else:
        print(found.markdown() if options.format == "markdown" else "\n".join(found.words()))
    return 0


def _trace(options: argparse.Namespace) -> int:
    from analysis.publishing.trace import trace
    from analysis.running.compare import read

    print(trace(options.name, read("").records))
    return 0


def _refuse(message: str, status: int = 2) -> int:
    print(message, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
