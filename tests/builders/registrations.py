"""Registrations in one line: everything answered, only the interesting thing is written."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlmodel import Session

from tests.builders.town import NOW, Town
from transport.booking.clients.models import Registration

KEY = "the key of a registration"


def answered(town: Town, **said: Any) -> dict[str, Any]:
    """Jan is 76 and walks with a cane; he lives at the station."""
    return {
        "first_name": "Jan",
        "last_name": "Novák",
        "born": "1950-05-17",
        "address": "station",
        "home": town.places["station"],
        "where": "station, Plzeň",
        "town": "Plzeň",
        "municipality": "Plzeň",
        "resident": "yes",
        "door": {"bell": "Novák", "floor": 3, "lift": False, "stairs": 2, "door_note": ""},
        "phone": "+420777123456",
        "email": "",
        "channel": "sms",
        "no_calls": False,
        "slowly": False,
        "diacritics": False,
        "ground": "age",
        "card_number": "",
        "valid_until": None,
        "needs": {
            "mobility": "cane",
            "walker_rigid": False,
            "chair_width_cm": None,
            "chair_length_cm": None,
            "chair_height_cm": None,
            "chair_mass_kg": None,
            "stairs": False,
            "assistance": "door",
            "blind": False,
            "low_vision": True,
            "elbow": "left",
            "deaf": False,
            "speaks_hard": False,
            "board": False,
            "calm": False,
            "never_alone": False,
            "same_driver": False,
            "hand_over_to": "",
            "companions": 1,
            "child_seat": False,
            "guide_dog": False,
            "oxygen": False,
            "luggage": False,
            "note": "",
        },
        "pohyb": True,
        "vnimani": True,
        "dalsi": True,
        "representative": "nobody",
        "other_name": "",
        "other_contact": "",
        **said,
    }


def a_registration(session: Session, town: Town, key: str = KEY, now: datetime = NOW, **said: Any) -> Registration:
    """Everything is answered, nothing is sent yet."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    answers = json.dumps(answered(town, **said))
    registration = Registration(key_hash=digest, answers=answers, created_at=now, updated_at=now)
    session.add(registration)
    session.flush()
    return registration
