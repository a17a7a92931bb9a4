"""Two applications in one process: each shows the names of its own database, although ids and versions are equal."""

from pathlib import Path

from dialogues.common.transaction import upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.meetings.models import Person
from tests.beds.database import Sample, new_installation, opened
from tests.cast import Cast


def test_a_copy_with_another_name_changed_shows_its_own_names(tmp_path: Path, loaded: Sample) -> None:
    for number, name in enumerate(("cn3", "kp1")):
        folder = tmp_path / f"copy-{number}"
        with new_installation(folder, loaded.installation) as copy, opened(copy.settings()) as app:
            cast = Cast(app)
            with app.app_context():
                meeting = cast.meeting("TRD-1")
                with upkeep(system(Purpose.SAMPLE)) as session:
                    person = session.get_one(Person, cast.person(name))
                    person.name, person.version = "Changed", person.version + 1

            page = cast.client("us4").get(f"/meetings/{meeting}/agenda").text

            assert ("ZHANG Shili" in page) is (name != "cn3")
            assert ("RI Ka-myong" in page) is (name != "kp1")
