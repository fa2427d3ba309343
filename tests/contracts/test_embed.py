"""docs/embed.md says what the assistant has, all of it and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from tests.makers import ROOT

WIDGET = ROOT / "service" / "widget"
GUIDE = (ROOT / "docs" / "embed.md").read_text(encoding="utf-8")


def code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(WIDGET.rglob("*.js")))


def part(heading: str) -> str:
    return GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def first_column(table: str) -> set[str]:
    cells = re.findall(r"^\| (`.+?) \|", table, re.M)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_every_attribute_is_documented_and_no_other() -> None:
    read = set(re.findall(r'(?:get|has)Attribute\("([a-z-]+)"\)|linkTo\("([a-z-]+)"\)', code()))
    names = {a or b for a, b in read} - {"aria-selected"} | {"accent", "theme"}
    assert first_column(part("Attributes")) == names
    assert ':host([theme="dark"])' in code()


def test_every_event_is_documented_and_no_other() -> None:
    told = {f"assistant:{name}" for name in re.findall(r'tell\("([a-z-]+)"', code())}
    assert first_column(part("Methods and events")) == told


def test_every_custom_property_and_part_is_documented_and_no_other() -> None:
    assert first_column(part("Looks")) == set(re.findall(r"var\((--assistant-[a-z-]+)", code()))
    listed = re.findall(r"`([a-z]+)`", part("Looks").partition("`::part()` reaches:")[2].partition("\n\n")[0])
    assert set(listed) == set(re.findall(r'part: "([a-z]+)"', code()))


def test_every_method_is_documented() -> None:
    element = (WIDGET / "widget" / "element.js").read_text(encoding="utf-8")
    for name in re.findall(r"`(\w+)\((?:text)?\)`", part("Methods and events")):
        assert re.search(rf"^  (?:async )?{name}\(", element, re.M), name


def test_every_picture_of_the_guides_is_there_and_small() -> None:
    for guide in ("embed.md", "accessibility.md"):
        text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            target: Path = ROOT / "docs" / link
            assert target.is_file(), link
            assert target.suffix != ".png" or target.stat().st_size < 150_000


def test_every_test_that_the_accessibility_table_names_exists() -> None:
    text = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")
    for name in set(re.findall(r"`(test_[a-z_]+)`", text)):
        assert (ROOT / "tests" / "browser" / f"{name}.py").is_file(), name
