from odoo import models
from odoo.exceptions import UserError

from .sos_form_output_limits import ReaderLimits

AUDIENCES = ("family", "child", "professionals")
#: States in which a form is frozen: nothing is shown of it but what was frozen.
FROZEN = ("submitted", "authorised", "complete")
#: Typed facts that a family reads; the rest is for the service.
FAMILY_DAYS = ("held_on", "booked_on", "started_on")
FAMILY_FACTS = ("chair_id",)
#: What a document holds for the service and a family's copy does not.
SERVICE_KEYS = ("analysis", "statutory", "override_reason", "query_reason")


class SosForm(models.Model):
    """What each reader gets of a form: made from the document, by the sections'
    audiences and the limits of this reader as they are today."""

    _inherit = "sos.form"

    def _get_output(self, audience, reader=None):
        """A copy of the form for one audience, as plain data.

        :param audience: ``professionals``, ``family`` or ``child``
        :param reader: the person who reads it; required for ``family`` and ``child``
        :raise UserError: when the copy may not be given, with what to do
        """
        return self._prepare_output(audience, reader)[0]

    def _prepare_output(self, audience, reader=None):
        """:return: ``(output, pictures)``; pictures by their key, in base64"""
        self.ensure_one()
        self.check_access("read")
        if audience not in AUDIENCES:
            raise UserError(
                self.env._(
                    "A copy is for the family, for a child or for professionals."
                )
            )
        limits = None
        if audience != "professionals":
            self._check_reader(reader)
        content, pictures, document = self._get_content()
        if audience != "professionals":
            limits = ReaderLimits(self, audience, reader, content, document)
            self._check_allowed(limits)
        output = self._filter_content(content, audience, limits)
        output.update(
            {
                "audience": audience,
                "reader": reader
                and {
                    "id": reader.id,
                    "name": reader.name,
                    "first_name": reader.first_name,
                },
                "draft": self.state not in FROZEN,
                "state": self.state,
                "document": document
                and {"number": document.number, "sha256": document.sha256},
                "made_on": self.env["res.company"]._sos_today().isoformat(),
                "contact": self._get_contact(audience, reader),
            }
        )
        if limits:
            output["first_page"] = self._get_first_page(output)
        else:
            output["addenda"] = self._get_addenda()
        output["corrections"] = self._get_corrections(limits, output["left_out"])
        used = self._get_picture_keys(output["sections"])
        output["pictures"] = used
        return output, {key: pictures[key] for key in used if key in pictures}

    def _get_content(self):
        """The frozen document when there is one, otherwise the form as it stands.

        :return: content, pictures, and the document it came from
        """
        if self.document_id or self.state in FROZEN:
            document = self._get_frozen()
            content = document._load()
            named = self._get_picture_keys(content["sections"])
            return content, document._load_pictures(named), document
        return *self._gather(), None

    # ------------------------------------------------------------------ limits

    def _needs_release(self):
        """Whether the form is kept from the family until somebody releases it."""
        return self.type_id.sudo().family_output == "released" and not self.released

    def _check_reader(self, reader):
        if self._needs_release():
            raise UserError(
                self.env._(
                    "“%s” is not given to the family until it is released. Who "
                    "authorises it can release it, with a reason.",
                    self.type_id.name,
                )
            )
        if not reader:
            raise UserError(
                self.env._("Choose who reads this copy: it is made for one person.")
            )
        # sudo: who belongs to the family is asked of the file, not of the user
        case = self.sudo().case_id
        if reader not in case.member_ids.person_id | case.network_ids.person_id:
            raise UserError(
                self.env._("The reader is not in this family's file. Add them first.")
            )

    def _check_allowed(self, limits):
        children = self.sudo().child_ids.child_id
        if not limits.allowed & set(children.ids):
            raise UserError(
                self.env._(
                    "%(reader)s has neither parental responsibility nor care for "
                    "%(children)s, so there is nothing to give. If that is wrong, "
                    "correct the relationship in the family file. If it is right and "
                    "they should have it all the same, a manager can record a release.",
                    reader=limits.reader.name,
                    children=", ".join(children.mapped("display_name")),
                )
            )

    # --------------------------------------------------------------- filtering

    def _filter_content(self, content, audience, limits):
        sections, left_out, look_at = [], {}, {}
        for section in content["sections"]:
            if not section[audience]:
                continue
            pieces = []
            for piece in section["pieces"]:
                shown, reasons = self._filter_piece(piece, limits)
                for reason in reasons:
                    key = (section["title"], reason)
                    left_out[key] = left_out.get(key, 0) + 1
                if shown:
                    pieces.append(shown)
                    names = limits.get_mentions(shown) if limits else ()
                    for name in names:
                        look_at[section["title"], name] = True
            if pieces:
                sections.append({**section, "pieces": self._merge_events(pieces)})
        return {
            "format": content["format"],
            "header": self._filter_header(content["header"], limits),
            "children": self._filter_children(content["children"], limits),
            "sections": sections,
            "left_out": [
                {"section": section, "reason": reason, "count": count}
                for (section, reason), count in left_out.items()
            ],
            "look_at": [
                {"section": section, "name": name} for section, name in look_at
            ],
        }

    def _filter_piece(self, piece, limits):
        """:return: the piece as its reader gets it or None, and why something of it
        was left out"""
        if not limits:
            return self._mask_address(piece), []
        reason = limits.get_reason(piece)
        if reason:
            return None, [reason]
        shown, reasons = limits.filter_nested(piece)
        reason = limits.get_text_reason(shown)
        if reason:
            return None, [reason]
        if "ratings" in shown and not shown["ratings"] and shown["type"] == "scale":
            return None, reasons
        for name in SERVICE_KEYS:
            shown.pop(name, None)
        for name, value in shown.items():
            if isinstance(value, dict) and {"code", "title"} == value.keys():
                shown[name] = {"title": value["title"]}
        return shown, reasons

    @staticmethod
    def _merge_events(pieces):
        """One event for several children, where a copy may tell of all of them."""
        merged = []
        for piece in pieces:
            last = merged[-1] if merged else {}
            if piece["type"] == "event" == last.get("type") and not (
                piece.get("text") or piece.get("html")
            ):
                if (last["on"], last["what"]) == (piece["on"], piece["what"]):
                    merged[-1] = {
                        **last,
                        "children": sorted({*last["children"], *piece["children"]}),
                        "about": last["about"] + piece["about"],
                    }
                    continue
            merged.append(piece)
        return merged

    def _mask_address(self, piece):
        """A confidential address stays on the person's own screen: copies are passed
        on. Asked of the live record too."""
        if piece["type"] != "address":
            return piece
        # sudo: whether it is confidential counts for every user
        address = self.env["sos.address"].sudo().browse(piece["line"][1]).exists()
        if piece["confidential"] or address.confidential:
            return {**piece, "address": None, "confidential": True}
        return piece

    def _filter_header(self, header, limits):
        if not limits:
            return header
        names = ("authority", "title", "type", "version", "reference", "date")
        signed = ("submitted_by", "submitted_at", "authorised_by", "authorised_at")
        kept = {name: header[name] for name in (*names, *signed, "state")}
        facts = {fact["code"]: fact for fact in header["facts"]}
        # the day on which it happened says more than the day it was planned for
        day = next((n for n in FAMILY_DAYS if n in facts), None)
        kept["facts"] = [facts[n] for n in (day, *FAMILY_FACTS) if n in facts]
        return kept

    def _filter_children(self, children, limits):
        if not limits:
            return children
        names = ("id", "name", "first_name", "age", "reasons", "confirmed_on")
        coded = ("decision", "category", "closure_reason")
        return [
            {
                **{name: child[name] for name in names},
                **{n: child[n] and {"title": child[n]["title"]} for n in coded},
            }
            for child in children
            if limits.has_child(child["id"])
        ]

    # -------------------------------------------------------------- additions

    def _get_contact(self, audience, reader):
        """Who to call, as of today: workers change after a form was signed. A child
        also reads whom of the network they can tell."""
        # sudo: the worker's name and the office's number are for the family
        case = self.sudo().case_id
        tell = case.network_ids.filtered(
            lambda member: audience == "child"
            and not member.left_on
            and reader in member.child_can_tell_ids
        )
        return {
            "can_tell": tell.person_id.mapped("display_name"),
            "worker": case.lead_id.name or None,
            "phone": case.lead_id.partner_id.phone or None,
            "team": case.team_id.name,
            "authority": case.company_id.name,
            "office_phone": case.company_id.phone or None,
            "office_email": case.company_id.email or None,
        }

    def _get_addenda(self):
        return [
            {
                "html": str(addendum.text),
                "by": addendum.added_by_id.name,
                "on": addendum.added_at.date().isoformat(),
            }
            for addendum in self.addendum_ids
        ]

    def _get_first_page(self, output):
        """What a family reads first, from what this reader may have."""
        found = {}
        for section in output["sections"]:
            for piece in section["pieces"]:
                kind = piece.get("kind") if piece["type"] == "line" else piece["type"]
                found.setdefault(kind, []).append(piece)
        why = [
            piece["html"]
            for section in output["sections"]
            if section["code"] == "reason"
            for piece in section["pieces"]
        ]
        dangers = found.get("danger", [])
        worries = dangers or found.get("past_harm", []) + found.get("complicating", [])
        well = found.get("existing_safety", []) + found.get("strength", [])
        steps = [p for p in found.get("next_step", []) if not p["done_on"]]
        return {
            "why": why,
            "worries": [piece["text"] for piece in worries[:4]],
            "well": [piece["text"] for piece in well[:5]],
            "next": [d["goal"] for d in dangers if d["goal"]][:4],
            "steps": [
                {"text": p["text"], "who": p["who"] or p["whose"], "by": p["by_when"]}
                for p in steps[:5]
            ],
            "decisions": [
                {"name": piece["name"], "title": piece["decision"]["title"]}
                for piece in found.get("decision", [])
            ],
        }

    @staticmethod
    def _get_picture_keys(value):
        """Keys and fingerprints of the pictures that are left in a copy."""
        keys = {}
        for section in value:
            for piece in section["pieces"]:
                for holder in (piece, *piece.get("panels", ())):
                    picture = holder.get("picture")
                    if picture:
                        keys[picture["key"]] = picture["sha256"]
        return keys
