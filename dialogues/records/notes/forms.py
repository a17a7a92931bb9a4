"""Forms for raw notes and summaries."""

from flask_babel import lazy_gettext as _l
from wtforms import SubmitField

from dialogues.core.common.fields import Form, LinesField, MarkdownField, VersionField
from dialogues.records.notes.rules import RAW_NOTES_LONGEST, SUMMARY_LONGEST


class RawNotesForm(Form):
    """A rapporteur's own notes; an empty text is allowed."""

    text = LinesField(_l("Raw notes"), RAW_NOTES_LONGEST)
    version = VersionField()


class SummaryForm(Form):
    text = MarkdownField(_l("Summary"), SUMMARY_LONGEST, required=True)
    version = VersionField()
    preview = SubmitField(_l("Preview"))


class SeenVersionForm(Form):
    """A confirmation, with the version that the page showed."""

    version = VersionField()
