"""Draws the index of a folder of reports as one HTML page: no script, no network, no font."""

from evalgate.model.report_folder import FoundReports
from evalgate.reporting.pages import written
from evalgate.reporting.run_index import run_index


def index_page(found: FoundReports, *, folder: str) -> str:
    """Return the page; the same folder gives the same bytes.

    Args:
        found: what lies in the folder.
        folder: its path as people and commands name it.
    """
    return written(
        "index.html.j2",
        styles=("report.css", "index.css"),
        index=run_index(found, folder=folder),
    )
