"""Settings that all tests share."""

import os

from hypothesis import settings

# Time limits per example measure the machine, not the code; in CI every run sees the same examples.
settings.register_profile("evalgate", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("evalgate")
