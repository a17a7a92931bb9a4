"""What is typed about taking part, as typed values."""

from dialogues.participants.forms.inviting import CorrectForm, ImportForm, InviteForm, MendForm, PlainForm
from dialogues.participants.forms.registering import (
    AddressForm,
    AffiliationForm,
    AnswerForm,
    ConfirmForm,
    DaysForm,
    IdentityForm,
    LanguagesForm,
    RulesForm,
    StepForm,
    VisibilityForm,
    language_name,
)

__all__ = [
    "AddressForm",
    "AffiliationForm",
    "AnswerForm",
    "ConfirmForm",
    "CorrectForm",
    "DaysForm",
    "IdentityForm",
    "ImportForm",
    "InviteForm",
    "LanguagesForm",
    "MendForm",
    "PlainForm",
    "RulesForm",
    "StepForm",
    "VisibilityForm",
    "language_name",
]
