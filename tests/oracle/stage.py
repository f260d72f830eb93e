"""Runs cases through play_many, the program that plays them with the shipped manifest reader and core."""
import os
import subprocess
import sys

BATCH = 250


def arguments(default):
    """FLEETS and FIRST_SEED of the command line."""
    given = [int(word) for word in sys.argv[1:3]]
    return (given + [default, 1][len(given):])[:2]


def play(cases):
    """cases: (name, lines). Yields (name, what came of it in lines); None when the program ended in the middle of it."""
    program = os.path.join(os.environ.get("SETPOINT_BUILD", "."), "tests/oracle/play_many")
    for start in range(0, len(cases), BATCH):
        text = "".join(f"=== {name}\n" + "\n".join(lines) + "\n" for name, lines in cases[start:start + BATCH])
        ended = subprocess.run([program], input=text, capture_output=True, text=True, check=False)
        parts = ended.stdout.split("=== ")[1:]
        if ended.stderr:
            print("# " + ended.stderr.replace("\n", "\n# "))
        for place, part in enumerate(parts):
            name, _, rest = part.partition("\n")
            broken = ended.returncode != 0 and place == len(parts) - 1
            yield name, None if broken else rest.splitlines()


class Tap:
    def __init__(self):
        self.number, self.good = 0, True

    def test(self, good, what):
        self.number += 1
        self.good &= bool(good)
        print(f"{'ok' if good else 'not ok'} {self.number} - {what}", flush=True)

    def end(self, counted):
        print(f"1..{self.number}\n# count: {counted}", flush=True)
        sys.exit(0 if self.good else 1)


def show(lines, most=60):
    for line in lines[:most]:
        print("# " + line)
    if len(lines) > most:
        print(f"# … and {len(lines) - most} lines more")
