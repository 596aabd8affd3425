"""The contract manager's door: what was bought, used, promised and denied, on one page and as files."""

from transport.api.manager.contract import router

__all__ = ["router"]
