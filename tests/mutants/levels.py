"""What may kill a mutant, from what costs least to what costs most; the first that fails ends it."""
import contextlib
import glob
import os
import resource
import shutil
import signal
import subprocess
import time
from collections import namedtuple

import house

# argv: the command; about: which sources it is a test of first, as the start of a name; "" = of none more than others.
# preload: a library that watches the program, or "".
Check = namedtuple("Check", "name argv about preload", defaults=("",))
Level = namedtuple("Level", "name checks")

# Of the unit tests those that read reconcile/ and providers/, in a moment.
UNIT = ("base", "reconcile", "providers", "manifests", "daemon_dispatch", "daemon_session", "daemon_history")
CONTRACTS = {"kakaocloud": "providers_kakaocloud", "nhnv1": "providers_nhnv1", "nova": "providers_nova",
             "tencent": "providers_tencent"}
LEAKS = " without a leak"
DEAR = 2  # the last ones: nine tenths of the time of a mutant that survives
FLEETS, RELATED, SEEDS = 500, 20, 300
MEMORY_MAX = 4 << 30
TIMED_OUT = (-signal.SIGXCPU, 128 + signal.SIGXCPU)
CPU_TIMES, CPU_MORE_S = 10, 5     # what a mutant may need: so many times what the product needs, and so much beside
WALL_TIMES, WALL_MORE_S = 20, 60  # the same of what waits for ever; a machine may be busy


def tests_of(root):
    """The names of the unit and contract programs, with what each is about."""
    for source in sorted(glob.glob(os.path.join(root, "tests/unit/*_test.c"))):
        name = os.path.basename(source)[:-2]
        if name.startswith(tuple(f"{one}_" for one in UNIT)):
            yield f"tests/unit/{name}", name[:-len("_test")]
    for folder, about in CONTRACTS.items():
        for source in sorted(glob.glob(os.path.join(root, f"tests/contract/{folder}/*_test.c"))):
            yield os.path.relpath(source, root)[:-2], about


def leak_watcher(compiler):
    """gcc's leak sanitizer as a library, which sees what `./setup sanitize` would; "" = there is none."""
    told = subprocess.run([*compiler, "-print-file-name=liblsan.so"], capture_output=True, text=True, check=False).stdout.strip()
    return told if os.path.isabs(told) else ""


def levels_of(root, build, compiler):
    """All levels, and the programs they need."""
    few = [Check(name, [os.path.join(build, name)], about) for name, about in tests_of(root)]
    targets = sorted(os.path.basename(one) for one in glob.glob(os.path.join(root, "tests/fuzz/corpus/*")))
    corpus = [Check(f"tests/fuzz/{one}", [os.path.join(build, "tests/fuzz", one),
                                         *sorted(glob.glob(os.path.join(root, "tests/fuzz/corpus", one, "*")))], "")
              for one in targets]
    golden = Check("tests/golden/golden_test", [os.path.join(build, "tests/golden/golden_test")], "")
    watcher = leak_watcher(compiler)
    watched = [one._replace(name=one.name + LEAKS, preload=watcher) for one in (golden, *corpus) if watcher]
    sim = os.path.join(build, "tests/sim/sim")
    oracle = os.path.join(root, "tests/oracle")
    levels = [
        Level("unit and contract", few),
        Level("golden", [golden]),
        Level("fuzz corpus", corpus),
        Level("the two" + LEAKS, watched),
        Level("drawn fleets", [Check("relations_test", [f"{oracle}/relations_test", str(RELATED)], ""),
                               Check("oracle_test", [f"{oracle}/oracle_test", str(FLEETS)], "")]),
        Level("simulation", [Check("sim", [sim, "--seeds", str(SEEDS), "--once"], "")]),
        Level("crash points", [Check("crash points", [sim, "--crash-points", "smoke"], "")]),
    ]
    programs = [name for name, _ in tests_of(root)] + [f"tests/fuzz/{one}" for one in targets]
    return levels, programs + ["tests/golden/golden_test", "tests/oracle/play_many", "tests/sim/sim"]


def in_order(level, file):
    """The checks of a level, first those that are about the file."""
    stem = file.rsplit(".", 1)[0].replace("reconcile/base/", "base/").replace("/", "_")
    near = [one for one in level.checks if one.about == stem]
    far = [one for one in level.checks if one.about and one.about != stem and stem.startswith(one.about)]
    return near + far + [one for one in level.checks if one not in near and one not in far]


class Court:
    """Runs checks against a library that lies in a folder. costs: seconds of CPU and of time of each on the product itself."""

    def __init__(self, levels, root, build):
        self.levels, self.costs = levels, {}
        self.environment = {**os.environ, "SETPOINT_SOURCE_DIR": root, "SETPOINT_BUILD": build, "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, check, folder):
        """"" = passed; "failed"; "timed out"."""
        cpu, wall = self.costs.get(check.name, (60, 60))
        most = int(cpu * CPU_TIMES + CPU_MORE_S)
        temporary = os.path.join(folder, "tmp")
        shutil.rmtree(temporary, ignore_errors=True)
        os.makedirs(temporary)

        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
            if not check.preload:  # a sanitizer maps more than there is
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with subprocess.Popen(check.argv, env={**self.environment, "LD_LIBRARY_PATH": folder, "TMPDIR": temporary, "LD_PRELOAD": check.preload},
                              cwd=temporary,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              start_new_session=True, preexec_fn=limit) as process:
            try:
                code = process.wait(wall * WALL_TIMES + WALL_MORE_S)
            except subprocess.TimeoutExpired:
                code = TIMED_OUT[0]
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        return "" if code == 0 else "timed out" if code in TIMED_OUT else "failed"

    def calibrate(self, folder):
        """What each check needs of the unchanged product, which must pass all of them."""
        costs = {}
        for level in self.levels:
            for check in level.checks:
                before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
                if self.run(check, folder):
                    raise house.Trouble(f"{check.name} fails without any mutant: {' '.join(check.argv[:4])}")
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                costs[check.name] = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - begun)
        self.costs = costs

    def judge(self, file, folder):
        """(level, check, how) of what killed the mutant whose library lies in folder; None = it survived."""
        for level in self.levels:
            for check in in_order(level, file):
                how = self.run(check, folder)
                if how:
                    return level.name, check.name, how
        return None
