"""The adapter as a whole: from the adapter table to the fake GitHub."""

import subprocess
import sys

import pytest

from evalgate.adapters.github import open_repository
from evalgate.cli.adapters import github
from evalgate.errors import GitHubError, NotPermittedError
from evalgate.model.github_port import GitHub
from tests.edges.github_shop import PROMPT, with_pull
from tests.github.server import serve


def test_the_adapter_table_hands_out_a_repository() -> None:
    with (
        serve(with_pull(), prefix="/api/v3") as fake,
        github("octo/shop", token=fake.token, api_url=fake.url) as repository,
    ):
        named: GitHub = repository
        assert named.pull_request(PROMPT).base_ref == "main"
        assert fake.requests == [("GET", f"/api/v3/repos/octo/shop/pulls/{PROMPT}")]


@pytest.mark.parametrize("name", ["", "shop", "octo/shop/pulls", "../shop", "octo/.."])
def test_another_shape_than_owner_and_name_is_refused(name: str) -> None:
    with pytest.raises(GitHubError, match="expected owner/name"), open_repository(name, token="t"):  # noqa: S106
        pass


def test_a_token_that_github_does_not_know_is_told() -> None:
    with (
        serve(with_pull()) as fake,
        open_repository("octo/shop", token="another", api_url=fake.url) as repository,  # noqa: S106
        pytest.raises(NotPermittedError, match="Bad credentials") as caught,
    ):
        repository.comments(PROMPT)
    assert "another" not in str(caught.value)


def test_another_repository_is_not_found() -> None:
    with (
        serve(with_pull()) as fake,
        open_repository("octo/other", token=fake.token, api_url=fake.url) as repository,
        pytest.raises(GitHubError, match="HTTP 404: Not Found"),
    ):
        repository.comments(PROMPT)


def test_the_adapter_table_loads_no_http_before_it_is_asked() -> None:
    program = "import sys, evalgate.cli.adapters; sys.exit('httpx2' in sys.modules)"
    assert subprocess.run((sys.executable, "-c", program), check=False).returncode == 0
