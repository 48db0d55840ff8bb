"""The table of who may do what: ``security/access/table.csv`` of every addon, and the
words in it, ``security/access/words.csv``."""

import csv
from pathlib import Path

from odoo.modules import get_module_path, get_modules

OPERATIONS = ("read", "write", "create", "unlink", "export")
CONDITIONS = ("file", "service", "team", "own", "record", "all", "no")
#: conditions that speak of a family: a model with one of them holds something about it
OF_FAMILIES = {"file", "service", "record"}


class AccessTableError(Exception):
    """The table is not what it has to be; says what to write where."""


def read_csv(path):
    """The lines of a table, without its remarks: ``[{column: text}]``."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


class AccessTable:
    def __init__(self, env, folders=None):
        """:param folders: addons' folders, those of the installed ones if left out"""
        self.env = env
        self.words = {}
        self.lines = {}
        self.roles = ()
        folders = self._get_folders() if folders is None else folders
        for name, add in (
            ("access/words.csv", self._add_word),
            ("access/table.csv", self._add_line),
        ):
            for folder in folders:
                path = Path(folder) / "security" / name
                if path.exists():
                    for line in read_csv(path):
                        add(line, "/".join(path.parts[-3:]))

    def _get_folders(self):
        installed = self.env.registry._init_modules
        ours = [name for name in get_modules() if name.startswith("sos_")]
        names = sorted(installed & set(ours), key=lambda n: (n != "sos_casework", n))
        return [get_module_path(name) for name in names]

    def _add_word(self, line, path):
        word, roles = line["word"], list(line)[2:]
        self.roles = self.roles or tuple(roles)
        if missing := set(self.roles) ^ set(roles):
            raise AccessTableError(
                f"{path}: the columns are not those of sos_casework: "
                f"{', '.join(sorted(missing))}."
            )
        if word in self.words:
            raise AccessTableError(f"{path}: “{word}” is there twice.")
        self.words[word] = {}
        for role in roles:
            cell = frozenset((line[role] or "").split("+"))
            if cell - set(CONDITIONS):
                raise AccessTableError(
                    f"{path}: {word}, {role}: “{line[role]}”. "
                    f"Write one of: {', '.join(CONDITIONS)}."
                )
            self.words[word][role] = cell - {"no"}

    def _add_line(self, line, path):
        model = line["model"]
        if model in self.lines:
            raise AccessTableError(f"{path}: {model} is there twice.")
        if model not in self.env.registry or self.env[model]._abstract:
            raise AccessTableError(
                f"{path}: there is no model {model}. Take its line out, or put its "
                "name right."
            )
        for operation in OPERATIONS:
            if line.get(operation) not in self.words:
                raise AccessTableError(
                    f"{path}: {model}, {operation}: the word "
                    f"“{line.get(operation)}” is not in access/words.csv. Add a line "
                    f"for it there, or write one of: {', '.join(self.words)}."
                )
        self.lines[model] = {operation: line[operation] for operation in OPERATIONS}

    # ------------------------------------------------------------------- answers

    def get(self, model, operation, role):
        """The conditions under which a role may: an empty set for never."""
        return self.words[self.lines[model][operation]][role]

    @property
    def models(self):
        return sorted(self.lines)

    def is_about_families(self, model):
        words = self.words[self.lines[model]["read"]]
        return any(OF_FAMILIES & cell for cell in words.values())

    def get_missing_models(self):
        """Models of these addons that have no line."""
        return sorted(
            name
            for name, model in self.env.registry.items()
            if name.startswith("sos.") and not model._abstract
            if name not in self.lines
        )

    def check_complete(self):
        if missing := self.get_missing_models():
            raise AccessTableError(
                "No line in security/access/table.csv says who may do what with "
                f"{', '.join(missing)}. Add one to the addon that brings the model: "
                f"model,{','.join(OPERATIONS)},note. The words are in "
                "access/words.csv of sos_casework."
            )

    def check_roles(self, groups):
        """:param groups: names of the groups that an administrator can give"""
        if missing := set(groups) - set(self.roles):
            raise AccessTableError(
                "No column of access/words.csv says what these roles may do: "
                f"{', '.join(sorted(missing))}. Add a column for each."
            )
