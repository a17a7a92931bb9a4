"""Forms of the registration steps, of change requests, and of a new address."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    SubmitField,
)
from wtforms.validators import AnyOf, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from dialogues.core.common.fields import (
    DayField,
    Form,
    LineField,
    MomentField,
    NameField,
    VersionField,
    labelled_choices,
)
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import Gender, MeetingFormat, NameOrder
from dialogues.people.participants.queries.frame import RegistrationContext
from dialogues.people.participants.rules.audiences import shown_to
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.people.registration.rules import (
    MOST_ABSENCES,
    Absence,
    Affiliation,
    Identity,
    Languages,
    Presence,
    RulesAccepted,
    StepData,
    Visibility,
)


class DecideForm(Form):
    """Decision on a change request. Each answer is a button."""

    version = VersionField()
    reason = LineField(_l("Reason"), 300, required=False)
    answer = HiddenField(
        _l("Answer"), [AnyOf(["accept", "decline"], _l("Please accept or decline by one of the buttons."))]
    )

    @property
    def accepts(self) -> bool:
        return bool(self.answer.data == "accept")


#: Common languages of such meetings. Languages of the meeting and of the person are added.
_LANGUAGES = ("en", "fr", "ru", "zh", "ko", "ja", "mn", "de")


class ConfirmForm(Form):
    """Accepts the invitation for another person, or the new days for oneself, in the state that was shown."""

    version = VersionField()


class StepForm(Form):
    """One step of a registration, filled with stored values until it is submitted."""

    version = VersionField()

    def __init__(self, own: Any, frame: RegistrationContext, away: Sequence[Any] = (), **rest: Any):
        super().__init__(obj=own, **rest)
        self.own, self.frame, self.away = own, frame, away
        self.offer()
        if not self.is_submitted():
            self.show()

    def offer(self) -> None:
        """Fills the choices and removes fields that do not apply."""

    def show(self) -> None:
        """Fills fields whose names differ from the columns, or whose values need conversion."""

    @abstractmethod
    def step_data(self) -> StepData:
        """Returns the typed values.

        :raises Refusal: one of a pair of fields is missing.
        """


class IdentityForm(StepForm):
    name = NameField(_l("Name as styled"), 200)
    native = NameField(_l("Name in its own script"), 200, required=False)
    family = NameField(_l("Family name"), 120, required=False)
    given = NameField(_l("Given name"), 120, required=False)
    name_order = SelectField(_l("Order of the parts"))
    sort_key = NameField(_l("Listed under"), 200, required=False)
    gender = SelectField(_l("Gender"))

    def offer(self) -> None:
        self.name_order.choices = labelled_choices(NameOrder)
        self.gender.choices = labelled_choices(reversed(Gender))

    def show(self) -> None:
        self.name_order.data, self.gender.data = self.own.name_order.value, self.own.gender.value

    def step_data(self) -> Identity:
        texts = {name: self[name].data or "" for name in ("name", "native", "family", "given", "sort_key")}
        return Identity(**texts, name_order=NameOrder(self.name_order.data), gender=Gender(self.gender.data))


class AffiliationForm(StepForm):
    affiliation = NameField(_l("Affiliation"), 200, required=False)

    def step_data(self) -> Affiliation:
        return Affiliation(affiliation=self.affiliation.data or "")


class LanguagesForm(StepForm):
    languages = SelectMultipleField(
        _l("Languages spoken at work"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    listens_in = SelectField(_l("Interpretation"))

    def offer(self) -> None:
        """Offers common and stored languages. Interpretation may be in any of them, because it can be whispered."""
        working = self.frame.languages
        codes = dict.fromkeys((*_LANGUAGES, *working, *self.own.languages))
        self.languages.choices = [(code, language_name(code)) for code in codes]
        if self.own.listens_in:
            codes[self.own.listens_in] = None
        self.listens_in.choices = [
            ("", _l("needs no interpretation")),
            *((code, language_name(code)) for code in working),
            *(
                (code, _l("%(language)s (no working language)", language=language_name(code)))
                for code in codes
                if code not in working
            ),
        ]

    def step_data(self) -> Languages:
        return Languages(languages=tuple(self.languages.data), listens_in=self.listens_in.data)


def _local_time_field(label: Any) -> MomentField:
    return MomentField(label, [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


class DaysForm(StepForm):
    """First and last day, hours away, and remote attendance."""

    present_from = DayField(_l("From"), [InputRequired(_l("Please choose the first day."))])
    present_to = DayField(_l("Until"), [InputRequired(_l("Please choose the last day."))])
    remote = BooleanField(_l("Joins from elsewhere, online"))
    away_1_from, away_1_to = _local_time_field(_l("Away from")), _local_time_field(_l("Back at"))
    away_2_from, away_2_to = _local_time_field(_l("Away from")), _local_time_field(_l("Back at"))
    away_3_from, away_3_to = _local_time_field(_l("Away from")), _local_time_field(_l("Back at"))
    away_4_from, away_4_to = _local_time_field(_l("Away from")), _local_time_field(_l("Back at"))

    def offer(self) -> None:
        """Removes remote attendance for meetings in person, unless the person has chosen it before."""
        if self.frame.format is MeetingFormat.IN_PERSON and not self.own.remote:
            del self.remote

    def show(self) -> None:
        """Proposes all days of the meeting when no valid days are stored."""
        if not self.own.present_from or not self.own.present_to or self.own.present_from < self.frame.days.first:
            self.present_from.data, self.present_to.data = self.frame.days.first, self.frame.days.last
        for (starts, ends), absence in zip(self.hours, self.away, strict=False):
            starts.data, ends.data = absence.away_from, absence.away_to

    @property
    def hours(self) -> list[tuple[Any, Any]]:
        """Pairs of fields (from, to)."""
        numbers = range(1, MOST_ABSENCES + 1)
        return [(self[f"away_{number}_from"], self[f"away_{number}_to"]) for number in numbers]

    def step_data(self) -> Presence:
        """:raises Refusal: only one of two times is given."""
        away = []
        for starts, ends in self.hours:
            if (starts.data is None) != (ends.data is None):
                missing = ends if ends.data is None else starts
                raise Refusal(N_("Write both times, or neither."), field=missing.name)
            if starts.data is not None:
                away.append(Absence(starts.data, ends.data))
        return Presence(
            present_from=self.present_from.data,
            present_to=self.present_to.data,
            away=tuple(away),
            remote=bool("remote" in self and self.remote.data),
        )


class VisibilityForm(StepForm):
    """How much each audience sees. A preview is possible without saving."""

    table = RadioField(_l("Everyone at the table sees"))
    observers = RadioField(_l("Observers see"))
    interpreters = RadioField(_l("Interpreters see"))
    always_discreet = BooleanField(_l("Keep calendar entries discreet, always"))
    preview = SubmitField(_l("Preview"))

    def offer(self) -> None:
        """The table always sees the name, so it gets no choice "nothing"."""
        for audience in Audience:
            least = [Shown.NOTHING] if audience is not Audience.TABLE else []
            self[audience.value].choices = labelled_choices([Shown.FULL, Shown.NAME, *least])

    def show(self) -> None:
        """Everything is shown until the person chooses otherwise."""
        for audience in Audience:
            self[audience.value].data = shown_to(self.own.visibility, audience).value

    def step_data(self) -> Visibility:
        shown = {audience: Shown(self[audience.value].data) for audience in Audience}
        return Visibility(shown=shown, always_discreet=self.always_discreet.data)

    def previewed(self) -> dict[Audience, Shown]:
        """Like `step_data`, but an invalid choice counts as everything."""
        known = {shown.value: shown for shown in Shown}
        return {audience: known.get(self[audience.value].data, Shown.FULL) for audience in Audience}


class RulesForm(StepForm):
    """`words` holds the fingerprint of the rules as shown, so that a later change of the rules is noticed."""

    accepted = BooleanField(
        _l("These rules are accepted"), [InputRequired(_l("Please accept the rules, or write to the office."))]
    )
    words = HiddenField()

    def show(self) -> None:
        self.words.data, self.accepted.data = self.frame.fingerprint, self.own.rules_accepted_at is not None

    def step_data(self) -> RulesAccepted:
        return RulesAccepted(words=self.words.data or "")


class AddressForm(Form):
    email = LineField(
        _l("New e-mail address"), 254, render_kw={"inputmode": "email", "autocomplete": "email", "spellcheck": "false"}
    )


def language_name(code: str) -> str:
    """Name of the language in the current locale, else the code."""
    reader = get_locale() or Locale("en")
    return str(reader.languages.get(code, code))
