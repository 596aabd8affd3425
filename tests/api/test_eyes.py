"""The eyes themselves: a trap of the keyboard is found, a way through the page is none."""

import pytest
from playwright.sync_api import Page

from tests.api import eyes

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BUTTONS = "<style>:focus { outline: 3px solid }</style>" + "".join(f"<button>{each}</button>" for each in "abcd")


def trapped(page: Page, leaves: int, comes_to: int) -> list[str]:
    """What is found where Tab leads from one button back to another."""
    page.set_content(BUTTONS)
    page.evaluate(
        """([leaves, comesTo]) => {
            const buttons = document.querySelectorAll('button');
            buttons[leaves].addEventListener('keydown', pressed => {
                pressed.preventDefault();
                buttons[comesTo].focus();
            });
        }""",
        [leaves, comes_to],
    )
    return eyes.lost_focus(page)


@pytest.mark.parametrize(("leaves", "comes_to"), [(1, 0), (2, 1), (3, 2)])
def test_a_circle_of_the_keyboard_is_found(page: Page, leaves: int, comes_to: int):
    [found] = trapped(page, leaves, comes_to)
    assert found.startswith("the keyboard goes in a circle")


def test_a_stop_that_keeps_the_keyboard_is_found(page: Page):
    assert trapped(page, 2, 2) == ["the keyboard does not come out of this page"]


def test_who_comes_round_to_the_first_stop_after_the_last_one_is_free(page: Page):
    assert trapped(page, 3, 0) == []
