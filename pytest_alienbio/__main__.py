"""`python -m pytest_alienbio` is `bio`."""

from .cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
