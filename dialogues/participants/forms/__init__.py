"""What is typed about taking part, as typed values."""

from dialogues.participants.forms.inviting import ImportForm, InviteForm, MendForm, PlainForm
from dialogues.participants.forms.registering import AnswerForm, DetailsForm, language_name

__all__ = [
    "AnswerForm",
    "DetailsForm",
    "ImportForm",
    "InviteForm",
    "MendForm",
    "PlainForm",
    "language_name",
]
