"""Reading what people typed. Parsing a body is the one thing a door must await."""

from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

Fields = dict[str, str | list[str]]
M = TypeVar("M", bound=BaseModel)

UNSEEN = dict.fromkeys([code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r"])
"""Control characters, but for those that end lines and cells; PostgreSQL refuses the first of them."""
LARGEST = 200_000
"""Bytes of what programs send."""


async def form_data(request: Request) -> Fields:
    """All fields that were sent, white space trimmed, without characters that nobody can see, write or keep.

    A field sent several times is a list.
    """
    if request.method != "POST":
        return {}
    form = await request.form()
    found: Fields = {}
    for name in form:
        values = [value.translate(UNSEEN).strip() for value in form.getlist(name) if isinstance(value, str)]
        found[name] = values if len(values) > 1 else (values[0] if values else "")
    return found


async def raw_body(request: Request) -> bytes:
    """All that was sent, as it came: for programs that send no form."""
    return await request.body()


RawBody = Annotated[bytes, Depends(raw_body)]


class BodyTooLarge:
    """What came instead of a body that nobody reads to its end."""


async def small_body(request: Request) -> bytes | BodyTooLarge:
    """All that was sent, as long as it is no more than LARGEST."""
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > LARGEST:
            return BodyTooLarge()
    return bytes(found)


SmallBody = Annotated[bytes | BodyTooLarge, Depends(small_body)]


FormData = Annotated[Fields, Depends(form_data)]


def one(form: Fields, name: str) -> str:
    """The value of a field that is sent once; the last one if it was sent more often; "" if not at all."""
    value = form.get(name, "")
    return value[-1] if isinstance(value, list) else value


def several(form: Fields, name: str) -> list[str]:
    """All values of a field that may be sent several times."""
    value = form.get(name, [])
    return value if isinstance(value, list) else [value] if value else []


def read(form: Fields, model: type[M]) -> tuple[M | None, dict[str, str]]:
    """The form as a model, or what is wrong with each field: `missing` or `wrong`, for the door to put in words."""
    try:
        return model.model_validate(form), {}
    except ValidationError as error:
        return None, {str(each["loc"][0]): _kind(each["type"]) for each in error.errors() if each["loc"]}


def _kind(kind: str) -> str:
    return "missing" if kind in {"missing", "string_too_short"} else "wrong"
