"""What the tests of the access table have in common."""

from contextlib import contextmanager, nullcontext

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError

from .access_count import AccessCount
from .access_world import World


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
        cls.hidden_marks = {
            role: cls.world.get_hidden_marks(role) for role in cls.world.roles
        }
        cls.marks = [family.mark for family in cls.world.families.values()]
        cls.count = AccessCount(cls.title)
        cls.addClassCleanup(cls.count.say)

    def setUp(self):
        super().setUp()
        #: what is not as the table says: all of it is shown, not the first alone
        self.problems = []
        self.seen = set()
        self.tried_before = len(self.count)

    def _check_problems(self, tried):
        """:param tried: so much was tried at least, or the test proves nothing"""
        self.assertGreater(len(self.count) - self.tried_before, tried)
        if self.problems:
            shown = "\n".join(f"* {problem}" for problem in self.problems[:40])
            self.fail(f"{len(self.problems)} are not as the table says:\n{shown}")

    def _get_model(self, model, role):
        user = self.world.users[role]
        return self.env(user=user, su=False, context={"active_test": False})[model]

    def _check_marks(self, told, role, what):
        """What a role is told says nothing of a family that it may not read."""
        self._check_text(told, self.hidden_marks[role], what)

    def _check_text(self, told, marks, what):
        text = told if isinstance(told, str) else repr(told)
        for mark in marks:
            if mark in text:
                place = text.index(mark)
                near = text[max(place - 90, 0) : place + 90]
                self.problems.append(f"{what}: tells of {mark}: …{near}…")

    @contextmanager
    def _undoing(self):
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()

    def _try(self, way, role, what, allowed, function, *values, undo=True):
        """Do something as a user, undo it, and compare with what the table says.

        What is allowed may still be refused for another reason than access: a note
        that is completed does not change, whoever writes it.

        :param function: called with ``values``
        :param undo: left out for what only reads, which is faster
        :return: whether it was done
        """
        self.count.add(way, allowed)
        refusal = told = None
        try:
            with self._undoing() if undo else nullcontext():
                told = repr(function(*values))
                self.env.flush_all()
        except (UserError, IntegrityError) as error:
            refusal = error
        if allowed:
            if isinstance(refusal, AccessError):
                self.problems.append(f"{what}: refused: {refusal}")
        elif refusal is None:
            self.problems.append(f"{what}: allowed: {told:.300}")
        if refusal is None:
            self._check_marks(told, role, what)
        elif isinstance(refusal, UserError):
            # nobody is told a name by what they are refused
            marks = self.hidden_marks[role] if allowed else self.marks
            self._check_text(str(refusal), marks, what)
        return refusal is None
