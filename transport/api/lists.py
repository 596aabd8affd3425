"""Lists for a spreadsheet: UTF-8 with a mark, parted by semicolons, as Excel in Czechia opens them."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi.responses import Response

_FORMULAS = ("=", "+", "-", "@", "\t")


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A file with these lines; a text that a spreadsheet would take for a formula stays a text."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_text(head, rows), media_type="text/csv; charset=utf-8", headers=headers)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The same as text, to be kept as a file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return "\ufeff" + text.getvalue()


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell
