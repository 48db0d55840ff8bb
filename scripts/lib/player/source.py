"""Reads YAML into plain text, lists and dicts that know their line.

Scalars stay the text that was typed: only the place where they stand says whether
``2A``, ``010``, ``no`` or ``2025-09-03`` is a code, a number, a yes or a day.
"""

import hashlib
from pathlib import Path

import yaml

from .errors import CaseError

MAX_BYTES = 8 * 1024 * 1024
MAX_VALUES = 500_000


class Line:
    """A value's line in its file, from 1."""

    line = 0


class Map(dict, Line):
    pass


class Seq(list, Line):
    pass


class Text(str, Line):
    pass


def read(path):
    """The content of a YAML file.

    :raise CaseError: not a file, not text, not YAML, or nothing in it
    """
    return _Reader(path).content


class _Reader:
    def __init__(self, path):
        self.path = path
        self.count = 0
        text = self._read_text()
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            self._fail_yaml(error)
        if node is None:
            self._fail("", "the file is empty. Write a case as the format says.")
        self.content = self._build(node, ())

    def _fail(self, where, message):
        raise CaseError(self.path, where, message)

    def _read_text(self):
        path = Path(self.path)
        if not path.is_file():
            self._fail("", "there is no such file. Check the name.")
        try:
            content = path.read_bytes()
        except OSError as error:
            self._fail("", f"the file cannot be read ({error.strerror}).")
        if len(content) > MAX_BYTES:
            self._fail("", "the file is larger than 8 MB, too large for a case.")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            self._fail("", "this is not a text file. A case is YAML in UTF-8.")
        return text

    def _fail_yaml(self, error):
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", "")
        self._fail(where, f"this is not valid YAML ({problem}). Mend the line.")

    def _build(self, node, parents):
        line = node.start_mark.line + 1
        self.count += 1
        if node in parents or self.count > MAX_VALUES:
            self._fail(f"line {line}", "an alias (*) makes this endless. Write it out.")
        if isinstance(node, yaml.MappingNode):
            value = self._build_map(node, (*parents, node))
        elif isinstance(node, yaml.SequenceNode):
            value = Seq(self._build(item, (*parents, node)) for item in node.value)
        elif node.tag == "tag:yaml.org,2002:null":
            return None
        else:
            value = Text(node.value)
        value.line = line
        return value

    def _build_map(self, node, parents):
        result = Map()
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._fail(f"line {line}", "a key is one word. Mend the brackets.")
            key = key_node.value
            if key in result:
                self._fail(
                    f"line {line}", f"“{key}” is there twice. Keep one of the two."
                )
            result[key] = self._build(value_node, parents)
        return result


def fingerprint(path):
    """The SHA-256 of a file."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
