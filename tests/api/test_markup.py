"""The rules for pages do find what they are there to find."""

import pytest

from tests.api.markup import faults

GOOD = """<!DOCTYPE html><html lang="cs"><head><meta charset="utf-8"><title>Moje jízdy – Doprava</title></head>
<body><main>
<h1>Moje jízdy</h1><h2>Nejbližší</h2><a href="/cs/">Začátek</a>
<form method="post" action="/cs/"><input type="hidden" name="csrf" value="x"><label for="a">Jméno</label>
<input id="a" name="a"><button>Odeslat</button></form></main></body></html>"""


def known(address: str) -> bool:
    return address == "/cs/"


def test_a_good_page_has_no_fault():
    assert faults(GOOD, known) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('lang="cs"', 'lang="xx"', "language"),
        ("<h1>Moje jízdy</h1>", "", "0 first headings"),
        ("<h2>Nejbližší</h2>", "<h1>Dvě</h1>", "2 first headings"),
        ("<h2>Nejbližší</h2>", "<h3>Skok</h3>", "a heading 3 follows a heading 1"),
        ("<h2>Nejbližší</h2>", "<h2> </h2>", "an empty h2"),
        ("<title>Moje jízdy", "<title>Něco", "does not say"),
        ('<label for="a">Jméno</label>', "", "has no label"),
        ("<h2>Nejbližší</h2>", '<h2 id="a">Dvakrát</h2>', "is there 2 times"),
        ('href="/cs/"', 'href="#nikam"', "leads nowhere on this page"),
        ('href="/cs/"', 'href="/cs/nikam"', "does not exist"),
        ('href="/cs/"', 'href="https://jinam.example"', "leads away"),
        ('<input id="a"', '<input aria-describedby="b" id="a"', "leads nowhere"),
        ('<input type="hidden" name="csrf" value="x">', "", "carries 0 tokens"),
        ('name="csrf" value="x"', 'name="csrf" value=""', "carries 1 tokens"),
        ('method="post"', 'method="get"', "into the address"),
        (' action="/cs/"', "", "has no action"),
        ("<button>Odeslat</button>", "", "has no button"),
        ("<h2>", '<h2 style="color: red">', "h2 has style"),
        ("<h2>", '<h2 onclick="go()">', "h2 has onclick"),
        ("</main>", "<script>go()</script></main>", "an inline script"),
        ("Nejbližší", "Nejbližší {time}", "a leftover"),
        ("Nejbližší", "{{ next }}", "a leftover"),
        (">Začátek</a>", "></a>", "without words"),
        ("</h2>", "</h3>", "line"),
    ],
)
def test_a_fault_is_found(before: str, after: str, fault: str):
    assert before in GOOD
    assert [found for found in faults(GOOD.replace(before, after), known) if fault in found]
