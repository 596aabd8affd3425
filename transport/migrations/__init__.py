"""The shape of the database: one chain of numbered steps, up and down on SQLite and PostgreSQL.

Who may call: the command line (`transport db ...`), doors that refuse to start on an old shape, the tests.
A new step: change the models, then `make revision MESSAGE="what changes"`; the tests say what was forgotten.
"""
