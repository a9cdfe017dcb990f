"""The program's entry: hands the command line over."""

from __future__ import annotations

import sys

from spm_bot.cli import main

if __name__ == "__main__":
    sys.exit(main())
