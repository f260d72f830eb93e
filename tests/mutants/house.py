"""Where mutants live. reconcile/ and providers/ are one shared object here, which every test program loads: a mutant costs
a compilation and a link of that object, and no program is linked anew. The tree itself is never written to."""
import glob
import hashlib
import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

FOLDERS = ("reconcile", "providers")
# As the product is optimised: functions of one file may be inlined though the code is for a shared object.
FLAGS = ["-std=gnu17", "-O2", "-fPIC", "-fno-semantic-interposition", "-D_GNU_SOURCE", "-w"]
LIBRARY = "libcore.so"


class Trouble(Exception):
    """What stops all of it: no mutant can be judged."""


def must(command, **more):
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)
    if ended.returncode:
        raise Trouble(f"{' '.join(command[:6])}: exit status {ended.returncode}\n" + "\n".join(ended.stdout.splitlines()[-20:]))
    return ended.stdout


class House:
    """root: the tree; scratch: where all is written; objects: a source file's unchanged object."""

    def __init__(self, root, scratch, jobs, compiler="cc", libraries=("-lcjson",)):
        self.root, self.scratch, self.jobs = os.path.abspath(root), os.path.abspath(scratch), jobs
        self.compiler, self.libraries = compiler.split(), list(libraries)
        self.files = sorted(os.path.relpath(one, self.root) for folder in FOLDERS
                            for one in glob.glob(os.path.join(self.root, folder, "**", "*.[ch]"), recursive=True))
        self.sources = [one for one in self.files if one.endswith(".c")]
        self.objects = {one: self.place("objects", one[:-2] + ".o") for one in self.sources}
        self.users = {}  # a header's sources

    def place(self, *parts):
        path = os.path.join(self.scratch, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def read(self, file):
        return contents(os.path.join(self.root, file))

    def compile(self, file, text, to, before=()):
        """Whether text compiles in file's place: under its name, so that only what is done differs in the object."""
        command = [*self.compiler, *FLAGS, *before, f"-I{self.root}", "-x", "c", "-c", "-o", to, "-"]
        return subprocess.run(command, input=f'# 1 "{file}"\n{text}', text=True, cwd=self.scratch, check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def build(self):
        """The unchanged objects and the unchanged library, unless they are there."""
        stamp, now = self.place("objects", "of"), " ".join([*self.compiler, *FLAGS, digest(self.root, FOLDERS)])
        if os.path.exists(stamp) and contents(stamp) == now:
            return
        with ThreadPoolExecutor(self.jobs) as pool:
            built = list(pool.map(lambda one: self.compile(one, self.read(one), self.objects[one]), self.sources))
        if not all(built):
            raise Trouble(f"{self.sources[built.index(False)]} does not compile")
        self.link({}, self.place("plain", LIBRARY))
        with open(stamp, "w", encoding="utf-8") as stream:
            stream.write(now)

    def link(self, changed, to):
        objects = [changed.get(one, self.objects[one]) for one in self.sources]
        must([*self.compiler, "-shared", "-Wl,-Bsymbolic", f"-Wl,-soname,{LIBRARY}", "-o", to, *objects, *self.libraries])

    def sources_of(self, file):
        """Which sources a file is compiled in."""
        if file.endswith(".c"):
            return [file]
        if not self.users:
            for one in self.sources:
                names = must([*self.compiler, *FLAGS, "-I.", "-MM", one], cwd=self.root).split()
                for name in names:
                    self.users.setdefault(os.path.normpath(name), []).append(one)
        return self.users.get(file, [])

    def plant(self, file, text, folder):
        """The objects of a mutant, in folder: a dictionary; None = it does not compile; {} = none of them differs."""
        shutil.rmtree(folder, ignore_errors=True)
        changed, before = {}, []
        if not file.endswith(".c"):
            with open(self.place(folder, file), "w", encoding="utf-8") as stream:
                stream.write(text)
            before = [f"-I{folder}"]
        for number, one in enumerate(self.sources_of(file)):
            to = self.place(folder, f"{number}.o")
            if not self.compile(one, text if one == file else self.read(one), to, before):
                return None
            if same(to, self.objects[one]):
                os.unlink(to)
            else:
                changed[one] = to
        return changed

    def lines(self):
        """All lines that gcc's notes for gcov call executable: (file, line), in order."""
        kept, now = self.place("notes", "lines"), digest(self.root, FOLDERS)
        if os.path.exists(kept):
            of, lines = json.loads(contents(kept))
            if of == now:
                return [tuple(one) for one in lines]
        with ThreadPoolExecutor(self.jobs) as pool:
            lines = sorted(set().union(*pool.map(self._lines_of, self.sources)))
        with open(kept, "w", encoding="utf-8") as stream:
            json.dump([now, lines], stream)
        return lines

    def _lines_of(self, source):
        to = self.place("notes", source[:-2] + ".o")
        must([*self.compiler, *FLAGS, "-O0", "--coverage", f"-I{self.root}", "-c", "-o", to, source], cwd=self.root)
        told = subprocess.run(["gcov", "--json-format", "--stdout", to[:-2] + ".gcno"], capture_output=True, text=True, check=True)
        return {(os.path.relpath(os.path.join(self.root, part["file"]), self.root), line["line_number"])
                for part in json.loads(told.stdout)["files"] for line in part["lines"]
                if os.path.relpath(os.path.join(self.root, part["file"]), self.root).startswith(FOLDERS)}


def contents(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def same(one, other):
    with open(one, "rb") as first, open(other, "rb") as second:
        return first.read() == second.read()


def digest(root, folders):
    """A sum over what stands in folders, or over single files."""
    total = hashlib.sha256()
    for folder in folders:
        path = os.path.join(root, folder)
        files = sorted(glob.glob(os.path.join(path, "**"), recursive=True)) if os.path.isdir(path) else [path]
        for file in filter(os.path.isfile, files):
            if "__pycache__" not in file:
                with open(file, "rb") as stream:
                    total.update(os.path.relpath(file, root).encode() + b"\0" + hashlib.sha256(stream.read()).digest())
    return total.hexdigest()


def programs(house, names):
    """The test programs, in a build directory of their own where the libraries' names stand for the shared object."""
    build = house.place("programs", "Makefile").rsplit("/", 1)[0]
    configured = os.path.join(build, "config.status")
    if not os.path.exists(configured):
        must([os.path.join(house.root, "configure"), "-q", f"CC={' '.join(house.compiler)}",
              "CFLAGS=-O2 -fPIC -fno-semantic-interposition"], cwd=build)
    environment = {**os.environ, "MAKEFLAGS": ""}
    library = os.path.join(house.scratch, "plain", LIBRARY)
    for name in ("reconcile/libreconcile.a", "providers/libproviders.a"):
        with open(house.place("programs", name), "w", encoding="ascii") as stream:
            stream.write(f"INPUT({library})\n")
    plain = ["make", "-s", f"-j{house.jobs}", "-o", "reconcile/libreconcile.a", "-o", "providers/libproviders.a"]
    must([*plain, "daemon/libdispatch.a"], cwd=build, env=environment)
    must([*plain, *names, "SIM_PRODUCT_LIBS=", f"SIM_PRODUCT={build}/daemon/libdispatch.a {library}"], cwd=build, env=environment)
    return build
