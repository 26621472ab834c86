"""Start the demo house: `python -m demo --help`."""

import sys

from bench.pure import leave_home_assistant_out

leave_home_assistant_out()

from .program import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
