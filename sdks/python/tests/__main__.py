"""Runs the unit tests; where one hangs, says where and fails."""

import faulthandler
import unittest
from pathlib import Path

LONGEST_RUN_S = 60

faulthandler.dump_traceback_later(LONGEST_RUN_S, exit=True)
folder = str(Path(__file__).parent)
unittest.main(module=None, argv=["tests", "discover", "-s", folder, "-t", folder, "-v"])
