"""What several tests of real edges share."""

import os

import pytest

from tests.act.runner import ACT, Bench, set_up


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The Action as it is committed, for the workflow runner; its environment is made once."""
    if not ACT.exists():
        pytest.skip("the workflow runner act is not installed")
    own = tmp_path_factory.getbasetemp()
    everybodys = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return set_up(tmp_path_factory.mktemp("bench"), everybodys / "environment")
