"""Nothing is lost at any moment: every write of a publication fails once, and once the process is killed there."""

import errno
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analysis.running import files, stored

CALLS = ("open", "write", "fsync", "replace", "rename", "unlink", "makedirs", "fchmod")
OLD = {"reports/report.html": b"old", "reports/results.json": b"old", "reports/notebooks/1.ipynb": b"old"}
NEW = {name: content.replace(b"old", b"new") for name, content in OLD.items()}
GONE = {"reports/notebooks/gone.ipynb": b"old"}
RUNS = {"reports/runs/a/b/report.html": b"another run", "reports/mine.txt": b"a user's"}
OTHERS = {"README.md": b"old", "notebooks/1.ipynb": b"old"}
NEW_OTHERS = {name: b"new" for name in OTHERS}


def lay(folder, contents):
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def publish(folder, others=()):
    """What a run does: it heals first, then publishes."""
    files.heal(folder / ".build" / "journal.json")
    new = {name.removeprefix("reports/"): content.decode() for name, content in NEW.items()}
    files.publish(
        folder / ".build" / "journal.json", folder / "reports", new, {folder / name: "new" for name in others}
    )


def seen(folder):
    return {name: content for name, content in stored.contents(folder).items() if not name.startswith(".")}


def failing(folder, others, at, fault, each):
    """Publish in a fork whose call number `at` fails by `fault`; False when there are fewer calls."""
    child = os.fork()
    if not child:
        status = 99
        try:
            counter = itertools.count()
            exchange = files._exchanged

            def counted(call):
                def stand_in(*arguments, **named):
                    if next(counter) == at:
                        if fault == "kill":
                            os.kill(os.getpid(), signal.SIGKILL)
                        raise OSError(fault, os.strerror(fault), str(arguments[0]))
                    return call(*arguments, **named)

                return stand_in

            os.fsync = lambda handle: None  # counted, but not waited for
            for name in CALLS:
                setattr(os, name, counted(getattr(os, name)))
            files._exchanged = (lambda *_: False) if each else counted(exchange)
            publish(folder, others)
            status = 0
        except OSError:
            status = 1
        finally:
            os._exit(status)
    status = os.waitpid(child, 0)[1]
    assert os.waitstatus_to_exitcode(status) in (0, 1, -signal.SIGKILL)
    return status != 0


@pytest.mark.parametrize("others", [(), tuple(OTHERS)], ids=["report", "refresh"])
@pytest.mark.parametrize(("fault", "each"), [("kill", False), (errno.ENOSPC, False), ("kill", True)])
def test_old_or_new_at_every_call_and_healed_by_the_next_run(tmp_path, monkeypatch, fault, others, each):
    before = OLD | GONE | RUNS | OTHERS
    after = NEW | RUNS | OTHERS | {name: b"new" for name in others}
    for at in itertools.count():
        folder = tmp_path / str(at)
        lay(folder, before)
        reached = failing(folder, others, at, fault, each)
        # The published files are of one run at once, whatever else waits for the next one.
        if not each:
            now = {name: content for name, content in seen(folder).items() if name in OLD | GONE}
            assert now in (OLD | GONE, NEW), at
        # Any next run, of other parameters as well, first completes what was decided.
        files.heal(folder / ".build" / "journal.json")
        assert seen(folder) in (before, after), at
        with monkeypatch.context() as quick:
            quick.setattr(os, "fsync", lambda handle: None)
            publish(folder, others)
        assert stored.contents(folder) == after, at
        if not reached:
            break
    assert at > (20 if others else 15)


def test_a_project_that_was_copied_after_a_kill_publishes_in_itself(tmp_path, monkeypatch):
    lay(tmp_path / "first", OLD)
    monkeypatch.setattr(files, "_stage", lambda entry: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path / "first")
    monkeypatch.undo()
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    files.heal(tmp_path / "second" / ".build" / "journal.json")
    assert (seen(tmp_path / "first"), seen(tmp_path / "second")) == (OLD, NEW)


def test_a_report_is_replaced_by_an_exchange_of_folders(tmp_path):
    lay(tmp_path, OLD)
    held_open = os.open(tmp_path / "reports", os.O_RDONLY)
    publish(tmp_path)
    same = os.fstat(held_open).st_ino == (tmp_path / "reports").stat().st_ino
    os.close(held_open)
    assert same == (sys.platform != "linux")


def test_a_full_disk_in_earnest(tmp_path):
    """The kernel refuses what is written beyond a size, in the middle of a file."""
    lay(tmp_path, OLD)
    program = (
        "import resource, sys, pathlib; from analysis.running import files; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)); place = pathlib.Path(sys.argv[1]); "
        "files.publish(place / '.build' / 'journal.json', place / 'reports', {'report.html': 'x' * 20_000}, {})"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=False)
    assert "File too large" in done.stderr
    assert stored.contents(tmp_path) == OLD


def test_a_place_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    lay(tmp_path, OLD)
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # a superuser is never refused
    with pytest.raises(PermissionError, match="reports"):
        publish(tmp_path)
    assert seen(tmp_path) == OLD


def test_one_file_is_whole_or_as_it_was(tmp_path, monkeypatch):
    lay(tmp_path, {"a": b"old"})
    files.write_whole({tmp_path / "b" / "c": "neu\u00e4"})
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    with pytest.raises(OSError, match="full"):
        files.write_whole({tmp_path / "a": "new"})
    assert stored.contents(tmp_path) == {"a": b"old", "b/c": "neu\u00e4".encode()}


HOLD = (
    "import sys, pathlib, time; from analysis.running import files\n"
    "with files.temporary(pathlib.Path(sys.argv[1])) as own, files.held(pathlib.Path(sys.argv[1]) / 'lock'):\n"
    "    (own / 'x').touch(); print(own, flush=True); time.sleep(60)"
)


def test_a_killed_process_leaves_no_lock_and_its_folder_no_longer_than_the_next_run(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True)
    left = Path(holder.stdout.readline().strip())
    with files.temporary(tmp_path) as own:
        assert left.exists(), "it is in use"
        assert own != left
    with pytest.raises(BlockingIOError), files.held(tmp_path / "lock", wait=False):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with files.temporary(tmp_path), files.held(tmp_path / "lock", wait=False):
        assert not left.exists()
    assert not list(tmp_path.glob("run-*"))


def test_two_runs_at_once_both_end_whole(tmp_path):
    program = (
        "import sys, pathlib; from analysis.running import files; place = pathlib.Path(sys.argv[1])\n"
        "journal = place / '.build' / 'journal.json'\n"
        "for n in range(10):\n"
        "    with files.held(place / 'lock'):\n"
        "        files.heal(journal)\n"
        "        text = {name: sys.argv[2] * (n + 1) for name in ('a', 'b/c', 'd')}\n"
        "        files.publish(journal, place / 'reports', text, {})\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", program, tmp_path, who]) for who in "xy"]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    assert set(stored.contents(tmp_path / "reports").values()) in ({b"x" * 10}, {b"y" * 10})


def test_a_kill_at_any_moment_of_many_publications(tmp_path):
    """In earnest and by the clock, where the loop above stands on a list of calls."""
    lay(tmp_path, OLD | RUNS)
    program = (
        "import sys, pathlib, itertools; from analysis.running import files; place = pathlib.Path(sys.argv[1])\n"
        "journal = place / '.build' / 'journal.json'\n"
        "for n in itertools.count():\n"
        "    text = {name: str(n) for name in ('report.html', 'results.json', 'notebooks/1.ipynb')}\n"
        "    files.heal(journal); files.publish(journal, place / 'reports', text, {})\n"
    )
    for wait in (0.21, 0.22, 0.23):
        run = subprocess.Popen([sys.executable, "-c", program, tmp_path])
        time.sleep(wait)
        run.kill()
        run.wait()
        files.heal(tmp_path / ".build" / "journal.json")
        found = stored.contents(tmp_path / "reports")
        assert {name: found.pop(name) for name in ("runs/a/b/report.html", "mine.txt")} == {
            name.removeprefix("reports/"): content for name, content in RUNS.items()
        }
        assert len(set(found.values())) == 1, found
        assert not list(tmp_path.glob(".*.new"))
