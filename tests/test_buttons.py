"""Every button of every view, pressed as the client presses it, as each role that sees
it: it does something, or says in a sentence why not."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sos_casework.tests.client import call
from odoo.addons.sos_casework.tests.common_access import AccessMixin

TYPES = ("form", "list", "kanban")
#: what the made-up records of the access tests are not made for; pressed in tests of
#: their own
NOT_HERE = {
    ("sos.correction", "action_look_again"): "a correction of nothing that was signed",
    ("sos.subject.request", "action_gather"): "signed documents without content",
}
LOGGERS = ("odoo.sql_db", "odoo.addons", "odoo.models", "odoo.http")
#: Roles, from who sees little to who sees much.
ROLES = (
    *("practitioner", "team_manager", "conference_chair", "business_support"),
    *("practice_lead", "service_manager", "quality_auditor"),
    *("performance_analyst", "configurator", "administrator"),
)


class Values(dict):
    """What a condition of a view may name: the fields of a record, and who looks."""

    def __init__(self, record):
        super().__init__(uid=record.env.uid, context={}, parent=None, id=record.id)
        self.record = record

    def __missing__(self, name):
        if name not in self.record._fields:
            raise KeyError(name)
        value = self.record[name]
        if self.record._fields[name].relational:
            many = self.record._fields[name].type != "many2one"
            return value.ids if many else value.id
        return value


def is_shown(node, record):
    """Whether a button is there for a record; where that cannot be told, it is."""
    for part in (node, *node.iterancestors()):
        condition = part.get("invisible")
        try:
            if condition and eval(condition, {}, Values(record)):  # noqa: S307
                return False
        except Exception:
            continue
    return True


def is_ours(model, name, env):
    """Whether a method is of one of the addons here, and not Odoo's own."""
    cls = env.registry[model]
    owners = [base for base in cls.mro() if name in base.__dict__]
    return any(base.__module__.startswith("odoo.addons.sos_") for base in owners)


def get_model(node, model, env):
    """The model that a part of a view is about: that of the fields around it."""
    names = [
        around.get("name")
        for around in node.iterancestors("field")
        if around.get("name")
    ]
    for name in reversed(names):
        field = env[model]._fields.get(name)
        if field is not None and field.relational:
            model = field.comodel_name
    return model


@tagged("post_install", "-at_install")
class TestButtons(AccessMixin, TransactionCase):
    title = "Buttons"

    def _get_record(self, model, role):
        records = self._get_model(model, role)
        try:
            with mute_logger(*LOGGERS), self.env.cr.savepoint():
                if records._transient:
                    return records.create({})
                return records.search([], limit=1, order="id desc")
        except Exception:  # a wizard that must be opened from somewhere
            return records.browse()

    def _get_views(self):
        """Our views, and those that ours change, once each."""
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.view"), ("module", "=like", "sos\\_%")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id")).exists()
        views |= views.inherit_id
        return views.filtered(
            lambda view: view.type in TYPES
            and view.mode == "primary"
            and view.model in self.env
        )

    def _press(self, model, name, role, ids):
        user = self.world.users[role]
        with self._undoing(), mute_logger(*LOGGERS):
            try:
                call(self.env, user, model, name, ids)
            except UserError as refusal:
                self._count("refused with a sentence", True, model, role)
                if not str(refusal).strip():
                    self._problem(f"{name}: refused without a word", role, model)
            except Exception as error:
                self._problem(f"{name}({ids}): {error!r:.300}", role, model)
            else:
                self._count("pressed", True, model, role)

    def test_every_button_does_something_or_says_why_not(self):
        pressed = set()
        for role in ROLES:
            records = {}
            for view in self._get_views():
                try:
                    with mute_logger(*LOGGERS), self.env.cr.savepoint():
                        model = self._get_model(view.model, role)
                        arch = model.get_view(view.id, view.type)["arch"]
                except UserError:
                    continue
                for node in etree.fromstring(arch).iter("button", "a"):
                    name, model = (
                        node.get("name"),
                        get_model(node, view.model, self.env),
                    )
                    key = role, model, name
                    if (
                        node.get("type") != "object"
                        or key in pressed
                        or (model, name) in NOT_HERE
                        or not is_ours(model, name, self.env)
                    ):
                        continue
                    if model not in records:
                        records[model] = self._get_record(model, role)
                    record = records[model]
                    # a button over a list is pressed whatever is marked in it
                    over_a_list = node.getparent().tag == "header" and (
                        view.type == "list"
                    )
                    if record and is_shown(node, record):
                        pressed.add(key)
                        self._press(model, name, role, record.ids)
                    if over_a_list:
                        pressed.add(key)
                        self._press(model, name, role, [])
        self.assertGreater(self.count.allowed["pressed"], 200)
        self._say_problems()

    def _say_problems(self):
        found = sorted(
            f"* {role}, {model}.{problem}"
            for (model, _word, role), problems in self.problems.items()
            for problem in problems
        )
        self.assertFalse(found, "\n".join(("", *found)))
