"""Collect the texts of code and templates into the catalogues.

    python -m tools.i18n     writes messages.pot and brings cs, en, uk and de up to date

Message ids are English sentences, so a new text is its own English translation; the other languages wait for
a person. Translations of texts that have disappeared are dropped: git remembers them. A translation that no native
speaker has read yet says so in a comment above it; whoever reads it takes the comment out.
"""

import sys
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

HOUSE = Path(__file__).resolve().parents[1] / "transport"
LOCALE = HOUSE / "locale"
LANGUAGES = ("cs", "en", "uk", "de")
TEMPLATES = "jinja2.ext.babel_extract"
METHODS = [("**.py", "python"), ("**/templates/**.html", TEMPLATES), ("**/templates/**.txt", TEMPLATES)]
TEMPLATE_OPTIONS = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
"""As the doors read templates; a template that cannot be read is an error, not a page without texts."""
KEYWORDS = {**DEFAULT_KEYWORDS, "_n": (1, 2)}
UNREAD = "Not yet read by a native speaker."
SETTLED = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands where tools put the present time, so that an unchanged catalogue stays unchanged."""


def extract() -> Catalog:
    """Every text that code and templates ask for, with the places that do."""
    catalog = Catalog(project="transport", version="1", creation_date=SETTLED, revision_date=SETTLED)
    options = {pattern: TEMPLATE_OPTIONS for pattern, method in METHODS if method == TEMPLATES}
    found = extract_from_dir(HOUSE, METHODS, options, keywords=KEYWORDS, comment_tags=("Translators:",))
    for name, _line, message, comments, context in found:
        catalog.add(message, None, [(f"transport/{name}", 0)], auto_comments=comments, context=context)
    return catalog


def load(language: str) -> Catalog:
    """A catalogue as it is; an empty one for a language that has none yet."""
    path = LOCALE / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language, project="transport", version="1", creation_date=SETTLED)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def save(catalog: Catalog, path: Path) -> None:
    """Write a catalogue: sorted, with files but without line numbers, so that differences stay small."""
    catalog.header_comment = f"# {path.stem}: the words of the doors."
    catalog.revision_date = SETTLED
    catalog.fuzzy = False
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)


def say_it_in_its_own_words(catalog: Catalog) -> None:
    """Fill the English catalogue where nobody wrote anything else."""
    for message in catalog:
        if message.id and not all(forms(message.string)):
            message.string = message.id


def untranslated(catalog: Catalog) -> list[str]:
    """The texts that would appear in English on a page of this language."""
    return [forms(message.id)[0] for message in catalog if message.id and not all(forms(message.string))]


def unread(catalog: Catalog) -> int:
    """How many translations no native speaker has read yet."""
    return sum(UNREAD in message.user_comments for message in catalog if message.id)


def forms(string: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """One form, or one for each number the language tells apart."""
    return list(string) if isinstance(string, tuple | list) else [string or ""]


def main() -> int:
    """Update all catalogues and say how complete they are."""
    LOCALE.mkdir(exist_ok=True)
    template = extract()
    save(template, LOCALE / "messages.pot")
    for language in LANGUAGES:
        catalog = load(language)
        catalog.update(deepcopy(template), no_fuzzy_matching=True)  # it takes over the messages themselves
        if language == "en":
            say_it_in_its_own_words(catalog)
        save(catalog, LOCALE / f"{language}.po")
        left = f"{len(untranslated(catalog))} without translation, {unread(catalog)} not read by a native speaker"
        print(f"{language}: {len(catalog)} texts, {left}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
