"""`python -m transport` is the command `transport`."""

from transport.cli import app

if __name__ == "__main__":
    app()
