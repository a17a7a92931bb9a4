"""Checks for every page: one heading, a name for every control, nothing inline, nothing from other hosts."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

#: Controls that name themselves or are invisible.
_SELF_NAMED = frozenset({"hidden", "submit", "reset", "button"})
_CONTROLS = frozenset({"input", "select", "textarea"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
#: Attributes that load from an address or send to it.
_ADDRESSES = frozenset({"src", "href", "action", "formaction", "poster", "data", "srcset"})
#: Attributes that point to an id on the same page.
_POINTERS = frozenset({"for", "aria-labelledby", "aria-describedby", "aria-controls"})
#: Links that cause no request to another host.
_SCHEMES_FOR_PEOPLE = frozenset({"tel", "mailto"})
_OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "dialogues.example"})
#: Leftovers of a missing text: "None" alone or after a colon, the repr of an object, an unfilled placeholder.
_ARTEFACT = re.compile(
    r"\bNone(?=\s*(?:$|[^\w\s]))|\bUndefined\b|\bobject at 0x|%\(\w+\)[sd]|\{\{|\}\}"
    r"|\b[A-Z][A-Za-z]+\.[A-Z]{2}[A-Z_]*\b"
)
_WITHOUT_WORDS = frozenset({"script", "style", "textarea", "title", "pre"})


def page_faults(document: str, own_hosts: frozenset[str] = _OWN_HOSTS) -> list[str]:
    """The faults of a page, one line each; empty for a valid page."""
    page = _Page(own_hosts)
    page.feed(document)
    page.close()
    return page.verdict()


@dataclass(slots=True)
class _Form:
    sends: bool
    has_token: bool = False


@dataclass(slots=True)
class _Control:
    words: str
    id: str
    named: bool


@dataclass(slots=True)
class _Found:
    """The elements found in a page."""

    lang: str = ""
    title: str = ""
    headings: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    pointers: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    controls: list[_Control] = field(default_factory=list)
    forms: list[_Form] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    """Parses a page once and collects what the checks need."""

    def __init__(self, own_hosts: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.own_hosts = own_hosts
        self.found = _Found()
        self.open: list[str] = []
        self.label: str | None = None
        self.button: str | None = None
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._look_at_attributes(tag, given)
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "html":
            self.found.lang = given.get("lang", "")
        elif tag == "h1":
            self.found.headings.append("")
        elif tag == "style" or (tag == "script" and "src" not in given):
            self.found.faults.append(f"inline <{tag}>")
        elif tag == "form":
            self.found.forms.append(_Form(given.get("method", "get").lower() == "post"))
        elif tag == "label":
            self.label, self.words = given.get("for", ""), []
        elif tag == "button":
            self.button, self.words = given.get("aria-label", ""), []
        if tag in _CONTROLS:
            self._look_at_control(tag, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        words = "".join(self.words).strip()
        if tag == "label" and self.label is not None:
            if self.label:
                self.found.labels[self.label] = words
            self.label = None
        elif tag == "button" and self.button is not None:
            if not self.button and not words:
                self.found.nameless.append("button")
            self.button = None

    def handle_data(self, data: str) -> None:
        if self.label is not None or self.button is not None:
            self.words.append(data)
        if "title" in self.open and "svg" not in self.open:
            self.found.title += data
        if "h1" in self.open:
            self.found.headings[-1] += data
        if not _WITHOUT_WORDS.intersection(self.open) and (left := _ARTEFACT.search(data)):
            self.found.faults.append(f"“{left[0]}” in the words “{' '.join(data.split())[:80]}”")

    def _look_at_attributes(self, tag: str, given: dict[str, str]) -> None:
        faults = self.found.faults
        if "id" in given:
            self.found.ids.append(given["id"])
        for name, value in given.items():
            if name == "style" or name.startswith("on"):
                faults.append(f"inline {name}= at <{tag}>")
            elif name in _POINTERS:
                self.found.pointers += [(f"{name} of <{tag}>", target) for target in value.split()]
            elif name in _ADDRESSES and not self._is_ours(name, value):
                faults.append(f"{name}={value} at <{tag}> is not ours")
            if name not in {"value", "content", "placeholder", "data-value"} and _ARTEFACT.search(value):
                faults.append(f"{name}={value!r} at <{tag}>")

    def _is_ours(self, name: str, value: str) -> bool:
        try:
            address = urlsplit(value.strip())
        except ValueError:
            return False
        if address.netloc:
            return address.scheme in {"", "http", "https", "webcal"} and address.hostname in self.own_hosts
        if address.scheme == "data":
            return name in {"src", "href"} and value.startswith(("data:,", "data:image/"))
        return not address.scheme or (name == "href" and address.scheme in _SCHEMES_FOR_PEOPLE)

    def _look_at_control(self, tag: str, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text").lower(), given.get("name", "")
        # A form with a prefix also has its CSRF token under the prefix.
        if name.endswith("csrf_token") and "form" in self.open and given.get("value"):
            self.found.forms[-1].has_token = True
        if tag == "input" and kind in _SELF_NAMED:
            return
        named = self.label is not None or bool(given.get("aria-label", "").strip() or given.get("aria-labelledby"))
        self.found.controls.append(
            _Control(f"<{tag} name={name!r} id={given.get('id', '')!r}>", given.get("id", ""), named)
        )

    def verdict(self) -> list[str]:
        found = self.found
        faults = list(found.faults)
        if not found.lang:
            faults.append("no language")
        if not found.title.strip():
            faults.append("no title")
        if len(found.headings) != 1:
            faults.append(f"{len(found.headings)} headings of the first level: {found.headings}")
        elif not found.headings[0].strip():
            faults.append("a heading without words")
        faults += [f"id {twice!r} twice" for twice in sorted({one for one in found.ids if found.ids.count(one) > 1})]
        faults += [f"{who} points to no id {target!r}" for who, target in found.pointers if target not in found.ids]
        faults += [f"{one.words} has no label" for one in found.controls if not (one.named or found.labels.get(one.id))]
        faults += ["a form that posts without a token" for form in found.forms if form.sends and not form.has_token]
        return faults + [f"a {tag} without words" for tag in found.nameless]
