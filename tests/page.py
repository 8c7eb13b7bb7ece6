"""A page as a test reads it: parsed, and held against the house's rules for every page."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
from cssselect2 import ElementWrapper

LABELLED = {"input", "select", "textarea"}
NO_LABEL_NEEDED = {"hidden", "submit", "button", "image", "reset"}


class Page:
    """Parsed HTML. `whole` False for a region that htmx swaps into a page."""

    def __init__(self, markup: str, *, status: int = 200, whole: bool = True, url: str = "") -> None:
        self.markup, self.status, self.url = markup, status, url
        self.root: ET.Element = html5lib.parse(markup, treebuilder="etree", namespaceHTMLElements=False)
        self._wrapped = ElementWrapper.from_html_root(self.root)
        faults = list(self._faults(whole))
        assert not faults, f"{url}: " + "; ".join(faults)

    @property
    def h1(self) -> str:
        """The heading of the page, without the badge beside it."""
        heading = self.one("h1")
        badges = {
            id(each)
            for mark in heading.iter()
            if "mark" in mark.attrib.get("class", "").split()
            for each in mark.iter()
        }
        return " ".join("".join(_texts(heading, badges)).split())

    @property
    def text(self) -> str:
        """All words of the page, spaces made single."""
        return words(self.root.find("body"))

    @property
    def notices(self) -> str:
        """What the page tells: flashed sentences and problems."""
        return " ".join(words(each) for each in self.all("#notices > *, main .note, .problems, .field-error"))

    def all(self, selector: str) -> list[ET.Element]:
        """Return the elements a CSS selector finds."""
        return [found.etree_element for found in self._wrapped.query_all(selector)]

    def one(self, selector: str) -> ET.Element:
        """Return the one element a CSS selector finds; an assertion fails for none or many."""
        found = self.all(selector)
        assert len(found) == 1, f"{self.url}: {len(found)} × {selector}"
        return found[0]

    def has(self, selector: str) -> bool:
        """Tell whether a CSS selector finds anything."""
        return bool(self.all(selector))

    def link(self, label: str) -> str:
        """Return the address of the first link with these words."""
        for each in self.all("a[href]"):
            if label in words(each):
                return each.attrib["href"]
        raise AssertionError(f"{self.url}: no link “{label}”")

    def form(self, selector: str = "main form") -> tuple[str, dict[str, Any]]:
        """Return action and present values of a form: what a browser would post if nothing was touched."""
        form = self.one(selector)
        values: dict[str, Any] = {}
        for box in form.iter():
            name = box.attrib.get("name")
            if name is None or "disabled" in box.attrib:
                continue
            if box.tag == "textarea":
                values[name] = box.text or ""
            elif box.tag == "select":
                options = list(box.iter("option"))
                chosen = [each for each in options if "selected" in each.attrib] or options[:1]
                picked = [each.attrib.get("value", words(each)) for each in chosen]
                values[name] = picked if "multiple" in box.attrib else (picked[0] if picked else "")
            elif box.tag == "input":
                kind = box.attrib.get("type", "text")
                if kind in {"checkbox", "radio"}:
                    if "checked" in box.attrib:
                        values.setdefault(name, []).append(box.attrib.get("value", "on"))
                elif kind not in {"submit", "button", "image", "file"}:
                    values[name] = box.attrib.get("value", "")
        return form.attrib.get("action", self.url), values

    def _faults(self, whole: bool) -> Iterator[str]:
        if whole:
            yield from self._heading_faults()
        ids = Counter(each.attrib["id"] for each in self.root.iter() if "id" in each.attrib)
        yield from (f"id {name} × {count}" for name, count in ids.items() if count > 1)
        yield from self._label_faults(ids)
        for each in self.root.iter():
            if not isinstance(each.tag, str):
                continue
            if each.tag == "script" and "src" not in each.attrib:
                yield "inline script"
            if each.tag == "style" or "style" in each.attrib:
                yield f"inline style at {each.tag}"
            yield from (f"inline {name}" for name in each.attrib if name.startswith(("on", "hx-on")))
            if each.tag == "img" and "alt" not in each.attrib:
                yield "img without alt"
            if (
                each.tag in {"a", "button"}
                and not (words(each) or each.attrib.get("aria-label"))
                and not any(each.iter("img"))
            ):
                yield f"{each.tag} without words"
            if each.tag == "form" and each.attrib.get("method", "").lower() == "post":
                tokens = [box for box in each.iter("input") if box.attrib.get("name") == "csrf_token"]
                if len(tokens) != 1:
                    yield f"form {each.attrib.get('action')} with {len(tokens)} tokens"
            for name in ("aria-describedby", "aria-labelledby", "aria-controls", "list", "popovertarget"):
                if whole:
                    yield from (
                        f"{name} points at nothing: {target}"
                        for target in each.attrib.get(name, "").split()
                        if target not in ids
                    )

    def _heading_faults(self) -> Iterator[str]:
        headings = self.all("h1")
        if len(headings) != 1:
            yield f"{len(headings)} h1"
            return
        title = words(self.root.find("head/title"))
        if not title.startswith(self.h1):
            yield f"title “{title}” does not start with “{self.h1}”"
        if not self.root.attrib.get("lang"):
            yield "html without lang"

    def _label_faults(self, ids: Counter[str]) -> Iterator[str]:
        labelled = {each.attrib.get("for") for each in self.root.iter("label")}
        inside = {id(box) for label in self.root.iter("label") for box in label.iter()}
        for each in self.root.iter():
            if each.tag not in LABELLED or each.attrib.get("type", "text") in NO_LABEL_NEEDED:
                continue
            named = each.attrib.get("id") in labelled or id(each) in inside
            if not named and not each.attrib.get("aria-label") and not each.attrib.get("aria-labelledby"):
                yield f"{each.tag} {each.attrib.get('name')} without label"
        yield from (f"label for nothing: {name}" for name in labelled if name and name not in ids)


def _texts(element: ET.Element, left_out: set[int]) -> Iterator[str]:
    if id(element) not in left_out:
        yield element.text or ""
        for child in element:
            yield from _texts(child, left_out)
            yield child.tail or ""


def words(element: ET.Element | None) -> str:
    """Return the text of an element, spaces made single."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
