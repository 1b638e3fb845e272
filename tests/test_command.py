"""The command line: whatever ends a run says so in one line, and leaves an exit status."""

import signal
import subprocess
import sys

import pytest

from analysis.__main__ import main

COMMAND = (
    "import errno, os, sys, time; from analysis import __main__; from analysis.publishing import report\n"
    "def build(*given):\n"
    "    print('begun', flush=True)\n"
    "    {what}\n"
    "report.build = build\n"
    "sys.exit(__main__.main(['report']))"
)
KEPT = "what is published is whole, and another run goes on from it\n"


def started(what):
    command = [sys.executable, "-c", COMMAND.format(what=what)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "begun\n"
    return run


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_run_in_one_line(number):
    run = started("time.sleep(60)")
    run.send_signal(number)
    assert run.communicate(timeout=30)[1] == f"stopped by {number.name}; {KEPT}"
    assert run.returncode == 128 + number


@pytest.mark.parametrize("fault", ["ENOSPC", "EROFS", "EACCES"])
def test_what_the_disk_refuses_is_one_line(fault):
    run = started(f"raise OSError(errno.{fault}, os.strerror(errno.{fault}), 'reports')")
    told = run.communicate(timeout=30)[1]
    assert told.startswith("reports: ")
    assert told.endswith(KEPT)
    assert (told.count("\n"), run.returncode) == (1, 2)


def test_a_package_that_is_gone_is_one_line():
    run = started("import a_package_that_is_gone")
    told = (
        "No module named 'a_package_that_is_gone': a package is gone or damaged; rm -r .venv, and make sets it up again"
    )
    assert run.communicate(timeout=30)[1] == f"{told}\n"
    assert run.returncode == 2


def test_help_without_docstrings():
    shown = subprocess.run([sys.executable, "-OO", "-m", "analysis", "--help"], capture_output=True, check=False)
    assert shown.returncode == 0


def test_trace_follows_a_number_and_refuses_a_misspelt_one(capsys):
    assert main(["trace", "count.last"]) == 0
    assert capsys.readouterr().out.startswith("count.last: 594 accounts\n")
    assert main(["trace", "count.lst"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("no result is named 'count.lst'; did you mean")
    assert told.count("\n") == 1


def test_a_setting_that_is_no_number_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr("analysis.__main__.fix_environment", lambda: None)
    monkeypatch.setenv("JOBS", "many")
    assert main(["calibrate"]) == 2
    assert capsys.readouterr().err.startswith("JOBS=many: write how many notebooks")


def test_a_reader_that_closes_early_ends_a_command_quietly():
    command = [sys.executable, "-m", "analysis", "audit", "--kinds"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == 128 + signal.SIGPIPE
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN  # or a broken pipe would end whoever runs a command


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["refresh", "level=0.8"], "refresh takes no parameters"),
        (["refresh", "--params", "file.yaml"], "refresh takes no parameters"),
        (["sweep"], "the following arguments are required: GRID"),
        (["audti"], "invalid choice: 'audti'"),
        (["verify", "level=0.8"], "unrecognized arguments: level=0.8"),
    ],
)
def test_a_command_that_is_not_understood_is_refused_without_usage(arguments, told):
    run = subprocess.run([sys.executable, "-m", "analysis", *arguments], capture_output=True, text=True, check=False)
    assert told in run.stderr.splitlines()[0]
    assert "usage" not in run.stderr
    assert run.returncode == 2
