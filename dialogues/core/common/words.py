"""Labels of enum values; each feature adds its own."""

from enum import Enum

from dialogues.lib.refusal import N_
from dialogues.policy import Role

WORDS: dict[Enum, str] = {
    Role.HOST_LEAD: N_("host lead"),
    Role.COORDINATOR: N_("coordinator"),
    Role.CO_CHAIR: N_("co-chair"),
    Role.FOCAL_POINT: N_("focal point"),
    Role.PARTICIPANT: N_("participant"),
    Role.OBSERVER: N_("observer"),
    Role.INTERPRETER: N_("interpreter"),
    Role.RAPPORTEUR: N_("rapporteur"),
    Role.ARCHIVIST: N_("archivist"),
    Role.LIAISON_DESK: N_("travel desk"),
}
