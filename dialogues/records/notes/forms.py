"""What is typed about notes, as typed values."""

from flask_babel import lazy_gettext as _l
from wtforms import SubmitField

from dialogues.core.common.fields import Form, LinesField, VersionField
from dialogues.records.notes.rules import RAW_NOTES_LONGEST, SUMMARY_LONGEST


class RawNotesForm(Form):
    """A rapporteur's own notes; they may be emptied."""

    text = LinesField(_l("Raw notes"), RAW_NOTES_LONGEST)
    version = VersionField()


class SummaryForm(Form):
    """The text of a summary, to be saved or only looked at."""

    text = LinesField(_l("Summary"), SUMMARY_LONGEST, required=True)
    version = VersionField()
    preview = SubmitField(_l("Preview"))


class SeenVersionForm(Form):
    """A decision on the version that the page shows."""

    version = VersionField()


class DecisionForm(Form):
    """A decision with nothing to fill in."""
