"""Words that leave the house: text messages, e-mail, a voice that calls. Who they are for is known above."""
