"""Who may log in: users with one role each, their sessions and their failed attempts.

What a user may do for a particular client is not decided here but by mandates (booking/clients).
"""
