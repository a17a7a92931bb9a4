"""A person without a mouse, in a browser without JavaScript: only Tab, arrows, Space, Enter and typing."""

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from playwright.sync_api import Download, Locator

from tests.journeys.stage import Someone

#: Limit of Tab presses, more than any page has stops, so that a search for a missing control ends.
_STOPS = 400
_IS_FOCUSED = "element => element === document.activeElement"
_SHOWS_FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
}"""
_CHOSEN = "select => select.selectedOptions[0].textContent"


@dataclass(slots=True)
class SomeoneWithKeyboard(Someone):
    """Does by keyboard what `Someone` does by mouse, and checks that the focused element shows its focus.

    Days and times are typed as Chromium's fields expect them: month first, 12 hours with AM or PM.
    """

    def click(self, target: Locator) -> None:
        self.reach(target)
        with self.page.expect_navigation():
            self.key("Enter")

    def write(self, field: Locator, value: str) -> None:
        self.reach(field)
        match field.get_attribute("type"):
            case "date":
                self.type(f"{date.fromisoformat(value):%m%d%Y}")
            case "time":
                self.type(f"{time.fromisoformat(value):%I%M%p}")
            case "datetime-local":
                moment = datetime.fromisoformat(value)
                self.type(f"{moment:%m%d%Y}")
                # The focus stays in the year, because the field accepts six digits.
                self.key("ArrowRight")
                self.type(f"{moment:%I%M%p}")
            case _:
                self.key("Control+a")
                self.type(value)
        assert field.input_value() == value

    def pick(self, field: Locator, words: str) -> None:
        self.reach(field)
        self.key("Home")
        for _step in range(field.locator("option").count()):
            if words in field.evaluate(_CHOSEN):
                return
            self.key("ArrowDown")
        raise AssertionError(f"no option “{words}”")

    def check(self, box: Locator) -> None:
        if box.is_checked():
            return
        if box.get_attribute("type") == "checkbox":
            self.reach(box)
            self.key("Space")
        else:
            self._turn_to(box)
        assert box.is_checked()

    def attach(self, label: str, file: Path) -> None:
        self.reach(self.field(label))
        with self.page.expect_file_chooser() as asked:
            self.key("Space")
        asked.value.set_files(file)

    def take(self, link: Locator) -> Download:
        self.reach(link)
        with self.page.expect_download() as coming:
            self.key("Enter")
        return coming.value

    def reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus.

        :raises AssertionError: the target cannot be reached, or does not show its focus.
        """
        # Found once, because a search by label or role takes longer than pressing Tab.
        element = target.element_handle()
        for _stop in range(_STOPS):
            if element.evaluate(_IS_FOCUSED):
                assert self.page.evaluate(_SHOWS_FOCUS), f"nothing shows that {target} has the focus"
                return
            self.key("Tab")
        raise AssertionError(f"{target} is not reached by Tab")

    def _turn_to(self, radio: Locator) -> None:
        """Tab to the group of a radio button, which is one stop, and move to that button with the arrows."""
        group = self.page.locator(f"[name='{radio.get_attribute('name')}']")
        chosen = group.and_(self.page.locator(":checked"))
        self.reach(chosen if chosen.count() else group.first)
        for _step in range(group.count()):
            if radio.is_checked():
                return
            self.key("ArrowDown")

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
