"""A record as Markdown, for those who take it along: its words and its lines, nothing of reader or time."""

from flask_babel import gettext as _

from dialogues.archive.queries import Sheet
from dialogues.archive.rules import RESPONSIBILITY, RULE_LINES
from dialogues.common.presentation import word


def markdown_of(record: Sheet) -> str:
    """The record's Markdown, the same for everyone who may read it in that language."""
    line = record.line
    facts = [
        (_("Reference code"), line.reference),
        (_("Kind"), word(line.kind)),
        (_("Date"), line.dated.isoformat()),
        (_("Session"), line.session_code),
        (_("File, SHA-256"), record.file_sha256),
        (_("SHA-256"), record.sha256),
    ]
    parts = [f"# {line.title}", "\n".join(f"- {label}: {value}" for label, value in facts if value), record.text]
    lines = [_(RESPONSIBILITY[line.kind])]
    if line.rule is not None:
        lines.append(f"{word(line.rule)}: {_(RULE_LINES[line.rule])}")
    return "\n\n".join(part for part in [*parts, "---", *lines] if part) + "\n"
