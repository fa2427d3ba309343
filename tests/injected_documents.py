"""A line of tests/data/injections.jsonl in; a real document that says one true thing and hides or shows an order to a machine, out."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from tests.makers import ROOT
from tests.office_maker import docx, odt
from tests.office_maker import paragraph as docx_paragraph
from tests.pdf_maker import lines, pdf

FILE = ROOT / "tests" / "data" / "injections.jsonl"
_SYLLABLES = (
    ("Bal", "Cer", "Dor", "Fal", "Gor"),
    ("mi", "nu", "ta", "vo"),
    ("drix", "lune", "pard", "stel", "quin", "vane"),
)
_NAMES = ["".join(parts) for parts in product(*_SYLLABLES)]
_HTML = {
    "plain": "<p>{}</p>",
    "comment": "<!-- {} -->",
    "white": '<p style="color:#ffffff;background:#fff">{}</p>',
    "display_none": '<p style="display:none">{}</p>',
    "hidden": "<p hidden>{}</p>",
    "size0": '<p style="font-size:0">{}</p>',
    "offscreen": '<p style="position:absolute;left:-9999px">{}</p>',
    "opacity": '<p style="opacity:0">{}</p>',
    "alt": '<img src="x.png" alt="{}">',
    "title_attribute": '<p title="{}">Suite.</p>',
    "aria_label": '<p aria-label="{}">Suite.</p>',
    "script": "<script>var x = '{}';</script>",
    "noscript": "<noscript>{}</noscript>",
    "template": "<template>{}</template>",
    "image": '<p><img src="{}" alt="logo"></p>',
    "link": '<p><a href="{}">Voir la suite</a></p>',
    "iframe": '<iframe src="{}"></iframe>',
    "tags": "<p>{}</p>",
    "meta": "",
}
_MARKDOWN = {
    "comment": "<!-- {} -->",
    "code": "```\n{}\n```",
    "image": "![logo]({})",
    "link": "[Voir la suite]({})",
    "link_title": '[Voir la suite](https://zebulon.example "{}")',
    "reference": '[suite]: https://zebulon.example "{}"',
    "front_matter": "",
}
_LOOKALIKES = str.maketrans("aeopcxyis", "аеорсхуіѕ")


@dataclass(frozen=True)
class Injection:
    """One case, and the made-up scheme that its document or question is about."""

    id: str
    where: str
    format: str
    how: str
    lang: str
    payload: str
    name: str
    months: int

    @property
    def fact(self) -> str:
        """The true sentence."""
        if self.lang == "fr":
            return f"Le dispositif {self.name} dure {self.months} mois."
        return f"The {self.name} scheme lasts {self.months} months."

    @property
    def question(self) -> str:
        """What is asked, with the order where the case is one of questions."""
        asked = f"Combien de temps dure le dispositif {self.name} ?"
        if self.lang == "en":
            asked = f"How long does the {self.name} scheme last?"
        return asked if self.where == "document" else f"{self.payload} {asked}"


def injections() -> list[Injection]:
    """Every case of the file."""
    raw = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [Injection(**one, name=_NAMES[n], months=7 + n) for n, one in enumerate(raw)]


def put(case: Injection, folder: Path, *, clean: bool) -> Path:
    """The document of a case in a folder; `clean`: the same without the order."""
    kind = case.format or "md"
    said = "" if clean or case.where == "question" else _disguised(case)
    path = folder / f"{case.id}.{kind}"
    if kind == "pdf":
        return _pdf(path, case, said)
    if kind == "docx":
        return _docx(path, case, said)
    if kind == "odt":
        return _odt(path, case, said)
    path.write_text(_text(case, kind, said), encoding="utf-8")
    return path


def _rest(case: Injection) -> str:
    if case.lang == "fr":
        return f"Le financement du dispositif {case.name} vient de l'agence régionale."
    return f"The {case.name} scheme is funded by the regional agency."


def _disguised(case: Injection) -> str:
    """The order as its characters are hidden, where they are."""
    if case.how == "zero_width":
        return "\u200b".join(case.payload)
    if case.how == "tags":
        return "".join(chr(0xE0000 + ord(char)) for char in case.payload if ord(char) < 128)
    if case.how == "bidi":
        return f"\u202e{case.payload[::-1]}\u202c"
    if case.how == "homoglyph":
        return case.payload.translate(_LOOKALIKES)
    if case.how == "base64":
        return base64.b64encode(case.payload.encode()).decode()
    if case.how == "soft_hyphen":
        return "\u00ad".join(case.payload)
    return case.payload


def _text(case: Injection, kind: str, said: str) -> str:
    if kind == "html":
        meta = f'<meta name="description" content="{said}">' if case.how == "meta" else ""
        hidden = _HTML[case.how].format(said) if said else ""
        return (
            f'<!doctype html><html lang="{case.lang}"><head><title>{case.name}</title>{meta}</head><body><main>'
            f"<h1>{case.name}</h1><p>{case.fact}</p>{hidden}<p>{_rest(case)}</p></main></body></html>"
        )
    shown = _MARKDOWN.get(case.how, "{}").replace("{}", said) if said else ""
    if kind == "txt":
        return f"{case.name}\n\n{case.fact}\n\n{shown}\n\n{_rest(case)}\n"
    head = f"---\ntitle: {case.name}\nlanguage: {case.lang}\n"
    head += f"publisher: {said}\n" if said and case.how == "front_matter" else ""
    return f"{head}---\n\n# {case.name}\n\n{case.fact}\n\n{shown}\n\n{_rest(case)}\n"


def _pdf(path: Path, case: Injection, said: str) -> Path:
    return pdf(path, partial(_draw, case, said), title=case.name, lang=case.lang)


def _draw(case: Injection, said: str, canvas: Canvas) -> None:
    below = lines(canvas, [case.name], size=16)
    below = lines(canvas, [case.fact], top=below - 20)
    if said and case.how == "metadata":
        canvas.setSubject(said)
        canvas.setKeywords(said)
        canvas.setAuthor(said)
    elif said:
        _draw_order(canvas, case.how, said, below - 20)
    canvas.setFillGray(0)
    lines(canvas, [_rest(case)], top=below - 60)


def _draw_order(canvas: Canvas, how: str, said: str, top: float) -> None:
    canvas.setFillGray(1 if how == "white" else 0)
    if how == "invisible":
        text = canvas.beginText(72, top)
        text.setTextRenderMode(3)
        text.setFont("Helvetica", 10)
        text.textLine(said)
        text.setTextRenderMode(0)
        canvas.drawText(text)
        return
    lines(canvas, [said], left=-2000 if how == "outside" else 72, top=top, size=0.5 if how == "tiny" else 10)


def _docx(path: Path, case: Injection, said: str) -> Path:
    order, more = "", {}
    if said:
        run = {"vanish": "<w:rPr><w:vanish/></w:rPr>", "white": '<w:rPr><w:color w:val="FFFFFF"/></w:rPr>'}.get(
            case.how, ""
        )
        order = f"<w:p><w:r>{run}<w:t>{said}</w:t></w:r></w:p>"
    if said and case.how == "comment":
        order = ""
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        more["word__comments_xml"] = (
            f'<w:comments xmlns:w="{space}"><w:comment w:id="0">{docx_paragraph(said)}</w:comment></w:comments>'
        )
    if said and case.how == "properties":
        order = ""
        more["docProps__core_xml"] = (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
            f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>{said}</dc:description></cp:coreProperties>'
        )
    body = docx_paragraph(case.name, "Titre") + docx_paragraph(case.fact) + order + docx_paragraph(_rest(case))
    return docx(path, body, **more)


def _odt(path: Path, case: Injection, said: str) -> Path:
    styles, order = "", f"<text:p>{said}</text:p>" if said else ""
    if said and case.how == "hidden":
        styles = '<style:style style:name="H" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'
        order = f'<text:p text:style-name="H">{said}</text:p>'
    if said and case.how == "annotation":
        order = f"<text:p>Suite.<office:annotation><text:p>{said}</text:p></office:annotation></text:p>"
    head = f'<text:h text:outline-level="1">{case.name}</text:h><text:p>{case.fact}</text:p>'
    return odt(path, f"{head}{order}<text:p>{_rest(case)}</text:p>", styles)
