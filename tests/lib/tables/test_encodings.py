"""The encodings proposed for a file that does not say its own."""

import pytest

from dialogues.lib.tables.encodings import likely_code_pages, unicode_encoding
from dialogues.lib.tables.reading import sample_cells

SAMPLES = [
    *[("cp1250", name) for name in ("Jiří Dvořák", "Łukasz Żółć", "Tamás Szőke", "Željko Đurić", "Ľubomír Ťažký")],
    *[("cp1251", name) for name in ("Иванов Пётр", "Сараа Батын", "Ђорђе Љубић", "Олексій Їжак")],
    *[("cp1252", name) for name in ("Hélène Müller", "João Muñoz", "Þórunn Guðmundsdóttir", "Åse Bjørnson")],
    *[("cp1253", "Γιώργος Παπαδόπουλος"), ("cp1254", "Işıl Yıldırım"), ("cp1254", "Çağrı Şahin")],
    *[("cp1257", name) for name in ("Rūta Žukauskienė", "Ģirts Bērziņš", "Õnne Pärn")],
    *[("cp949", "김지원"), ("gb18030", "周明"), ("cp932", "山田太郎"), ("big5", "陳志強"), ("cp1256", "محمد علي")],
    *[("mac-roman", "Müller"), ("cp852", "Dvořák"), ("cp850", "Müller"), ("cp1255", "דוד כהן")],
]


@pytest.mark.parametrize(("encoding", "name"), SAMPLES)
def test_the_right_reading_is_always_proposed(encoding: str, name: str) -> None:
    content = f"name;email;party\n{name};a@example.org;CH\n".encode(encoding)

    shown = [sample_cells(content, page.encoding)[0] for page in likely_code_pages(content)]

    assert name in shown
    if encoding not in {"mac-roman", "cp850"}:
        assert name in shown[:3]


@pytest.mark.parametrize(
    ("encoding", "name"), [sample for sample in SAMPLES if sample[0] in {"cp1251", "cp1257", "cp949"}]
)
def test_the_most_likely_reading_comes_first(encoding: str, name: str) -> None:
    first = likely_code_pages(f"{name}\n{name}".encode(encoding))[0]

    assert first.encoding.endswith(encoding.removeprefix("cp"))


def test_readings_that_agree_are_proposed_once() -> None:
    content = "name\nRené\n".encode("cp1252")

    texts = [content.decode(page.encoding) for page in likely_code_pages(content)]

    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [(b"plain", "utf-8"), ("é".encode(), "utf-8"), ("é".encode("cp1252"), None), ("é".encode("utf-16"), "utf-16")],
)
def test_unicode_is_certain(content: bytes, encoding: str | None) -> None:
    assert unicode_encoding(content) == encoding
