"""A load tells nobody about itself."""

import subprocess
import sys
from pathlib import Path

from tests.load.home import Home

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from pathlib import Path
from tests.load.home import Home

Home(Path(sys.argv[1])).load()
from dlt.common.runtime import anon_tracker
print("endpoint:", anon_tracker._ANON_TRACKER_ENDPOINT)
"""


def test_dlt_has_nowhere_to_send_events(home: Home) -> None:
    home.write("leads", "leads.csv", "lead_id,created_at\nL1,2025-01-01\n")
    command = [sys.executable, "-c", SCRIPT, str(home.folder)]
    done = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True, env={})
    assert done.stdout == "endpoint: None\n"
    assert len(home.standing("leads")) == 1
