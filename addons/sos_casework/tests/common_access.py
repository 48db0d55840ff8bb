"""What the tests of the access table have in common."""

from collections import Counter, defaultdict
from contextlib import contextmanager, nullcontext

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError

from .access_count import AccessCount
from .access_marks import MarkSearch
from .access_world import World


class NothingTriedError(AssertionError):
    """A test of the table that tries nothing proves nothing."""


class AccessMixin:
    """The table of access, the world that it is tried on, and how a try is judged.

    For a test case of Odoo with an ``env`` of its class."""

    title = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = World(cls.env)
        cls.table = cls.world.table
        cls.env.flush_all()
        cls.hidden = {role: cls.world.get_hidden(role) for role in cls.world.roles}
        cls.hidden_marks = {
            role: MarkSearch(cls.world.get_spellings(keys))
            for role, keys in cls.hidden.items()
        }
        cls.marks = MarkSearch(cls.world.get_spellings())
        cls.count = AccessCount(cls.title)
        cls.addClassCleanup(cls.count.say)

    def setUp(self):
        super().setUp()
        #: (model, word of the table, role) → what is not as the table says
        self.problems = defaultdict(list)
        #: (model, role) → how often it was tried
        self.tried = Counter()
        self.seen = set()

    def _count(self, way, allowed, model, role, number=1):
        self.count.add(way, allowed, number)
        self.tried[model, role] += number

    def _problem(self, text, role, model=None, operation="read"):
        line = self.table.lines.get(model)
        self.problems[model, line and line[operation], role].append(text)

    def _check_tried(self, expected):
        """Everything was tried, and all of it is as the table says. What is not is
        shown by the rule that fails, however much it is.

        :param expected: (model, role) → how often the table implies that it is tried
        """
        expected = {key: number for key, number in expected.items() if number}
        if not expected:
            raise NothingTriedError("Nothing was to be tried.")
        tried = {key: number for key, number in self.tried.items() if number}
        wrong = [
            f"* {model}, {role}: {tried.get((model, role), 0)} tried instead of "
            f"{expected.get((model, role), 0)}"
            for model, role in sorted(expected.keys() | tried.keys(), key=str)
            if tried.get((model, role)) != expected.get((model, role))
        ]
        self.assertFalse(wrong, "\n".join(("Not tried as the table implies:", *wrong)))
        if self.problems:
            number = sum(map(len, self.problems.values()))
            lines = [f"{number} are not as the table says:"]
            for (model, word, role), problems in sorted(self.problems.items(), key=str):
                lines.append(f"{model or 'any model'}, {word or '-'}, {role}:")
                lines += [f"  * {problem:.400}" for problem in problems]
            self.fail("\n".join(lines))

    def _get_pairs(self, number):
        """:param number: called with model and role, how often that is tried"""
        return {
            (model, role): number(model, role)
            for model in self.table.models
            for role in self.world.roles
        }

    def _get_model(self, model, role):
        user = self.world.users[role]
        return self.env(user=user, su=False, context={"active_test": False})[model]

    def _check_marks(self, told, role, what, model=None):
        """What a role is told says nothing of a family that it may not read.

        :param model: whose records they are, where it is one
        """
        self._check_text(told, self.hidden_marks[role], role, what, model)

    def _check_text(self, told, marks, role, what, model=None):
        text = told if isinstance(told, str) else repr(told)
        for family, kind, near in marks.find(text, model):
            self._problem(
                f"{what}: tells a {kind} of family {family}: …{near}…", role, model
            )

    @contextmanager
    def _undoing(self):
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()

    def _try(self, way, role, what, allowed, function, *values, of, undo=True):
        """Do something as a user, undo it, and compare with what the table says.

        What is allowed may still be refused for another reason than access: a note
        that is completed does not change, whoever writes it.

        :param function: called with ``values``
        :param of: (model, operation of the table)
        :param undo: left out for what only reads, which is faster
        :return: whether it was done
        """
        model, operation = of
        self._count(way, allowed, model, role)
        refusal = told = None
        try:
            with self._undoing() if undo else nullcontext():
                told = repr(function(*values))
                self.env.flush_all()
        except (UserError, IntegrityError) as error:
            refusal = error
        if allowed:
            if isinstance(refusal, AccessError):
                self._problem(f"{what}: refused: {refusal}", role, model, operation)
        elif refusal is None:
            self._problem(f"{what}: allowed: {told:.300}", role, model, operation)
        elif isinstance(refusal, IntegrityError):
            # by other values it would have been done
            self._problem(f"{what}: only PostgreSQL refused it", role, model, operation)
        if refusal is None:
            self._check_marks(told, role, what, model)
        elif isinstance(refusal, UserError):
            # nobody is told a name by what they are refused
            marks = self.hidden_marks[role] if allowed else self.marks
            self._check_text(str(refusal), marks, role, what, model)
        return refusal is None
