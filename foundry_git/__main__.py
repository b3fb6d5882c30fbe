"""``python -m foundry_git``: the same as the ``foundry`` command."""

import sys

from foundry_git.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
