"""A refusal of the service as an error of a form: which field, and in which words."""

from fastapi import Request

from transport.api.errors import sentence
from transport.api.forms import field_of
from transport.kernel.errors import ServiceError


def errors_of(request: Request, error: ServiceError, default: str) -> dict[str, str]:
    """The sentence at the field it belongs to; at `default` if the refusal names none."""
    return {field_of(error, default): sentence(error, request.path_params.get("lang", "cs"))}
