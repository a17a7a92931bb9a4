"""Forms for editing custom questions and for answering them."""

from datetime import date
from typing import IO, Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional

from dialogues.core.common.fields import DayField, Form, LineField, LinesField, VersionField, labelled_choices
from dialogues.lib.text import one_line
from dialogues.people.participants.forms import enum_value
from dialogues.people.participants.rules.kinds import AnswerAudience, QuestionKind
from dialogues.people.questionnaire.queries import AnswerSheet
from dialogues.people.questionnaire.rules import LONGEST_ANSWER, QuestionFacts, Replies

#: From this number of choices, the field is a select instead of radio buttons.
_SELECT_FROM = 8


def _as_lines(choices: Any) -> Any:
    """One choice on each line, if they come from a saved question."""
    return "\n".join(choices) if isinstance(choices, list) else choices


class QuestionForm(Form):
    version = VersionField()
    words = LineField(_l("Question"), 300)
    hint = LinesField(_l("Hint"), 1000)
    kind = RadioField(
        _l("Answered by"), choices=labelled_choices(QuestionKind), coerce=enum_value, default=QuestionKind.TEXT
    )
    choices = LinesField(_l("Choices"), 4000, filters=[_as_lines])
    required = BooleanField(_l("Everyone has to answer"))
    audience = RadioField(
        _l("Answers are read by"),
        choices=labelled_choices(AnswerAudience),
        coerce=enum_value,
        default=AnswerAudience.OFFICE,
    )
    purge_on = DayField(_l("Answers are destroyed on"), [InputRequired(_l("Please choose a day."))])

    def facts(self) -> QuestionFacts:
        """Returns the question; each line of `choices` is one choice."""
        choices = (one_line(line) for line in (self.choices.data or "").splitlines())
        return QuestionFacts(
            kind=QuestionKind(self.kind.data),
            words=self.words.data,
            hint=self.hint.data or "",
            choices=[choice for choice in choices if choice],
            required=self.required.data,
            audience=AnswerAudience(self.audience.data),
            purge_on=self.purge_on.data,
        )


class AnswersForm(Form):
    """Answers to the questions of one meeting; :func:`answers_form` adds the fields."""

    version = VersionField()

    def replies(self, sheet: AnswerSheet) -> Replies:
        """Returns the submitted answers. An empty field of a hidden answer leaves that answer unchanged."""
        texts, files, dropped = {}, {}, set()
        for one in sheet.asked:
            field = self._fields[one.field]
            if one.kind is not QuestionKind.FILE:
                typed = _text(field.data)
                if typed or one.id not in sheet.hidden or self._drops(one):
                    texts[one.id] = typed
            elif field.data:
                stream: IO[bytes] = field.data.stream
                files[one.id] = stream
            elif self._drops(one):
                dropped.add(one.id)
        return Replies(texts=texts, files=files, dropped=dropped)

    def _drops(self, one: Any) -> bool:
        drop = self._fields.get(drop_field(one))
        return drop is not None and bool(drop.data)


def _text(typed: Any) -> str:
    return typed.isoformat() if isinstance(typed, date) else typed or ""


def drop_field(one: Any) -> str:
    """Name of the checkbox that deletes a file or a hidden answer."""
    return f"drop_{one.id.hex}"


def answers_form(sheet: AnswerSheet) -> AnswersForm:
    """Builds a form with one field per question, filled with the visible answers."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"version": sheet.version}
    for one in sheet.asked:
        given = sheet.given.get(one.id)
        has_answer = given is not None and (given.is_file or one.id in sheet.hidden)
        fields[one.field] = _field(one, needed=one.required and not has_answer)
        if one.kind is not QuestionKind.FILE and given is not None and given.text is not None:
            data[one.field] = date.fromisoformat(given.text) if one.kind is QuestionKind.DATE else given.text
        if one.kind is QuestionKind.FILE and given is not None and not one.required:
            fields[drop_field(one)] = BooleanField(_l("Take the file away"))
        if one.kind is not QuestionKind.FILE and one.id in sheet.hidden and not one.required:
            fields[drop_field(one)] = BooleanField(_l("Clear this answer"))
    form_class: type[AnswersForm] = type("AnswersOfMeeting", (AnswersForm,), fields)
    return form_class(data=data)


def _field(one: Any, *, needed: bool) -> Any:
    message = _l("The office needs an answer to this.")
    match one.kind:
        case QuestionKind.TEXT:
            return LinesField(one.words, LONGEST_ANSWER, required=needed)
        case QuestionKind.DATE:
            return DayField(one.words, [InputRequired(message) if needed else Optional()])
        case QuestionKind.FILE:
            return FileField(one.words, [DataRequired(message)] if needed else [])
    offered = [SelectChoice(choice, choice) for choice in one.choices]
    if not one.required:
        offered = [SelectChoice("", _l("No answer")), *offered]
    elif len(offered) >= _SELECT_FROM:
        offered = [SelectChoice("", _l("Choose …")), *offered]
    field = SelectField if len(one.choices) >= _SELECT_FROM else RadioField
    checks = [InputRequired(message)] if needed else [Optional()]
    return field(one.words, checks, choices=offered, default="")
