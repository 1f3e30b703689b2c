"""`python -m postal.cli`, for processes started by the supervisor."""

from postal.cli.main import main

main()
