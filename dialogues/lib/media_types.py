"""Media types by content, from a short list of accepted types; all others are refused."""

import io
import stat
import zipfile
import zlib

from dialogues.lib.refusal import N_, Refusal

MOST_MEMBERS = 2_000
HIGHEST_RATIO = 100

_SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
_OPEN_DOCUMENT = {
    f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation", "graphics")
}
_OFFICE_OPEN_XML = {
    f"{folder}/{part}.xml": f"application/vnd.openxmlformats-officedocument.{kind}"
    for folder, part, kind in (
        ("word", "document", "wordprocessingml.document"),
        ("xl", "workbook", "spreadsheetml.sheet"),
        ("ppt", "presentation", "presentationml.presentation"),
    )
}
_DIRECTORY_ENTRY = b"PK\x01\x02"
#: Controls in text files; :func:`dialogues.lib.text.text_file` replaces or removes the last six.
_TEXT_CONTROLS = set("\t\n\r\v\f\x1c\x1d\x1e\x1f")


def media_type_of(content: bytes, name: str = "") -> str:
    """The media type; the file name only distinguishes Markdown from other plain text.

    :raises Refusal: the type is not accepted, or it is an office file like a zip bomb.
    """
    for beginning, media_type in _SIGNATURES.items():
        if content.startswith(beginning):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    if _is_text(content):
        return "text/markdown" if name.lower().endswith((".md", ".markdown")) else "text/plain"
    raise _unknown()


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not any(_is_control(character) for character in text)


def _is_control(character: str) -> bool:
    return character == "\x7f" or (character < " " and character not in _TEXT_CONTROLS)


def _office_type(content: bytes) -> str:
    # Counted before the directory is read, because reading a long one is the attack; nested files count too.
    if content.count(_DIRECTORY_ENTRY) > 4 * MOST_MEMBERS:
        raise _zip_bomb()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _refuse_zip_bomb(members, len(content))
            media_type = _declared_type(archive, members)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise Refusal(N_("This office file is damaged or protected by a password."), field="file") from None
    if media_type is None:
        raise _unknown()
    return media_type


def _refuse_zip_bomb(members: list[zipfile.ZipInfo], size: int) -> None:
    packed, unpacked = sum(m.compress_size for m in members), sum(m.file_size for m in members)
    # Overlapping members let a small archive declare low ratios and still unpack without end.
    too_much = (
        len(members) > MOST_MEMBERS
        or packed > size
        or unpacked > HIGHEST_RATIO * size
        or any(m.file_size > HIGHEST_RATIO * max(m.compress_size, 1) for m in members)
    )
    if too_much or any(_escapes_folder(member) for member in members):
        raise _zip_bomb()


def _escapes_folder(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    return parts[0] == "" or ".." in parts or stat.S_ISLNK(member.external_attr >> 16)


def _declared_type(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> str | None:
    names = {member.filename for member in members}
    if members and members[0].filename == "mimetype" and members[0].file_size < 100:
        declared = archive.read(members[0]).decode("ascii", "replace")
        return declared if declared in _OPEN_DOCUMENT else None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refusal(N_("This office file holds macros; save it without them and try again."), field="file")
    if "[Content_Types].xml" in names:
        return next((kind for part, kind in _OFFICE_OPEN_XML.items() if part in names), None)
    return None


def _zip_bomb() -> Refusal:
    return Refusal(N_("This office file holds more than it shows; save it anew and try again."), field="file")


def _unknown() -> Refusal:
    return Refusal(
        N_("Choose a PDF, PNG, JPEG, OpenDocument or Office file, or plain text: no other kind is taken in."),
        field="file",
    )
