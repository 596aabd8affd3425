"""The languages in which drivers read their pages."""

from transport.kernel.i18n import Lang

LANGUAGES: tuple[tuple[Lang, str], ...] = (("cs", "Čeština"), ("uk", "Українська"), ("en", "English"))
"""Each by its own name."""
