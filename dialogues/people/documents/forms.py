"""Forms for sealed fields: passport, visa, flights, needs, and the reason for reading them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, format_datetime
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import Optional

from dialogues.core.common.fields import (
    CodeField,
    DayField,
    Form,
    LineField,
    LinesField,
    MomentField,
    VersionField,
    labelled_choices,
)
from dialogues.people.documents.queries import OwnPapers, checksum
from dialogues.people.documents.rules import LONGEST_NOTE, LONGEST_REASON, PARTS, Parts
from dialogues.people.participants.rules.kinds import SealedKind, VisaStatus


class SealedForm(Form):
    """Fields of some kinds, named `<kind>_<part>`, and the checksum of the stored fields."""

    version = VersionField()

    passport_nationality = LineField(_l("Nationality, as in the passport"), 80, required=False)
    passport_number = CodeField(_l("Number of the passport"), 40, required=False)
    passport_valid_until = DayField(_l("Passport valid until"), [Optional()])

    visa_number = CodeField(_l("Number of the visa"), 40, required=False)
    visa_valid_from = DayField(_l("Visa valid from"), [Optional()])
    visa_valid_until = DayField(_l("Visa valid until"), [Optional()])
    visa_note = LineField(_l("What the travel desk should know"), 300, required=False)

    flights_arrives_at = MomentField(_l("Arrival"), [Optional()], format="%Y-%m-%dT%H:%M")
    flights_arrival = CodeField(_l("Flight or train of arrival"), 60, required=False)
    flights_departs_at = MomentField(_l("Departure"), [Optional()], format="%Y-%m-%dT%H:%M")
    flights_departure = CodeField(_l("Flight or train of departure"), 60, required=False)
    flights_note = LineField(_l("Connections, and where to be fetched"), 300, required=False)

    diet_text = LinesField(_l("Diet"), LONGEST_NOTE)
    access_text = LinesField(_l("Access needs"), LONGEST_NOTE)
    medical_text = LinesField(_l("Medical"), LONGEST_NOTE)

    def __init__(
        self,
        kinds: Collection[SealedKind],
        checksum: int,
        values: Mapping[SealedKind, Parts],
        *,
        is_sent: bool = True,
        **more: Any,
    ):
        given = {
            f"{kind.value}_{name}": _parse(name, text) for kind, parts in values.items() for name, text in parts.items()
        }
        sent = {} if is_sent else {"formdata": None}
        super().__init__(data={"version": checksum, **given, **more}, **sent)
        for kind in SealedKind:
            for name in PARTS[kind] if kind not in kinds else ():
                del self[f"{kind.value}_{name}"]

    def parts(self, kind: SealedKind) -> dict[str, str]:
        """Returns what was typed for one kind, dates and times in ISO form."""
        return {name: _iso(self[f"{kind.value}_{name}"].data) for name in PARTS[kind]}


def _parse(name: str, text: str) -> Any:
    if name.endswith("_at"):
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if name.startswith("valid_") else text


def _iso(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value or ""


def _display(value: Any) -> str:
    if isinstance(value, datetime):
        return str(format_datetime(value, "EEEE d MMMM yyyy, HH:mm", rebase=False))
    return str(format_date(value, "d MMMM yyyy")) if isinstance(value, date) else value or ""


class OwnSealedForm(SealedForm):
    """All kinds on one page. In a limited sign-in, each stored kind has a checkbox to clear it."""

    clear_passport = BooleanField(_l("Clear the passport details"))
    clear_visa = BooleanField(_l("Clear the visa details"))
    clear_flights = BooleanField(_l("Clear the flights and trains"))
    clear_diet = BooleanField(_l("Clear the diet"))
    clear_access = BooleanField(_l("Clear the access needs"))
    clear_medical = BooleanField(_l("Clear the medical needs"))

    visa_status = SelectField(_l("Where the visa stands"))
    needs_shared = BooleanField(_l("The focal point of my party may read my diet, access and medical needs"))

    def __init__(self, own: OwnPapers):
        super().__init__(
            list(SealedKind),
            checksum(own.stored.values()),
            own.values,
            visa_status=own.visa_status.value,
            needs_shared=own.needs_shared,
        )
        self.visa_status.choices = labelled_choices(VisaStatus)
        for kind in SealedKind:
            if own.is_readable or kind not in own.stored:
                del self._fields[clear_field(kind)]

    def cleared(self) -> list[SealedKind]:
        return [kind for kind in SealedKind if clear_field(kind) in self and self[clear_field(kind)].data]


def clear_field(kind: SealedKind) -> str:
    """Name of the checkbox that clears a kind."""
    return f"clear_{kind.value}"


class VisaStatusForm(Form):
    visa_status = SelectField(_l("Where the visa stands"))

    def __init__(self, status: VisaStatus):
        super().__init__(data={"visa_status": status.value})
        self.visa_status.choices = labelled_choices(VisaStatus)


def read_only(kind: SealedKind, parts: Parts) -> list[tuple[str, str]]:
    """Labels and texts of the parts of one kind, for display."""
    form = SealedForm([kind], 0, {}, is_sent=False)
    return [
        (
            str(form[f"{kind.value}_{name}"].label.text),
            _display(_parse(name, parts[name])) if name in parts else "",
        )
        for name in PARTS[kind]
    ]


class ReasonForm(Form):
    reason = LineField(_l("Why you need to see it"), LONGEST_REASON, required=False)

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        # The page has a second form, so the token field needs an id of its own.
        self.csrf_token.id = "reason-token"
