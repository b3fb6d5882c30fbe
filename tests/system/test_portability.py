"""What runs where a system has no flock, no process groups, no local sockets, no signals but a few: a Python without these names.

No Windows is at hand, so a process of this system is made to lack what Windows lacks, and says that it is one. What Windows does of its
own, such as refusing to rename over an open file, is not shown by that.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.gitrepo import GitRepo

WITHOUT_POSIX = """
import enum, fcntl, importlib.util, logging.handlers, os, pkgutil, selectors, shutil, signal, socket, subprocess, sys, tempfile, types
import asyncio, git, numpy, platformdirs, re2, tree_sitter, watchdog.observers, yaml

for name in ("fastapi", "redis", "uvicorn"):
    if importlib.util.find_spec(name):
        importlib.import_module(name)

def copied(module):
    copy = types.ModuleType(module.__name__)
    vars(copy).update(vars(module))
    return copy

# Libraries go on as on this system, for they have branches of their own for Windows.
own = {"os": (os, copied(os)), "signal": (signal, copied(signal))}
for library in list(sys.modules.values()):
    for name, (module, copy) in own.items():
        if vars(library).get(name) is module and library.__name__ != "__main__":
            setattr(library, name, copy)
if importlib.util.find_spec("threadpoolctl"):
    importlib.import_module("threadpoolctl").sys = copied(sys)

LACKING = {
    os: "chown fchdir fchmod fchown fork forkpty geteuid getgid getegid getpgid getpgrp getuid killpg lchown mkfifo nice openpty"
        " posix_spawn pread pwrite setpgid setsid sched_getaffinity sync tcgetpgrp umask_ uname wait"
        " O_CLOEXEC O_DIRECTORY O_NOCTTY O_NOFOLLOW O_NONBLOCK O_SYNC WNOHANG",
    signal: "SIGALRM SIGCHLD SIGHUP SIGKILL SIGQUIT SIGSTOP SIGUSR1 SIGUSR2 alarm pause setitimer",
    socket: "AF_UNIX",
}
real = fcntl.lockf
for module, names in LACKING.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
SIGNALS = ("SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM")
signal.Signals = enum.IntEnum("Signals", {one: int(signal.Signals[one]) for one in SIGNALS})
for name in "fcntl grp posix pty pwd resource syslog termios tty".split():
    sys.modules[name] = None
for name in ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW", "IDLE_PRIORITY_CLASS"):
    setattr(subprocess, name, 0)
msvcrt = sys.modules["msvcrt"] = types.ModuleType("msvcrt")
msvcrt.LK_NBLCK, msvcrt.LK_UNLCK = fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_UN
msvcrt.locking = lambda handle, how, length: real(handle, how, length, os.lseek(handle, 0, os.SEEK_CUR))
sys.platform = "win32"
"""

IMPORT_ALL = """
import foundry_git
for found in pkgutil.walk_packages(foundry_git.__path__, "foundry_git."):
    importlib.import_module(found.name)
print(sorted(name for name in sys.modules if name.startswith("foundry_git.system.")))
"""

FIRST_DAY = """
from foundry_git.cli.main import main

for words in (["init"], ["extract", "--commit", "HEAD"], ["candidates"], ["accept", "python/first-match"], ["worker"], ["doctor"],
              ["search", "first value that a test holds for"], ["run", "--", "true"], ["watch", "--help"]):
    try:
        print("ENDED", words[0], main(words), flush=True)
    except SystemExit as ended:
        print("ENDED", words[0], ended.code, flush=True)
"""

FIRST_MATCH = '''
def first_match(values, holds, default=None):
    """Return the first value for which ``holds`` is true, or ``default`` where there is none."""
    for value in values:
        if holds(value):
            return value
    return default
'''


def run(code: str, repo: GitRepo) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", WITHOUT_POSIX + code],
        cwd=repo.path,
        env=dict(os.environ),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def test_every_module_imports_without_what_only_posix_has(repo: GitRepo) -> None:
    done = run(IMPORT_ALL, repo)

    assert done.returncode == 0, done.stderr
    assert "foundry_git.system.locks" in done.stdout


def test_a_first_day_works_without_what_only_posix_has(repo: GitRepo) -> None:
    repo.commit({"matching.py": FIRST_MATCH})

    done = run(FIRST_DAY, repo)

    ended = [line.removeprefix("ENDED ") for line in done.stdout.splitlines() if line.startswith("ENDED")]
    assert done.returncode == 0, done.stderr
    commands = ("init", "extract", "candidates", "accept", "worker", "doctor", "search", "run", "watch")
    assert ended == [f"{command} 0" for command in commands], done.stdout + done.stderr


def test_a_lock_keeps_others_out_without_flock(repo: GitRepo) -> None:
    path = repo.path / "one.lock"
    holder = WITHOUT_POSIX + (
        "from pathlib import Path\nfrom foundry_git import lock\n"
        "with lock.held(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.readline()\n"
    )
    asker = (
        "from pathlib import Path\nfrom foundry_git import lock\nfrom foundry_git.errors import BusyError\n"
        "try:\n    with lock.held(Path('one.lock'), 0.0):\n        print('free')\nexcept BusyError as error:\n    print(error)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-P", "-c", holder, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        refused = run(asker, repo).stdout
        process.communicate("\n")

    assert f"process {process.pid}" in refused
    assert run(asker, repo).stdout == "free\n"
