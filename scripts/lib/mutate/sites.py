"""Where the hand-written checks of the addons stand, and a switch at each of them.

A check is a place that refuses: a ``raise``, or a call of a ``check_…`` that raises.
Its switch is put in while the module is loaded, so the work tree stays as it is and one
run of the tests holds all of them."""

import ast
import builtins
import hashlib
import re
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ADDONS = ROOT / "addons"
#: tuples of field names by which a model says what nobody changes
FIXED = {
    "_anchor_fields",
    "_case_from_fields",
    "_decision_fields",
    "_fixed_fields",
    "_same_case_fields",
    "_stamp_fields",
    "_system_fields",
}
#: an error of who writes code, and no check of what a user does
NOT_A_CHECK = ("NotImplementedError", "StopIteration")


class Switch:
    """Which check is off, and which ones have refused something meanwhile."""

    def __init__(self):
        self.names = {}
        self.off = None
        self.refused = set()

    def is_off(self, number):
        self.refused.add(number)
        return number == self.off

    def is_call_off(self, number):
        return number == self.off

    def note(self, number):
        self.refused.add(number)


SWITCH = Switch()


class Fixed:
    """A tuple of names that is empty while it is off."""

    def __init__(self, number, value):
        self.number, self.value = number, value

    def __get__(self, instance, owner):
        return type(self.value)() if SWITCH.is_off(self.number) else self.value


class Finder(ast.NodeTransformer):
    """Puts a switch at every check of a module."""

    def __init__(self, path):
        self.path, self.place, self.seen = path, [], {}
        #: number → name, which holds for as long as the check says the same
        self.names = {}

    def _get_number(self, text):
        name = f"{self.path}::{'.'.join(self.place)}::{text}"
        self.seen[name] = again = self.seen.get(name, 0) + 1
        if again > 1:
            name = f"{name} ({again})"
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")
        self.names[number] = name
        return ast.Constant(number)

    def _switch(self, name, number):
        return ast.Call(
            ast.Attribute(ast.Name("_sos_switch", ast.Load()), name, ast.Load()),
            [number],
            [],
        )

    def visit_ClassDef(self, node):
        self.place.append(node.name)
        node = self.generic_visit(node)
        for line in node.body:
            match line:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    names = isinstance(value, ast.Tuple | ast.Set) and value.elts
                    if name in FIXED and names:
                        number = self._get_number(name)
                        fixed = ast.Name("_sos_fixed", ast.Load())
                        line.value = ast.Call(fixed, [number, value], [])
        self.place.pop()
        return node

    def visit_FunctionDef(self, node):
        self.place.append(node.name)
        node = self.generic_visit(node)
        self.place.pop()
        return node

    def visit_Raise(self, node):
        if node.exc is None or self._get_raised(node) in NOT_A_CHECK:
            return node
        number = self._get_number(f"raise {self._get_words(node)}")
        off = ast.UnaryOp(ast.Not(), self._switch("is_off", number))
        return ast.If(off, [node], [])

    def _get_raised(self, node):
        error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return ast.unparse(error)

    def _get_words(self, node):
        texts = [
            part.value
            for part in ast.walk(node)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        return f"{self._get_raised(node)} {(texts or [''])[0][:50]}".strip()

    def visit_Expr(self, node):
        call = node.value
        if not isinstance(call, ast.Call):
            return node
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        # outside a function it registers a rule while the module is loaded
        if not self.place or not name.startswith(("check_", "_check_")):
            return node
        number = self._get_number(f"{name}({', '.join(map(ast.unparse, call.args))})")
        note = ast.Expr(self._switch("note", number))
        refusal = ast.ExceptHandler(
            ast.Name("Exception", ast.Load()), None, [note, ast.Raise()]
        )
        tried = ast.Try([node], [refusal], [], [])
        off = ast.UnaryOp(ast.Not(), self._switch("is_call_off", number))
        return ast.If(off, [tried], [])


def is_fixed(name):
    return name.rsplit("::", 1)[-1].split(" ")[0] in FIXED


@cache
def get_readers(name):
    """:return: the files that ask for a tuple of names"""
    asked = re.compile(rf"\.{name.rsplit('::', 1)[-1].split(' ')[0]}\b")
    return {
        str(path.relative_to(ADDONS))
        for path in ADDONS.rglob("*.py")
        if is_ours(path) and asked.search(path.read_text(encoding="utf-8"))
    }


def is_ours(path):
    path = Path(path)
    return (
        path.is_relative_to(ADDONS)
        and path.suffix == ".py"
        and not {"tests", "migrations"} & set(path.parts)
    )


def put_in(source, path):
    """:return: the module's tree with its switches, and their names"""
    finder = Finder(str(Path(path).relative_to(ADDONS)))
    tree = finder.visit(ast.parse(source))
    return ast.fix_missing_locations(tree), finder.names


def list_sites():
    names = {}
    for path in sorted(ADDONS.rglob("*.py")):
        if is_ours(path):
            names.update(put_in(path.read_text(encoding="utf-8"), path)[1])
    return names


def install(replace=None):
    """From now on modules of the addons are loaded with their switches.

    :param replace: (path, old, new): instead, with this text of one file replaced
    """
    builtins._sos_switch, builtins._sos_fixed = SWITCH, Fixed
    get_code = SourceFileLoader.get_code

    def get_code_with_switches(loader, name):
        path = loader.get_filename(name)
        if not is_ours(path):
            return get_code(loader, name)
        source = loader.get_data(path).decode()
        if replace:
            changed, old, new = replace
            if path != str(ADDONS / changed):
                return get_code(loader, name)
            return compile(source.replace(old, new, 1), path, "exec", dont_inherit=True)
        tree, names = put_in(source, path)
        SWITCH.names.update(names)
        return compile(tree, path, "exec", dont_inherit=True)

    SourceFileLoader.get_code = get_code_with_switches
