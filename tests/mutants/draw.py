"""Which mutants: drawn by a seed, a line first and then one of what can be done to it, never picked."""
import random
from collections import Counter, namedtuple

import operators

# number: of the draw; before, after: the lines that differ, without the blanks at their sides.
Mutant = namedtuple("Mutant", "number file line column operator function before after text")


def describe(file, source, mutation, number=0):
    text = source.mutated(mutation)
    last = mutation.line + source.text.count("\n", mutation.start, mutation.end)
    function = source.function(mutation.line)

    def part(of):
        return [one.strip() for one in of.split("\n")[mutation.line - 1:last] if one.strip()]
    return Mutant(number, file, mutation.line, mutation.column, mutation.operator, function.name if function else "",
                  part(source.text), part(text), text)


def name(mutant):
    return f"{mutant.file}:{mutant.line}:{mutant.column}:{mutant.operator}"


class Draw:
    """Yields mutants without end; counts holds what was drawn and is none."""

    def __init__(self, house, lines, seed):
        self.house, self.lines, self.counts, self.sources, self.seen = house, lines, Counter(), {}, set()
        self.chance = random.Random(seed)

    def source(self, file):
        if file not in self.sources:
            self.sources[file] = operators.Source(self.house.read(file))
        return self.sources[file]

    def one_of(self, several):
        return several[int(self.chance.random() * len(several))]

    def __iter__(self):
        while True:
            file, line = self.one_of(self.lines)
            self.counts["drawn"] += 1
            several = self.source(file).mutations(line)
            if not several:
                self.counts["no operator"] += 1
                continue
            mutant = describe(file, self.source(file), self.one_of(several), self.counts["drawn"])
            if name(mutant) in self.seen:
                self.counts["drawn before"] += 1
                continue
            self.seen.add(name(mutant))
            yield mutant


def named(house, words):
    """The mutants that FILE:LINE[:COLUMN][:OPERATOR] names."""
    file, line, *rest = words.split(":")
    if file not in house.files or not line.isdigit():
        return []
    source = operators.Source(house.read(file))
    found = [describe(file, source, one) for one in source.mutations(int(line))]
    columns, names = [int(one) for one in rest if one.isdigit()], [one for one in rest if not one.isdigit()]
    return [one for one in found if (not columns or one.column in columns) and (not names or one.operator in names)]


class Equivalents:
    """The file of mutants that nothing can tell from the product. A row:

        FILE FUNCTION
        - the lines as they are
        + the lines of the mutant
        = why"""

    def __init__(self, path):
        self.rows, self.path = [], path
        with open(path, encoding="utf-8") as stream:
            for line in stream:
                kind, rest = line[:2], line[2:].strip()
                if kind in ("- ", "+ ", "= ") and self.rows:
                    self.rows[-1][kind[0]].append(rest)
                elif line.strip() and line[0] != "#":
                    file, _, function = line.strip().partition(" ")
                    self.rows.append({"file": file, "function": function, "-": [], "+": [], "=": []})

    def why(self, mutant):
        """The reason that is written for it; "" = none."""
        for row in self.rows:
            if (row["file"], row["function"], row["-"], row["+"]) == (mutant.file, mutant.function, mutant.before, mutant.after):
                return " ".join(row["="])
        return ""

    def stale(self, house):
        """The rows that are no mutants of the tree (any more), or give no reason."""
        found = []
        for row in self.rows:
            good = row["file"] in house.files and " ".join(row["="])
            if not (good and any(self.fits(row, house.read(row["file"])))):
                found.append(f"{row['file']} {row['function']}: {' '.join(row['-'])}")
        return found

    @staticmethod
    def fits(row, text):
        source = operators.Source(text)
        for number, line in enumerate(text.split("\n"), 1):
            if row["-"] and line.strip() == row["-"][0]:
                for one in map(lambda one: describe(row["file"], source, one), source.mutations(number)):
                    yield (one.function, one.before, one.after) == (row["function"], row["-"], row["+"])
