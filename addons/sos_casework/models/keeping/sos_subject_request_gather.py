import base64
import hashlib

from odoo import fields, models
from odoo.tools.mimetypes import guess_mimetype

from ..form.sos_form_gather_source import RASTER, FormSource
from .person_source import PersonSource


class SosSubjectRequest(models.Model):
    """Gathering: everything that is held about the person, as pieces. Gathering again
    adds what is new and keeps what was decided about what did not change."""

    _inherit = "sos.subject.request"

    def action_gather(self):
        """Find everything that is held about the person."""
        self._check_handler("open", "gathered", "reviewed")
        self._queue()
        self._refresh_cases()
        source = PersonSource(self)
        pieces = {}
        for piece in self._gather_pieces(source):
            pieces.setdefault(piece["key"], piece)
        self._store_pieces(pieces)
        self._drop_bundle()
        self._set_state({"state": "gathered", "gathered_at": fields.Datetime.now()})
        self.env["sos.access.log"]._record(
            "opened",
            self,
            self.env._("Everything held was gathered: %s pieces.", len(pieces)),
        )
        return True

    def _gather_pieces(self, source):
        yield from self._gather_rows(source)
        yield from self._gather_documents(source)
        yield from self._gather_changes(source)
        yield from self._gather_looks(source)

    def _store_pieces(self, pieces):
        """Add what is new. What was found before with other words waits again."""
        # sudo: pieces are written by gathering only
        known = {piece.key: piece for piece in self.sudo().piece_ids}
        new = []
        for key, vals in pieces.items():
            piece = known.get(key)
            if not piece:
                new.append({**vals, "request_id": self.id})
            elif (piece.text or "") != (vals["text"] or ""):
                piece.write(
                    {
                        **vals,
                        "third_ids": [fields.Command.set(vals["third_ids"])],
                        "decision": vals["decision"],
                        "blackout": False,
                        "exemption_id": False,
                        "decided_by_id": False,
                        "decided_at": False,
                    }
                )
        self.env["sos.subject.piece"].sudo().create(new)

    def _prepare_piece(self, source, key, kind, text, **vals):
        """The values of a piece.

        :param kind: ``(rank, name)``: pieces are bundled kind by kind
        :param ids: people whom the row names; ``about``: children it is about
        """
        ids, about = vals.pop("ids", set()), vals.pop("about", set())
        own_words = vals.pop("own_words", False)
        confidential = vals.pop("confidential", False)
        theirs, third = source.weigh(ids, about, vals.pop("case_id", None), text)
        look_at = source.get_reasons(third, text, own_words, confidential)
        rank, name = kind
        decision = ("waiting" if look_at else "give") if theirs else "other"
        return {
            "key": key,
            "kind_rank": rank,
            "kind": name,
            "text": text,
            "third_ids": sorted(third),
            "look_at": look_at,
            "decision": decision,
            **vals,
        }

    def _prepare_file(self, source, key, data, name, **vals):
        """A picture or file as a piece of its own: it is given or withheld whole.

        Pictures are scaled: the bundle is to be read, and to be sent.
        """
        is_picture = guess_mimetype(data) in RASTER
        if is_picture:
            data = FormSource._shrink(data)
            ending = guess_mimetype(data).rpartition("/")[2]
            name = f"{name}.{ending}"
        source.files.add(hashlib.sha256(data).hexdigest())
        return self._prepare_piece(
            source,
            key,
            (40, self.env._("Drawings, pictures and files")),
            "",
            file=base64.b64encode(data),
            file_name=name,
            is_picture=is_picture,
            **vals,
        )

    def _get_source(self, people):
        """What finds the names of others in a text, these people's among them."""
        self.ensure_one()
        source = PersonSource(self)
        source.add_people(people.ids)
        return source
