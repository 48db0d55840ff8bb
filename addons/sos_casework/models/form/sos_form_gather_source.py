import base64
import hashlib
from functools import cached_property

import pytz
from PIL import Image

from odoo.tools import format_date
from odoo.tools.image import binary_to_image, image_apply_opt, image_fix_orientation
from odoo.tools.mimetypes import guess_mimetype

from ..common.res_company import LONDON

#: Longest side of a picture in a document, in pixels.
PICTURE_SIZE = 1200
#: A lossless picture above this many bytes is kept as JPEG.
PICTURE_BYTES = 200_000
LOSSLESS = ("image/png", "image/gif")
RASTER = (*LOSSLESS, "image/jpeg", "image/webp", "image/bmp")


class FormSource:
    """What a form is gathered from. Each kind of line is read once for the whole
    form, however many sections show it and however many lines there are."""

    def __init__(self, form):
        self.form = form
        self.env = form.env
        self.case = form.case_id
        self.children = form.child_ids.child_id
        self.pictures = {}

    @cached_property
    def family(self):
        """All children of the family, and those of the form."""
        return self.case.child_ids | self.children

    @cached_property
    def today(self):
        return self.env["res.company"]._sos_today()

    # ------------------------------------------------------------------- lines

    def search(self, model, domain=(), order=None):
        """Lines of this family, read in one go."""
        records = self.env[model].search(
            [("case_id", "=", self.case.id), *domain], order=order
        )
        return records

    def concerns(self, children):
        """Whether a line about these children (none: all) belongs in the form."""
        return not children or bool(children & self.children)

    def open_lines(self, model):
        lines = self.search(model, [("ended_on", "=", False)])
        return lines.filtered(lambda line: self.concerns(line.child_ids))

    @cached_property
    def map_lines(self):
        # by day within a kind; lines without one come first
        return self.open_lines("sos.map.line").sorted(
            lambda line: (line.sequence, str(line.happened_on or ""), line.id)
        )

    @cached_property
    def dangers(self):
        return self.open_lines("sos.danger")

    @cached_property
    def bottom_lines(self):
        lines = self.open_lines("sos.bottom.line")
        return lines.filtered(
            lambda line: not line.danger_id.ended_on
            and self.concerns(line.child_ids or line.danger_id.child_ids)
        )

    @cached_property
    def opinions(self):
        return self.search("sos.opinion", order="id")

    @cached_property
    def ratings(self):
        return self.search("sos.rating", order="rated_at, id")

    @cached_property
    def previous_date(self):
        """The day of the last signed form of this type about these children."""
        form = self.form
        earlier = self.search(
            "sos.form",
            [
                ("type_id", "=", form.type_id.id),
                ("state", "in", ("authorised", "complete")),
                ("child_ids.child_id", "in", self.children.ids),
                ("id", "!=", form._origin.id),
                ("date", "<=", form.date or self.today),
            ],
            order="date desc, id desc",
        )
        return earlier[:1].date

    # ------------------------------------------------------------------ pieces

    def piece(self, kind, /, line=None, children=None, speaker=None, **content):
        """One piece of the document, with the ids that decide who may see it.

        :param children: whom it is about; none named: all children of the family
        :param speaker: the person whose words it is
        """
        about = self.names(children) if children and children != self.children else []
        return {
            "type": kind,
            "line": [line._name, line.id] if line else None,
            "children": sorted((children or self.family).ids),
            "about": about,
            "speaker": speaker.id if speaker else None,
            "said_by": self.name(speaker),
            "persons": [],
            "confidential": False,
            **content,
        }

    @staticmethod
    def readable(persons):
        """Those of whom the user who gathers may know more than the number: somebody
        in this file may be in a restricted one as well."""
        return persons & persons.sudo(False)._get_readable().sudo()

    @staticmethod
    def name(person):
        """What somebody is called in a document: never more than is needed."""
        return person._get_called() if person else None

    def names(self, persons):
        ordered = persons._eldest_first(self.readable(persons))
        return [self.name(person) for person in ordered]

    @staticmethod
    def day(value):
        return value.isoformat() if value else None

    @staticmethod
    def local_day(value):
        """The day in England of a stored time."""
        return FormSource.moment(value)[:10] if value else None

    @staticmethod
    def moment(value):
        """A stored time as it was on the clock in England."""
        if not value:
            return None
        local = pytz.utc.localize(value).astimezone(LONDON)
        return local.strftime("%Y-%m-%dT%H:%M")

    def date_words(self, value):
        return format_date(self.env, value, date_format="d MMMM y")

    @staticmethod
    def words(record, name):
        """The label of a selection's value."""
        field = record._fields[name]
        return dict(field._description_selection(record.env)).get(record[name])

    # ---------------------------------------------------------------- pictures

    def picture(self, record, key):
        """Keep a copy of a record's picture that is small enough to print.

        :return: what a piece says about the picture, or None when there is none
        """
        stored = record.with_context(bin_size=False).image
        source = base64.b64decode(stored or b"")
        if guess_mimetype(source) not in RASTER:
            return None
        small = self._shrink(source)
        encoded = base64.b64encode(small)
        self.pictures[key] = encoded
        return {"key": key, "sha256": hashlib.sha256(encoded).hexdigest()}

    @staticmethod
    def _shrink(source):
        """A copy to print: upright, on white, without what a camera adds to it."""
        image = image_fix_orientation(binary_to_image(source))
        image.thumbnail((PICTURE_SIZE, PICTURE_SIZE))
        if image.mode != "L":
            image = image.convert("RGBA")
            paper = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(paper, image).convert("RGB")
        if guess_mimetype(source) in LOSSLESS:
            small = image_apply_opt(image, "PNG", optimize=True)
            if len(small) <= PICTURE_BYTES:
                return small
        return image_apply_opt(image, "JPEG", quality=80, optimize=True)
