"""Forms of the archive."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import IO, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, RadioField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from dialogues.core.common.fields import (
    CodeField,
    DayField,
    Form,
    LineField,
    MarkdownField,
    labelled_choices,
)
from dialogues.lib.wall_time import resolve_local_time, zone
from dialogues.records.archive.rules import (
    REFERENCE_LONGEST,
    TEXT_LONGEST,
    TITLE_LONGEST,
    UPLOADED_KINDS,
    Embargo,
    Listing,
    NewRecord,
    RecordKind,
    Shelf,
)

_NEEDED = _l("Please fill this in.")


class FileSummaryForm(Form):
    reference = CodeField(_l("Reference code"), REFERENCE_LONGEST)


class UploadForm(Form):
    shelf = SelectField(_l("Belongs to"))
    kind = RadioField(_l("Kind"), coerce=RecordKind)
    reference = CodeField(_l("Reference code"), REFERENCE_LONGEST)
    dated = DateField(_l("Date it bears"), [InputRequired(_NEEDED)])
    is_old = BooleanField(_l("This date is right"))
    title = LineField(_l("Title"), TITLE_LONGEST)
    text = MarkdownField(_l("Text"), TEXT_LONGEST)
    file = FileField(_l("File"))
    release_day = DayField(_l("Closed until"), [Optional()])
    release_time = TimeField(_l("Time"), [Optional()])
    zone = LineField(_l("Time zone"), 64)
    fold = RadioField(
        _l("This time comes twice that night: which?"),
        choices=[SelectChoice("0", _l("The first of the two")), SelectChoice("1", _l("The second of the two"))],
        validators=[Optional()],
    )
    listing = RadioField(_l("While it is closed"), coerce=Listing)

    def offer(self, shelves: Sequence[Shelf]) -> None:
        self.shelf.choices = [(shelf.key, _shelf_words(shelf)) for shelf in shelves]
        self.kind.choices = labelled_choices(UPLOADED_KINDS)
        self.listing.choices = labelled_choices(Listing)

    def validate_release_time(self, _field: Any) -> None:
        if self.release_time.data is not None and self.release_day.data is None:
            raise ValidationError(_("Write the day as well, or leave both empty."))

    def record(self) -> NewRecord:
        """Returns the record as typed, without its file.

        :raises Refusal: the end of the embargo is in a clock gap, or is ambiguous and no fold was chosen.
        """
        return NewRecord(
            kind=self.kind.data,
            reference=self.reference.data,
            title=self.title.data,
            dated=self.dated.data,
            text=self.text.data or "",
            embargo=self._embargo(),
            listing=self.listing.data,
        )

    def upload(self) -> IO[bytes] | None:
        stream: IO[bytes] | None = self.file.data.stream if self.file.data else None
        return stream

    def _embargo(self) -> Embargo | None:
        if self.release_day.data is None:
            return None
        if self.zone.data != "UTC":  # The zone of an archive without a place.
            zone(self.zone.data, field="zone")
        local = datetime.combine(self.release_day.data, self.release_time.data or time())
        fold = int(self.fold.data) if self.fold.data else None
        return Embargo(resolve_local_time(local, self.zone.data, fold).instant, local, self.zone.data)


def _shelf_words(shelf: Shelf) -> str:
    if shelf.dialogue_id is None:
        return str(_("The liaison office itself, no dialogue"))
    if shelf.session_id is not None:
        return f"{shelf.session_code} · {shelf.title}" if shelf.session_code else shelf.title
    if shelf.meeting_id is not None:
        return str(_("Meeting: %(title)s", title=shelf.title))
    return str(_("Dialogue: %(title)s", title=shelf.title))
