"""Lets `python -m evalgate` run the command line."""

import sys

from evalgate.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
