import inspect
import json

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .client import call
from .common import SosCommon

#: what a client asks for of a person
NAME = {"name": {}}
#: public way of Odoo's → how it is asked for a person, and how that is logged. What it
#: shows is written in a line that names the person
LOGGED = {
    "copy_data": (lambda p: [p.ids], "opened"),
    "export_data": (lambda p: [p.ids, ["name"]], "exported"),
    "formatted_read_group": (lambda p: [_is(p), ["kind"], ["__count"]], "listed"),
    "formatted_read_grouping_sets": (
        lambda p: [_is(p), [["kind"]], ["__count"]],
        "listed",
    ),
    "get_metadata": (lambda p: [p.ids], "opened"),
    "hierarchy_read": (lambda p: [_is(p), dict(NAME), "merged_into_id"], "opened"),
    "name_search": (lambda p: ["Sam", _is(p)], "searched"),
    "onchange": (lambda p: [p.ids, {}, [], {"name": {}}], "opened"),
    "read": (lambda p: [p.ids, ["name"]], "opened"),
    "read_group": (lambda p: [_is(p), ["kind"], ["kind"]], "listed"),
    "read_progress_bar": (
        lambda p: [_is(p), "sex_id", {"field": "kind", "colors": {"child": "x"}}],
        "listed",
    ),
    "search": (lambda p: [_is(p)], "listed"),
    "search_count": (lambda p: [_is(p)], "listed"),
    "search_panel_select_multi_range": (lambda p: ["sex_id"], "listed"),
    "search_panel_select_range": (lambda p: ["sex_id"], "listed"),
    "search_read": (lambda p: [_is(p), ["name"]], "listed"),
    "web_name_search": (lambda p: ["Sam", {"display_name": {}}, _is(p)], "searched"),
    "web_read": (lambda p: [p.ids, NAME], "opened"),
    "web_read_group": (lambda p: [_is(p), ["kind"], ["__count"]], "listed"),
    "web_resequence": (lambda p: [p.ids, NAME, "color"], None),
    "web_save": (lambda p: [p.ids, {}, NAME], "opened"),
    "web_save_multi": (lambda p: [p.ids, [{}], NAME], "opened"),
    "web_search_read": (lambda p: [_is(p), NAME], "listed"),
}
#: public way of Odoo's → how it is asked for, and why it shows nothing. It is tried:
#: no name is in what it answers
NOTHING = {
    "action_archive": (lambda p: [p.ids], "writes one field"),
    "action_unarchive": (lambda p: [p.ids], "writes one field"),
    "check_access_rights": (lambda p: ["read"], "yes or no"),
    "check_access_rule": (lambda p: [p.ids, "read"], "yes or no"),
    "check_field_access_rights": (lambda p: ["read", ["name"]], "names of fields"),
    "copy": (lambda p: [p.ids], "a number; what was copied is read with copy_data"),
    "copy_translations": (lambda p: [p.ids, p.ids], "writes"),
    "create": (lambda p: [{"kind": "adult", "last_name": "Hill"}], "a number"),
    "default_get": (lambda p: [["name", "kind"]], "defaults of a new record"),
    "fields_get": (lambda p: [], "what fields there are"),
    "get_base_url": (lambda p: [p.ids], "the address of the system"),
    "get_empty_list_help": (lambda p: [""], "a sentence for an empty list"),
    "get_external_id": (lambda p: [p.ids], "an identifier of an installed record"),
    "get_field_translations": (lambda p: [p.ids, "name"], "no field is translated"),
    "get_formview_action": (lambda p: [p.ids], "which screen"),
    "get_formview_id": (lambda p: [p.ids], "which screen"),
    "get_import_templates": (lambda p: [], "empty files"),
    "get_property_definition": (lambda p: ["x.y"], "there are no properties"),
    "get_view": (lambda p: [], "a screen without its record"),
    "get_views": (lambda p: [[[False, "form"]]], "screens without their records"),
    "has_access": (lambda p: [p.ids, "read"], "yes or no"),
    "is_transient": (lambda p: [p.ids], "yes or no"),
    "load": (lambda p: [["kind", "last_name"], [["adult", "Hill"]]], "numbers"),
    "mail_allowed_qweb_expressions": (lambda p: [], "names of fields"),
    "mail_get_partner_fields": (lambda p: [], "names of fields"),
    "name_create": (lambda p: ["Zoe"], "refused, or the name that was typed in"),
    "toggle_active": (lambda p: [p.ids], "writes one field"),
    "unlink": (lambda p: [p.ids], "nothing is deleted"),
    "update_field_translations": (lambda p: [p.ids, "name", {}], "writes"),
    "view_header_get": (lambda p: [False, "form"], "the title of a screen"),
    "web_override_translations": (lambda p: [p.ids, {}], "writes"),
    "write": (lambda p: [p.ids, {"known_as": "Zed"}], "yes"),
}
#: of models with reminders: reminders say a number and a step
REMINDERS = {
    "action_reschedule_my_next_nextweek",
    "action_reschedule_my_next_today",
    "action_reschedule_my_next_tomorrow",
    "activity_feedback",
    "activity_reschedule",
    "activity_schedule",
    "activity_search",
    "activity_send_mail",
    "activity_unlink",
}


def _is(person):
    return [("id", "in", person.ids)]


@tagged("post_install", "-at_install")
class TestAccessWays(SosCommon):
    """Every public method that Odoo and its apps give to a record about a family: what
    it shows is logged, or it shows nothing."""

    def _get_ways(self):
        """Names of public methods that come from Odoo, of all of these models."""
        ways = set()
        for name, cls in self.env.registry.items():
            if not name.startswith("sos.") or cls._abstract:
                continue
            for way in dir(cls):
                if not way.startswith("_") and self._is_public_way(cls, way):
                    ways.add(way)
        return ways

    def _is_public_way(self, cls, way):
        """As ``odoo.service.model.get_public_method`` says it."""
        if not inspect.isroutine(getattr(cls, way)):
            return False
        if any(
            getattr(getattr(base, way, None), "_api_private", False)
            for base in cls.mro()
        ):
            return False
        first = [base for base in cls.mro() if way in vars(base)][-1]
        return not first.__module__.startswith("odoo.addons.sos_")

    def test_each_way_that_odoo_gives_is_known(self):
        """A new one, of a newer Odoo or of an app, stands here until somebody has said
        that it is logged or shows nothing, and how that is tried."""
        known = LOGGED.keys() | NOTHING.keys() | REMINDERS
        self.assertEqual(self._get_ways() - known, set(), "What do these show?")

    @mute_logger("odoo.models.unlink")
    def test_each_way_does_as_said(self):
        self.worker.group_ids |= self.env.ref("base.group_allow_export")
        tried = set()
        for way, (get_arguments, what) in {**LOGGED, **NOTHING}.items():
            with self.subTest(way), self.env.cr.savepoint() as savepoint:
                answer, lines = self._try(way, get_arguments(self.sam))
                tried.add(way)
                if way in LOGGED:
                    operations = set(lines.mapped("operation"))
                    self.assertEqual(operations, {what} if what else set())
                    shown = {
                        i for line in lines for i in line.shown.get("sos.person", ())
                    }
                    self.assertTrue(not shown or shown >= set(self.sam.ids))
                else:
                    text = json.dumps(answer, default=str)
                    self.assertNotRegex(text, "Sam|Hill")
                # each is tried as if there had been none before
                savepoint.rollback()
        self.assertEqual(tried, LOGGED.keys() | NOTHING.keys())

    def _try(self, way, arguments):
        """:return: what the client gets, and the lines that were written"""
        log = self.env["sos.access.log"]
        last = log.search([], limit=1).id or 0
        answer = None
        with mute_logger("odoo.addons.base.models.ir_model"):
            try:
                answer = call(self.env, self.worker, "sos.person", way, *arguments)
            except (UserError, LookupError, ValueError, TypeError, AttributeError):
                self.assertNotIn(way, set(LOGGED) - {"web_resequence"})
        return answer, log.search([("id", ">", last), ("operation", "!=", "refused")])

    def test_no_text_about_a_family_is_translated(self):
        """Translations leave by a way of their own."""
        for name, cls in self.env.registry.items():
            if isinstance(self.env[name], self.env.registry["sos.record.mixin"]):
                for field in cls._fields.values():
                    self.assertFalse(field.store and field.translate, field)

    def test_each_model_that_leads_to_a_family_says_so(self):
        """Whatever is about a family without being its record, a window or a time
        line, says by a stored field which; else it is named here with the reason."""
        silent = set()
        for name, cls in self.env.registry.items():
            if cls._abstract or isinstance(
                self.env[name], self._of("sos.access.mixin")
            ):
                continue
            window = cls._transient and name.startswith("sos.")
            leads = any(
                isinstance(
                    self.env.get(field.comodel_name), self._of("sos.record.mixin")
                )
                for field in cls._fields.values()
                if field.relational
            )
            if (window or leads) and not self._says_so(name):
                silent.add(name)
        self.assertEqual(silent, SILENT.keys() & self.env.registry.keys())

    def _of(self, name):
        return self.env.registry[name]

    def _says_so(self, name):
        model = self.env[name]
        return model._sos_get_subjects() or any(
            self._says_so(model._fields[window].comodel_name)
            for window in model._sos_get_windows()
        )


#: model → why reading it tells nothing of the families that its fields lead to
SILENT = {
    "sos.break.glass.open": "a number that somebody typed in; opening is logged itself",
    "sos.person.search": "what somebody typed in; searching is logged itself",
    "sos.time.share.summary": "sums of staff's time",
}
