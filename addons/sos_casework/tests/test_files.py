import base64
import io
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from unittest.mock import Mock, patch

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import file_path

from ..tools import files, pdf, refused
from .common import SosCommon
from .refusals import RefusalsMixin

KINDS = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MACROS = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
OOXML = "application/vnd.openxmlformats-officedocument."
MAIN = f"{OOXML}wordprocessingml.document.main+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def draw(kind="PNG", size=(40, 30)):
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def make_chunk(kind, data):
    return (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
    )


def make_bomb(width, height):
    """A few bytes that say that they are a very large picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + make_chunk(b"IHDR", header)
        + make_chunk(b"IDAT", zlib.compress(bytes(1000)))
        + make_chunk(b"IEND", b"")
    )


def make_archive(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def lock(archive):
    """Says of each part that it needs a password."""
    head = b"PK\x01\x02\x14\x03\x14\x00"
    return archive.replace(head + b"\x00\x00", head + b"\x01\x00")


def make_report(parts=(), kinds=(), relations=(), body="", last=()):
    """A report of Word, with more parts, kinds of parts and relations.

    :param last: names of parts that stand after all others
    """
    overrides = {"/word/document.xml": MAIN, **dict(kinds)}
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    content = {
        "[Content_Types].xml": f'<Types xmlns="{KINDS}">'
        + '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="{name}" ContentType="{kind}"/>'
            for name, kind in overrides.items()
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body><w:p><w:r>'
        f"<w:t>The visit.</w:t>{body}</w:r></w:p></w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">'
        + "".join(
            f'<Relationship Id="x{number}" Type="{kind}" Target="{target}"{mode}/>'
            for number, (kind, target, mode) in enumerate(relations)
        )
        + "</Relationships>",
        **dict(parts),
    }
    for name in last:
        content[name] = content.pop(name)
    return make_archive(content)


def make_nested(times):
    """A report in a report in a report."""
    content = make_report()
    for _time in range(times - 1):
        content = make_report([("word/embeddings/inside.docx", content)])
    return content


def make_open(body="", **parts):
    """A letter of LibreOffice."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    return make_archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:'
            'opendocument:xmlns:manifest:1.0"><m:file-entry m:media-type="text/xml" '
            'm:full-path="Pictures/description.png"/></m:manifest>',
            "content.xml": f'<o:document-content xmlns:o="{office}" '
            f'xmlns:x="http://www.w3.org/1999/xlink">{body}</o:document-content>',
            **parts,
        }
    )


def make_pdf(*objects, packed=()):
    """
    :param objects: what stands in it
    :param packed: what stands in a stream of objects, as programs write them today
    """
    lines = ["%PDF-1.7", *(f"{n} 0 obj\n{o}\nendobj" for n, o in enumerate(objects))]
    if packed:
        things = zlib.compress(f"90 0 {' '.join(packed)}".encode())
        about = f"<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length {len(things)}>>"
        lines += [f"80 0 obj\n{about}\nstream", things, "endstream\nendobj"]
    lines.append("trailer <</Root 0 0 R>>\n%%EOF\n")
    return b"\n".join(x.encode() if isinstance(x, str) else x for x in lines)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


@tagged("post_install", "-at_install")
class TestFiles(RefusalsMixin, SosCommon):
    """What is uploaded to a family is what it says, and harmless."""

    def _keep(self, content, user=None):
        """A drawing, as the client sends it."""
        return (
            self.env["sos.voice"]
            .with_user(user or self.worker)
            .create(
                {
                    "case_id": self.case.id,
                    "child_id": self.sam.id,
                    "tool": "drawing",
                    "image": base64.b64encode(content),
                }
            )
        )

    def _attach(self, content, name="file"):
        return (
            self.env["ir.attachment"]
            .with_user(self.worker)
            .create(
                {
                    "name": name,
                    "raw": content,
                    "res_model": "sos.case",
                    "res_id": self.case.id,
                }
            )
        )

    def test_pictures_that_are_kept(self):
        for kind in ("PNG", "JPEG"):
            with self.subTest(kind):
                self.assertTrue(self._keep(draw(kind)).image)

    def test_what_is_no_picture(self):
        webp = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(99)
        for content in (SVG, HTML, draw("GIF"), webp, b"%PDF-1.7 x", b"x" * 99):
            with self.subTest(content[:9]):
                with self._refused(UserError, "Save it as PNG"):
                    self._keep(content)

    def test_picture_is_checked_when_it_is_changed_too(self):
        voice = self._keep(draw())
        before = voice.image
        for image, words in (
            (base64.b64encode(SVG), "Save it as PNG"),
            ("not base64!", "did not arrive whole"),
        ):
            with self._refused(UserError, words):
                voice.image = image
        self.assertEqual(voice.image, before)

    def test_damaged_pictures(self):
        png, jpeg = draw(), draw("JPEG")
        for content in (
            png[:33],
            jpeg[:300],
            png[:40] + HTML + png[40:],
            jpeg[:20] + b"\x00" + jpeg[20:],
        ):
            with self.subTest(content[:9]), self._refused(UserError, "is damaged"):
                self._keep(content)

    def test_pictures_that_grow(self):
        for size in ((60_000, 60_000), (9_000, 9_000)):
            with self.subTest(size), self._refused(UserError, "too many dots"):
                self._keep(make_bomb(*size))
        self.assertTrue(self._keep(draw(size=(2600, 100))).image)

    def test_sizes(self):
        with (
            patch.object(files, "LARGEST_PICTURE", 50),
            self._refused(UserError, "This picture is larger than"),
        ):
            self._keep(draw())
        with (
            patch.object(files, "LARGEST_FILE", 5),
            self._refused(UserError, "This file is larger than"),
        ):
            self._attach(b"%PDF-1.7")
        with (
            patch.object(pdf, "MOST_WORK", 5),
            self._refused(UserError, "far larger than its file says"),
        ):
            self._attach(make_pdf(packed=["<</A 1>>"]))

    def test_files_that_are_kept(self):
        link = (f"{OFFICE}/hyperlink", "https://example.org/", ' TargetMode="External"')
        chart = ("word/embeddings/table.docx", make_report())
        items = [(f"customXml/item{n}.xml", "<x/>") for n in range(40)]
        last = ["[Content_Types].xml", "word/document.xml"]
        uri = "<</S/URI/URI(https://example.org)>>"
        pictures = '<o:image x:href="Pictures/1.png"/><o:a x:href="http://a.org"/>'
        word = f"{OOXML}wordprocessingml.document"
        letter = "application/vnd.oasis.opendocument.text"
        for words, content, kind in (
            ("picture", draw(), "image/png"),
            ("pdf", b"%PDF-1.7\n1 0 obj\n", "application/pdf"),
            ("pdf with a link", make_pdf(uri, packed=["<</A 1>>"]), "application/pdf"),
            ("report", make_report(), word),
            ("parts in another order", make_report(items, last=last), word),
            ("link and chart", make_report([chart], relations=[link]), word),
            ("letter", make_open(), letter),
            ("letter with a picture and a link", make_open(pictures), letter),
        ):
            with self.subTest(words):
                file = self._attach(content, "what.exe")
                self.assertEqual((file.mimetype, file.raw), (kind, content))
                # nobody's program opens it by the name
                self.assertRegex(file.name, r"^what\.exe\.(png|pdf|docx|odt)$")

    def test_what_is_refused_is_not_stored(self):
        """Odoo's route for uploads says that something horrible happened, and goes on:
        what was refused was there all the same."""
        domain = [("res_model", "=", "sos.case"), ("res_id", "=", self.case.id)]
        files = self.env["ir.attachment"].with_user(self.worker)
        before = files.search(domain)
        for act in (
            lambda: self._attach(HTML),
            lambda: files.create({"name": "x", "raw": HTML}).write(
                {"res_model": "sos.case", "res_id": self.case.id}
            ),
        ):
            with suppress(UserError):
                act()
            self.assertEqual(files.search(domain), before)

    def _get_unkept_documents(self):
        """Words of the sentence, and what is refused with it."""
        vba = "application/vnd.ms-office.vbaProject"
        macros = "application/vnd.ms-word.document.macroEnabled.main+xml"
        entity = "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
        field = "<w:instrText>DD</w:instrText><w:instrText>EAUTO a</w:instrText>"
        listener = '<s:event-listener xmlns:s="s" x:href="vnd.sun.star.script:a"/>'
        yield (
            "program in this doc",
            {
                "by kind": make_report([("word/a.bin", "x")], [("/word/a.bin", vba)]),
                "by relation": make_report(relations=[(MACROS, "a.bin", "")]),
                "as a whole": make_report(kinds=[("/word/document.xml", macros)]),
                "by name": make_report([("word/vbaProject.bin", OLE)]),
                "in a letter": make_open(**{"Basic/a.xml": "<a/>"}),
                "said by a letter": make_open(
                    **{
                        "META-INF/manifest.xml": '<m:manifest xmlns:m="m">'
                        '<m:file-entry m:media-type="text/x-script"/></m:manifest>'
                    }
                ),
                "listening": make_open(listener),
            },
        )
        yield (
            "another file in this doc",
            {
                "under another name": make_report([("word/media/image1.png", OLE)]),
                "object": make_report(kinds=[("/word/o.bin", f"{OOXML}oleObject")]),
                "program": make_report([("word/setup.txt", b"MZ" + bytes(99))]),
                "deep inside": make_nested(4),
                "linked": make_report(
                    relations=[
                        (f"{OFFICE}/oleObject", "https://a", ' TargetMode="External"')
                    ]
                ),
            },
        )
        yield (
            "another place",
            {
                "field": make_report(body=field),
                "table": make_report(
                    kinds=[("/xl/a.xml", f"{OOXML}spreadsheetml.externalLink+xml")]
                ),
                "frame": make_open("<o:floating-frame/>"),
                "picture": make_open('<o:image x:href="https://evil.example/a.png"/>'),
                "link to a program": make_open('<o:a x:href="file:///setup.exe"/>'),
                **{
                    f"{kind} {target}": make_report(
                        relations=[
                            (f"{OFFICE}/{kind}", target, ' TargetMode="External"')
                        ]
                    )
                    for kind, target in (
                        ("attachedTemplate", "https://evil.example/a.dotm"),
                        ("attachedTemplate", "file:///a.dotx"),
                        ("image", "https://evil.example/a.png"),
                        ("hyperlink", "file:///c:/setup.exe"),
                        ("hyperlink", "java\tscript:alert(1)"),
                        ("hyperlink", "\\\\server\\setup.exe"),
                    )
                },
            },
        )
        yield (
            "could not be looked into",
            {
                "entities": make_report([("word/x.xml", entity)]),
                "cut off": make_report()[:300],
                "two of one name": make_report([("word/Document.xml", "<x/>")]),
                "packed in another way": make_pdf(
                    "<</Type/ObjStm/Predictor 12>>\nstream\nx\nendstream"
                ),
                "unusual": make_pdf("<</Filter/LZWDecode>>", packed=["<<>>"]),
            },
        )
        yield (
            "far larger",
            {"grows": make_report([("word/x.bin", bytes(301 * 1024 * 1024))])},
        )

    def _get_unkept(self):
        yield from self._get_unkept_documents()
        locked = "EncryptedPackage".encode("utf-16-le")
        yield "nothing in this file", {"empty": b""}
        yield (
            "cannot be kept",
            {
                "svg": SVG,
                "html": HTML,
                "program": b"MZ" + bytes(99),
                "text": b"text",
                "old document": OLE,
                "archive": make_archive({"a.exe": b"MZ"}),
                "no document": make_report(
                    kinds=[("/word/document.xml", "application/xml")]
                ),
                "two documents": make_report(kinds=[("/word/other.xml", MAIN)]),
                "no letter": make_open(mimetype="application/x-other"),
                "inside": make_report(
                    [("word/a.docx", make_archive({"a.exe": b"MZ"}))]
                ),
            },
        )
        yield (
            "locked with a password",
            {
                "document": OLE + locked,
                "report": lock(make_report()),
                "letter": make_open(
                    **{
                        "META-INF/manifest.xml": '<m:manifest xmlns:m="m">'
                        "<m:encryption-data/></m:manifest>"
                    }
                ),
                "pdf": make_pdf("<</Encrypt 5 0 R>>"),
            },
        )
        for words, things in (
            (
                "runs something",
                (
                    "<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>",
                    "<</S/J#61vaScript/JS(x)>>",
                    "<</JS(x)>>",
                    "<</S/Launch/F(cmd.exe)>>",
                    "<</S/SubmitForm/F(https://evil.example)>>",
                    "<</AcroForm<</XFA 1 0 R>>>>",
                ),
            ),
            (
                "other files",
                ("<</Names<</EmbeddedFiles 1 0 R>>>>", "<</Type/EmbeddedFile>>"),
            ),
        ):
            yield words, {f"pdf {thing}": make_pdf(thing) for thing in things}
            yield (
                words,
                {f"packed {thing}": make_pdf(packed=[thing]) for thing in things},
            )

    def test_files_that_are_not(self):
        for sentence, contents in self._get_unkept():
            for words, content in contents.items():
                with self.subTest(words), self._refused(UserError, sentence):
                    # the name says nothing
                    self._attach(content, "letter.pdf")

    def test_what_is_stored_counts_and_not_what_is_said(self):
        """Defaults in the context, a link, a second write, the store's own field."""
        files = self.env["ir.attachment"].with_user(self.worker)
        home = {"res_model": "sos.case", "res_id": self.case.id}
        defaults = {f"default_{name}": value for name, value in home.items()}
        svg = base64.b64encode(SVG).decode()
        link = {"type": "url", "url": "https://evil.example/"}
        for context, values in (
            (defaults, {"raw": SVG}),
            (defaults, {"datas": svg}),
            ({**defaults, "default_raw": SVG}, {}),
            ({**defaults, "default_datas": svg}, {}),
            ({}, {**home, "raw": SVG, "mimetype": "application/pdf"}),
            ({}, {**home, "db_datas": svg}),
            ({}, {**home, "db_datas": draw()}),
            (defaults, {}),
            ({}, {**home, **link}),
            ({**defaults, "default_type": "url"}, {"url": "https://evil.example/"}),
            (defaults, {"raw": draw(), "url": "/web/a.png"}),
        ):
            for user in (files, files.sudo()):
                with self.subTest(values, context=context, su=user.env.su):
                    with self.assertRaises(UserError):
                        user.with_context(**context).create({"name": "a", **values})
        for values in ({"raw": SVG}, link):
            own = files.create({"name": "a", **values})
            for user in (own, own.sudo()):
                with self.assertRaises(UserError):
                    user.write(dict(home))
        voices = self.env["sos.voice"].with_user(self.worker)
        with self._refused(UserError, "Save it as PNG"):
            voices.with_context(default_image=svg).create(
                {"case_id": self.case.id, "child_id": self.sam.id, "tool": "drawing"}
            )

    def test_link_of_before_leads_nowhere(self):
        """As it was kept before links were refused."""
        file = self._attach(draw(), "a.png")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET type = 'url', url = 'https://evil.example/',"
            " store_fname = NULL WHERE id = %s",
            [file.id],
        )
        file.invalidate_recordset()
        binary = self.env["ir.binary"].with_user(self.worker)
        host = {"httprequest.environ": {"HTTP_HOST": "sos.example"}}
        with patch("odoo.addons.base.models.ir_attachment.request", Mock(**host)):
            with self._refused(UserError, "A link is no file"):
                binary._get_stream_from(file)

    # ------------------------------------------------------------------ metadata

    def _photograph(self, kind, size=(40, 30), turned=1):
        """A photo with the place where it was taken, and what it was cut out of."""
        image = Image.new("RGB", size, "white")
        image.paste("red", (0, 0, size[0] // 2, size[1]))
        exif = image.getexif()
        exif[0x0112] = turned
        exif[0x013B] = "Taken by Alex"
        exif.get_ifd(0x8825)[2] = (51.0, 30.0, 26.0)
        options = {"exif": exif}
        if kind == "PNG":
            options["pnginfo"] = texts = PngInfo()
            texts.add_text("Comment", "Taken by Alex")
            texts.add_itxt("XML:com.adobe.xmp", "<x>Taken by Alex</x>")
        else:
            options |= {"comment": "Taken by Alex", "xmp": b"<x>Taken by Alex</x>"}
        out = io.BytesIO()
        image.save(out, kind, **options)
        film = b"a film of the moment, Taken by Alex"
        return out.getvalue() + (film if kind == "JPEG" else b"")

    def test_pictures_lose_what_a_camera_wrote(self):
        for kind in ("PNG", "JPEG"):
            for turned in (1, 6):
                photo = self._photograph(kind, turned=turned)
                self.assertIn(b"Taken by Alex", photo)
                kept = {
                    "field": base64.b64decode(self._keep(photo).image),
                    "file": self._attach(photo).raw,
                }
                for words, content in kept.items():
                    with self.subTest(words, kind=kind, turned=turned):
                        self.assertNotIn(b"Taken by Alex", content)
                        with Image.open(io.BytesIO(content)) as image:
                            self.assertFalse(dict(image.getexif()))
                            # upright: as the camera was held
                            size = (30, 40) if turned == 6 else (40, 30)
                            self.assertEqual((image.format, image.size), (kind, size))
                        self.assertEqual(files.keep_picture(content), content)

    def test_no_dot_of_a_picture_changes(self):
        for kind in ("PNG", "JPEG"):
            photo = self._photograph(kind)
            with (
                Image.open(io.BytesIO(photo)) as before,
                Image.open(io.BytesIO(files.keep_picture(photo))) as after,
            ):
                self.assertEqual(before.tobytes(), after.tobytes())
        self.assertEqual(files.keep_picture(draw()), draw())

    # ---------------------------------------------------------------- what is told

    def test_table_says_what_is_refused(self):
        """docs/security.md, for who asks why a file was not kept."""
        page = Path(file_path("sos_casework")).parents[1] / "docs" / "security.md"
        text = " ".join(page.read_text().split())
        for reason, sentence in refused.REFUSED.items():
            with self.subTest(reason):
                self.assertIn(" ".join(str(sentence).split()), text)

    def test_files_of_others_are_not_our_business(self):
        attachments = self.env["ir.attachment"].with_user(self.manager)
        partner = self.env["res.partner"].create({"name": "School"})
        self.assertTrue(
            attachments.create(
                {
                    "name": "a.txt",
                    "raw": b"text",
                    "res_model": "res.partner",
                    "res_id": partner.id,
                }
            )
        )
