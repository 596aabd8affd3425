"""What a refusal says to the person in front of the page: one sentence for each code, and what to do.

Facts of the refusal fill the braces.
"""

from transport.api.refusals import days, people, rides

REFUSALS = {**people.REFUSALS, **rides.REFUSALS, **days.REFUSALS}

__all__ = ["REFUSALS"]
