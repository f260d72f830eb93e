"""What a mutant is: one small change at one place of a line of C. Knows tokens, brackets and statements; of types only
whether a function returns bool. What does not compile is no mutant: that is for the compiler to say."""
import re
from collections import namedtuple

# column: of the first character that changes, from 1; start, end: in the file's text; text: what stands there instead.
Mutation = namedtuple("Mutation", "line column operator start end text")
Token = namedtuple("Token", "kind text start end line")
Function = namedtuple("Function", "name first last is_bool")

TOKEN = re.compile(r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
    |(?P<string>"(?:\\.|[^"\\\n])*")|(?P<char>'(?:\\.|[^'\\\n])*')|(?P<name>[A-Za-z_]\w*)|(?P<number>\d[\w.]*)
    |(?P<sign>>>=|<<=|\.\.\.|->|\+\+|--|&&|\|\||[-+*/%&|^<>=!]=|<<|>>|[^\s\w])""", re.S | re.M | re.X)

SWAPS = {
    "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",),
    "&&": ("||",), "||": ("&&",), "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "%": ("*",),
    "&": ("|",), "|": ("&",), "^": ("&",), "<<": (">>",), ">>": ("<<",), "++": ("--",), "--": ("++",),
    "+=": ("-=",), "-=": ("+=",), "*=": ("/=",), "/=": ("*=",), "|=": ("&=",), "&=": ("|=",), "^=": ("|=",),
    "<<=": (">>=",), ">>=": ("<<=",),
}
WORDS = {
    "<": "less", "<=": "at-most", ">": "more", ">=": "at-least", "==": "equal", "!=": "unequal", "&&": "and", "||": "or",
    "+": "plus", "-": "minus", "*": "times", "/": "by", "%": "rest", "&": "bits-and", "|": "bits-or", "^": "bits-xor",
    "<<": "left", ">>": "right", "++": "up", "--": "down", "+=": "add", "-=": "subtract", "*=": "multiply", "/=": "divide",
    "|=": "set-bits", "&=": "mask-bits", "^=": "flip-bits", "<<=": "shift-left", ">>=": "shift-right",
}
ASSIGNING = {"=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<=", ">>=", "++", "--"}
TYPES = {"struct", "enum", "union", "const", "static", "unsigned", "signed", "char", "short", "int", "long", "bool", "void",
         "double", "size_t", "uint8_t", "uint32_t", "uint64_t", "int64_t", "extern", "inline", "register", "volatile"}
LEADING = {"return", "case", "else", "do", "sizeof", "if", "for", "while", "switch", "goto", "break", "continue", "default"}
ASSERTIONS = {"ASSERT", "UNREACHABLE", "static_assert", "_Static_assert"}
PAIRS = {"(": ")", "[": "]", "{": "}"}


class Source:
    """One file's text, its tokens (no comments, no directives), partners of brackets, the bracket that each token is in,
    and functions."""

    def __init__(self, text):
        self.text = text
        self.starts = [0] + [place + 1 for place, sign in enumerate(text) if sign == "\n"]
        self.tokens = []
        line, at = 1, 0
        for found in TOKEN.finditer(text):
            line += text.count("\n", at, found.start())
            at = found.start()
            if found.lastgroup not in ("comment", "directive"):
                self.tokens.append(Token(found.lastgroup, found.group(), found.start(), found.end(), line))
        self._pair()
        self.functions = list(self._functions())

    def _pair(self):
        self.partner, self.outer, open_ones = {}, [], []
        for place, token in enumerate(self.tokens):
            self.outer.append(open_ones[-1] if open_ones else None)
            if token.kind == "sign" and token.text in PAIRS:
                open_ones.append(place)
            elif token.kind == "sign" and token.text in PAIRS.values() and open_ones:
                self.partner[place] = open_ones[-1]
                self.partner[open_ones.pop()] = place

    def _functions(self):
        place, begun = 0, 0
        while place < len(self.tokens):
            text = self.tokens[place].text
            if text == "{" and place > begun and self.tokens[place - 1].text == ")":
                header = self.tokens[begun:place]
                names = [one.text for one, after in zip(header, header[1:])
                         if one.kind == "name" and after.text == "(" and one.text != "__attribute__"
                         and one.text != "format"]
                first = next(at for at, one in enumerate(header) if one.text == names[0]) if names else 0
                until = self.tokens[self.partner[place]].line
                yield Function(names[0] if names else "", header[0].line, until, "bool" in [one.text for one in header[:first]])
            if text in PAIRS and place in self.partner:
                place = self.partner[place]
            if self.tokens[place].text in (";", "}"):
                begun = place + 1
            place += 1

    def function(self, line):
        """The function round a line, or None."""
        return next((one for one in self.functions if one.first <= line <= one.last), None)

    def at(self, place):
        """A token's text; "" before the first and behind the last."""
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def is_value(self, place):
        """Whether what ends here may be the left side of a binary operator."""
        if place < 0:
            return False
        token = self.tokens[place]
        if token.kind == "name":
            return token.text not in TYPES | LEADING and self.at(place - 1) not in ("struct", "enum", "union")
        return token.kind in ("number", "char") or token.text in (")", "]")

    def ends(self, place):
        """The semicolon of the statement that begins here, or None."""
        while place < len(self.tokens):
            text = self.tokens[place].text
            if text == ";":
                return place
            if self.tokens[place].kind == "sign" and text in PAIRS.values():
                return None
            place = self.partner.get(place, place) + 1 if text in PAIRS else place + 1
        return None

    def begins(self, place):
        """Whether a statement begins here that is no block."""
        before, outer = self.at(place - 1), self.outer[place]
        if outer is None or self.at(outer) != "{" or self.at(place) in ("{", "}"):
            return False
        if before in (";", "{", "}", "else", "do"):
            return True
        if before == ")" and place - 1 in self.partner:
            return self.at(self.partner[place - 1] - 1) in ("if", "for", "while", "switch")
        return before == ":" and self.at(place - 3) in ("case", "default", ";", "{", "}") or self.at(place - 2) == "default"

    def is_declaration(self, place):
        token, after = self.tokens[place], self.tokens[place + 1]
        return token.text in TYPES or (token.kind == "name" and after.kind == "name")

    def is_declarator(self, bracket):
        """Whether the [ here gives an array its size."""
        if self.at(bracket - 1) in ("]", ")"):
            return self.at(bracket - 1) == "]" and self.is_declarator(self.partner[bracket - 1])
        before = bracket - 2
        while self.at(before) == "*":
            before -= 1
        return before >= 0 and self.tokens[before].kind == "name" and self.tokens[before].text not in LEADING

    def change(self, operator, first, last, text):
        """A mutation of the tokens first to last; lines are kept, so that what follows stays where it was."""
        start, end = self.tokens[first].start, self.tokens[last].end
        text += "\n" * (self.text.count("\n", start, end) - text.count("\n"))
        line = self.tokens[first].line
        return Mutation(line, start - self.starts[line - 1] + 1, operator, start, end, text)

    def span(self, first, last):
        return self.text[self.tokens[first].start:self.tokens[last].end]

    def mutations(self, line):
        """All that can be done to a line, in the order of its text."""
        found, seen = [], set()
        for place, token in enumerate(self.tokens):
            if token.line != line:
                continue
            for operator in OPERATORS:
                for one in operator(self, place):
                    key = (one.start, one.end, one.text)
                    if key not in seen:
                        seen.add(key)
                        found.append(one)
        return found

    def mutated(self, mutation):
        return self.text[:mutation.start] + mutation.text + self.text[mutation.end:]


def swap(source, place):
    """Relational, boundary, arithmetic, logical and bit operators; up and down."""
    token = source.tokens[place]
    if token.kind != "sign" or token.text not in SWAPS:
        return
    if token.text not in ("++", "--") and not source.is_value(place - 1):
        return
    for other in SWAPS[token.text]:
        yield source.change(f"{WORDS[token.text]}-{WORDS[other]}", place, place, other)


def constant(source, place):
    token = source.tokens[place]
    if token.text in ("true", "false"):
        yield source.change(f"not-{token.text}", place, place, "false" if token.text == "true" else "true")
    if token.kind != "number" or (source.at(place - 1) == "[" and source.is_declarator(place - 1)):
        return
    yield source.change("constant-plus-one", place, place, f"({token.text} + 1)")
    if token.text.strip("uUlLx0"):
        yield source.change("constant-zero", place, place, "0")


def negate(source, place):
    """Conditions of if, while and for, and before a question mark."""
    text = source.at(place)
    if text in ("if", "while") and source.at(place + 1) == "(":
        last = source.partner[place + 1]
        yield source.change("negate", place + 1, last, f"(!{source.span(place + 1, last)})")
    if text == "for" and source.at(place + 1) == "(":
        first = source.ends(place + 2)
        last = first and source.ends(first + 1)
        if last and last > first + 1:
            yield source.change("negate", first + 1, last - 1, f"!({source.span(first + 1, last - 1)})")
    if text == "?":
        first = place
        while first > 0 and source.at(first - 1) not in ("=", "(", ",", "return", ";", "{", "[", "?", ":"):
            first = source.partner[first - 1] if source.at(first - 1) in (")", "]", "}") else first - 1
        yield source.change("negate", first, place - 1, f"!({source.span(first, place - 1)})")


def positive(source, place):
    if source.at(place) == "!" and not source.is_value(place - 1):
        yield source.change("not-removed", place, place, "")


def index(source, place):
    if source.at(place) == "[" and source.is_value(place - 1) and not source.is_declarator(place):
        last = source.partner[place]
        if last > place + 1:
            yield source.change("index-plus-one", place + 1, last - 1, f"{source.span(place + 1, last - 1)} + 1")


def delete(source, place):
    """A call, an assignment or a jump; no assertion: nothing of a right program hangs on one."""
    if not source.begins(place) or source.at(place) in ASSERTIONS:
        return
    last = source.ends(place)
    if not last or last == place:
        return
    if source.at(place) in ("break", "continue") or (source.at(place) == "return" and last == place + 1):
        yield source.change("delete-jump", place, last, ";")
    elif source.at(place) not in LEADING and not source.is_declaration(place):
        inside, at = [], place
        while at < last:
            inside.append(source.at(at))
            at = source.partner.get(at, at) + 1
        yield source.change("delete-assignment" if ASSIGNING & set(inside) else "delete-call", place, last, ";")


def answer(source, place):
    """What a function returns."""
    if source.at(place) != "return":
        return
    last = source.ends(place)
    if not last or last == place + 1:
        return
    value = source.span(place + 1, last - 1)
    function = source.function(source.tokens[place].line)
    if value in ("0", "false", "true", "NULL"):
        return
    if function and function.is_bool:
        yield source.change("return-negated", place + 1, last - 1, f"!({value})")
    else:
        yield source.change("return-zero", place + 1, last - 1, "0")


def beginning(source, place):
    """The value that a variable begins with."""
    if source.at(place) != "=" or source.tokens[place - 1].kind != "name":
        return
    first = place - 1
    while first > 0 and source.at(first - 1) not in (";", "{", "}", "(", ")", ":"):
        first -= 1
    last = source.ends(place)
    if last and source.is_declaration(first) and source.at(place + 1) != "{":
        value = source.span(place + 1, last - 1)
        if value not in ("0", "NULL", "false", "true") and "," not in [source.at(at) for at in range(first, place)]:
            yield source.change("begin-zero", place + 1, last - 1, "0")


OPERATORS = (swap, constant, negate, positive, index, delete, answer, beginning)
