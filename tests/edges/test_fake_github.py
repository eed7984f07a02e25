"""The fake GitHub keeps state as GitHub does, and nothing passes that GitHub doesn't describe."""

import base64
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.github.contract import Asked, ContractError, check_answer, description, part
from tests.github.desk import ROUTES
from tests.github.faults import Fault, Kind
from tests.github.filling import filled
from tests.github.make_slice import OPERATIONS, REPOSITORY, sliced, without_prose
from tests.github.server import TOKEN, Serving, read_dump, serve, write_state
from tests.github.state import BOT, State

ROOT = Path(__file__).parents[2]
HEAD = "a1" * 20
COMMENTS = "/issues/7/comments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """An answer."""

    status: int
    body: Any
    headers: Mapping[str, str]


def ask(
    url: str,
    method: str,
    *,
    body: object = None,
    token: str = TOKEN,
    headers: Mapping[str, str] | None = None,
) -> Got:
    """Send one request on a connection of its own."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=5)
    stated = {"User-Agent": "tests", "Content-Type": "application/json"}
    stated |= {"Authorization": f"Bearer {token}"} if token else {}
    target = address.path + (f"?{address.query}" if address.query else "")
    sent = None if body is None else json.dumps(body)
    try:
        connection.request(method, target, body=sent, headers={**stated, **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    kind = answer.headers.get("Content-Type", "")
    decoded = json.loads(content) if content and kind.startswith("application/json") else content
    return Got(status=answer.status, body=decoded, headers=dict(answer.headers))


def to(github: Serving, method: str, path: str, **members: object) -> Got:
    """Ask about the repository; members make the body."""
    url = f"{github.url}/repos/octo/shop{path}"
    return ask(url, method, body=members or None)


@pytest.fixture
def github() -> Iterator[Serving]:
    state = State()
    state.add_pull(7, HEAD)
    with serve(state) as serving:
        yield serving
        assert serving.violations == []


# The description


def test_the_slice_names_its_source_and_holds_exactly_what_is_served() -> None:
    described = description()
    assert isinstance(described["info"], dict)
    assert described["info"]["version"] == "23.0.2"
    paths = described["paths"]
    assert isinstance(paths, dict)
    listed = {
        (path, method)
        for path, operations in paths.items()
        if isinstance(operations, dict)
        for method in operations
    }
    served = {(REPOSITORY + route.template, route.method.lower()) for route in ROUTES}
    assert listed == served
    assert len(ROUTES) == sum(map(len, OPERATIONS.values()))


def test_the_slice_of_the_slice_is_the_slice() -> None:
    whole = dict(description())
    assert sliced(whole) == whole


def test_a_member_called_description_is_kept_and_prose_is_not() -> None:
    described = part("components", "schemas", "deployment-status", "properties", "description")
    assert described == {"default": "", "maxLength": 140, "type": "string"}
    assert '"example"' not in json.dumps(description()["components"])


def test_a_nullable_choice_admits_null() -> None:
    choice = without_prose({"nullable": True, "enum": ["a"], "type": "string", "title": "A"})
    assert choice == {"nullable": True, "enum": ["a", None], "type": "string"}
    assert without_prose({"enum": ["a"]}) == {"enum": ["a"]}


def test_a_success_that_is_described_nowhere_is_a_violation() -> None:
    parts = {"owner": "octo", "repo": "shop", "pull_number": "7"}
    asked = Asked(method="GET", template="/pulls/{pull_number}", parts=parts)
    for status in (201, 418):
        with pytest.raises(ContractError, match=f"answer {status} .* is not described"):
            check_answer(asked, status, body=b'{"message": 1}', headers={})
    with pytest.raises(ContractError, match="is not described"):
        check_answer(asked, 201, body=b'{"message": "x"}', headers={})
    check_answer(asked, 418, body=b'{"message": "x"}', headers={})


# Every operation


def test_every_operation_answers_as_described(github: Serving) -> None:
    git, run = github.state.git, 55
    start = git.refs["refs/heads/main"]
    git.push("feature/one", {"prompts/a.md": "A\n", "prompts/deep/b.md": "B\n"})
    artifact = github.state.add_artifact(run, b"PK", name="result")
    comment = to(github, "POST", COMMENTS, body="hello").body["id"]
    check = to(github, "POST", "/check-runs", name="gate", head_sha=HEAD).body["id"]
    tree = [{"path": "x.txt", "mode": "100644", "type": "blob", "content": "x"}]
    made = to(github, "POST", "/git/trees", tree=tree, base_tree=git.commits[start].tree).body
    commit = to(
        github, "POST", "/git/commits", tree=made["sha"], message="m", parents=[start]
    ).body["sha"]
    deployment = to(
        github, "POST", "/deployments", ref="main", payload={"a": "b"}, required_contexts=[]
    ).body["id"]
    text = base64.b64encode(b"x").decode()
    output = {"title": "T", "summary": "S"}
    others: list[tuple[str, str, dict[str, object], int]] = [
        ("GET", COMMENTS, {}, 200),
        ("POST", "/issues", {"title": "t", "body": "b", "labels": ["one"]}, 201),
        ("GET", "/issues", {}, 200),
        ("GET", "/issues/8", {}, 200),
        ("PATCH", "/issues/8", {"state": "closed", "state_reason": "completed"}, 200),
        ("GET", f"/issues/comments/{comment}", {}, 200),
        ("PATCH", f"/issues/comments/{comment}", {"body": "new"}, 200),
        ("DELETE", f"/issues/comments/{comment}", {}, 204),
        ("POST", f"/statuses/{HEAD}", {"state": "success", "context": "gate"}, 201),
        ("GET", f"/commits/{HEAD}/statuses", {}, 200),
        ("PATCH", f"/check-runs/{check}", {"conclusion": "neutral", "output": output}, 200),
        ("GET", f"/commits/{HEAD}/check-runs", {}, 200),
        ("GET", f"/commits/{HEAD}/pulls", {}, 200),
        ("GET", "/pulls/7", {}, 200),
        ("POST", "/pulls", {"head": "feature/one", "base": "main", "title": "t"}, 201),
        ("GET", "/pulls", {}, 200),
        ("GET", "/actions/artifacts?name=result", {}, 200),
        ("GET", f"/actions/runs/{run}/artifacts", {}, 200),
        ("GET", f"/actions/artifacts/{artifact}/zip", {}, 302),
        ("POST", "/git/blobs", {"content": text, "encoding": "base64"}, 201),
        ("GET", f"/git/commits/{commit}", {}, 200),
        ("POST", "/git/refs", {"ref": "refs/heads/data/one", "sha": commit}, 201),
        ("GET", "/git/ref/heads/data/one", {}, 200),
        ("PATCH", "/git/refs/heads/main", {"sha": commit}, 200),
        ("GET", "/contents/x.txt", {}, 200),
        ("GET", "/contents/prompts?ref=feature/one", {}, 200),
        ("GET", "/contents/prompts/deep/b.md?ref=feature%2Fone", {}, 200),
        ("GET", "/deployments?environment=production", {}, 200),
        ("POST", f"/deployments/{deployment}/statuses", {"state": "success"}, 201),
        ("GET", f"/deployments/{deployment}/statuses", {}, 200),
    ]
    answers = [to(github, method, path, **members) for method, path, members, _ in others]
    assert [answer.status for answer in answers] == [status for *_, status in others]
    assert github.refused == []
    asked = {(method, urlsplit(target).path) for method, target in github.requests}
    seen = {
        route.template + method
        for route in ROUTES
        for method, path in asked
        if method == route.method and route.parts(path.removeprefix("/repos/octo/shop")) is not None
    }
    assert seen == {route.template + route.method for route in ROUTES}


# Requests that GitHub would not take


@pytest.mark.parametrize(
    ("method", "path", "members", "wrong"),
    [
        ("POST", f"/statuses/{HEAD}", {"state": "green"}, "state: 'green' is not one of"),
        ("POST", f"/statuses/{HEAD}", {"state": "error", "urll": ""}, "unknown member urll"),
        ("POST", COMMENTS, {"text": "hi"}, "'body' is a required property"),
        ("GET", f"{COMMENTS}?per-page=5", {}, "unknown parameter per-page"),
        ("GET", f"{COMMENTS}?page=one", {}, "page"),
        ("GET", "/issues/seven/comments", {}, "issue_number"),
    ],
)
def test_a_request_that_is_not_as_described_is_refused(
    github: Serving, method: str, path: str, members: dict[str, object], wrong: str
) -> None:
    answer = to(github, method, path, **members)
    assert answer.status == 422
    assert wrong in answer.body["message"]
    assert len(github.refused) == 1


def test_too_many_annotations_are_refused(github: Serving) -> None:
    remark = {"path": "a", "start_line": 1, "end_line": 1, "message": "m"}
    remarks = [{**remark, "annotation_level": "notice"}] * 51
    output = {"title": "t", "summary": "s", "annotations": remarks}
    members = {"name": "n", "head_sha": HEAD, "conclusion": "success"}
    assert to(github, "POST", "/check-runs", **members, output=output).status == 422
    output["annotations"] = remarks[:50]
    check = to(github, "POST", "/check-runs", **members, output=output).body
    assert check["output"]["annotations_count"] == 50
    to(github, "PATCH", f"/check-runs/{check['id']}", output=output)
    assert len(github.state.check_runs[check["id"]].annotations) == 100


def test_an_operation_that_is_not_served_is_told(github: Serving) -> None:
    assert to(github, "GET", "/hooks").status == 404
    assert github.refused == ["GET /repos/octo/shop/hooks is not served"]


def test_an_answer_of_the_fake_that_is_not_as_described_is_a_violation() -> None:
    state = State()
    state.add_pull(7, HEAD)
    state.comments[state.add_comment(7, "hello")].updated_at = "yesterday"
    with serve(state) as github:
        answer = to(github, "GET", COMMENTS)
        assert answer.status == 500
        assert "0.updated_at: 'yesterday' is not a 'date-time'" in answer.body["message"]
        assert github.violations == [answer.body["message"]]
        assert github.refused == []


def test_a_filled_answer_has_no_member_that_the_description_lacks() -> None:
    with pytest.raises(KeyError, match="status has no colour"):
        filled("status", colour="green")


# Comments


def test_comments_come_in_pages_that_link_to_each_other(github: Serving) -> None:
    for number in range(205):
        github.state.add_comment(7, f"comment {number}")
    assert len(to(github, "GET", COMMENTS).body) == 30
    assert len(to(github, "GET", f"{COMMENTS}?per_page=100").body) == 100
    assert len(to(github, "GET", f"{COMMENTS}?per_page=500").body) == 100
    first = to(github, "GET", f"{COMMENTS}?per_page=100")
    links = first.headers["Link"].split(", ")
    assert [link.partition("; ")[2] for link in links] == ['rel="next"', 'rel="last"']
    last = ask(links[1].partition(";")[0].strip("<>"), "GET")
    assert [each["body"] for each in last.body] == [f"comment {n}" for n in range(200, 205)]
    assert "next" not in last.headers["Link"]
    assert (
        "Link"
        not in to(
            github, "GET", f"{COMMENTS}?per_page=100&page=1&since=2027-01-01T00:00:00Z"
        ).headers
    )


def test_a_comment_has_at_most_65536_characters(github: Serving) -> None:
    created = to(github, "POST", COMMENTS, body="é" * 65_536)
    assert created.status == 201
    for method, path in (("POST", COMMENTS), ("PATCH", f"/issues/comments/{created.body['id']}")):
        answer = to(github, method, path, body="x" * 65_537)
        assert answer.status == 422
        assert (
            answer.body["errors"][0]["message"] == "Body is too long (maximum is 65536 characters)"
        )
    assert github.state.bodies(7) == ["é" * 65_536]
    assert github.refused == []


def test_a_comment_is_written_by_whoever_the_token_speaks_for() -> None:
    state = State()
    state.add_pull(7, HEAD)
    with serve(state, tokens={"one": BOT, "two": "mallory"}) as github:
        for token in ("one", "two"):
            ask(f"{github.url}/repos/octo/shop{COMMENTS}", "POST", body={"body": "x"}, token=token)
    assert [comment.author for comment in state.comments_on(7)] == [BOT, "mallory"]


def test_a_comment_says_something_where_it_may(github: Serving) -> None:
    assert to(github, "POST", COMMENTS, body=" ").status == 422
    github.state.pulls[7].locked = True
    assert to(github, "POST", COMMENTS, body="x").status == 403
    assert github.state.bodies(7) == []


def test_a_comment_that_is_gone_is_not_found(github: Serving) -> None:
    comment = github.state.add_comment(7, "x")
    assert to(github, "DELETE", f"/issues/comments/{comment}").status == 204
    assert to(github, "DELETE", f"/issues/comments/{comment}").status == 404
    assert to(github, "GET", "/issues/8/comments").status == 404


# Who may do what


@pytest.mark.parametrize("token", ["", "another"])
def test_a_token_that_is_absent_or_unknown_opens_nothing(github: Serving, token: str) -> None:
    url = f"{github.url}/repos/octo/shop{COMMENTS}"
    assert ask(url, "POST", body={"body": "x"}, token=token).status == 401
    assert github.state.bodies(7) == []


@pytest.mark.parametrize(
    ("path", "members", "needed"),
    [
        (COMMENTS, {"body": "x"}, {"issues: write", "pull-requests: write"}),
        (f"/statuses/{HEAD}", {"state": "success"}, {"statuses: write"}),
        ("/check-runs", {"name": "n", "head_sha": HEAD}, {"checks: write"}),
        ("/git/blobs", {"content": "x"}, {"contents: write"}),
        ("/deployments", {"ref": "main", "required_contexts": []}, {"deployments: write"}),
    ],
)
def test_a_token_without_the_permission_is_told_so(
    github: Serving, path: str, members: dict[str, object], needed: set[str]
) -> None:
    github.state.permissions -= needed
    answer = to(github, "POST", path, **members)
    assert answer.status == 403
    assert answer.body["message"] == "Resource not accessible by integration"
    github.state.permissions |= {min(needed)}
    assert to(github, "POST", path, **members).status == 201


def test_reading_needs_a_permission_in_private_repositories_alone(github: Serving) -> None:
    github.state.permissions.clear()
    assert to(github, "GET", "/pulls/7").status == 200
    github.state.private = True
    assert to(github, "GET", "/pulls/7").status == 403
    github.state.permissions.add("pull-requests: read")
    assert to(github, "GET", "/pulls/7").status == 200


def test_requests_are_addressed_as_github_wants_them(github: Serving) -> None:
    url = f"{github.url}/repos/octo/shop/pulls/7"
    assert ask(url, "GET", headers={"User-Agent": ""}).status == 403
    assert ask(url, "GET", headers={"Accept": "text/html"}).status == 415
    assert ask(url, "GET", headers={"X-GitHub-Api-Version": "2020-01-01"}).status == 400
    assert ask(url, "GET", headers={"Accept": "application/vnd.github+json"}).status == 200
    assert ask(f"{github.url}/repos/octo/other/pulls/7", "GET").status == 404


# Statuses and checks


def test_a_status_belongs_to_a_commit_that_exists_and_is_short(github: Serving) -> None:
    assert to(github, "POST", f"/statuses/{'b' * 40}", state="success").status == 422
    long = to(github, "POST", f"/statuses/{HEAD}", state="success", description="x" * 141)
    assert long.status == 422
    assert (
        to(github, "POST", f"/statuses/{HEAD}", state="error", description="x" * 140).status == 201
    )
    assert [status.state for status in github.state.statuses_of(HEAD)] == ["error"]


def test_a_commit_has_at_most_a_thousand_statuses_of_one_context(github: Serving) -> None:
    to(github, "POST", f"/statuses/{HEAD}", state="pending", context="gate")
    github.state.statuses *= 1000
    assert to(github, "POST", f"/statuses/{HEAD}", state="success", context="gate").status == 422
    assert to(github, "POST", f"/statuses/{HEAD}", state="success", context="new").status == 201


def test_a_completed_check_needs_a_conclusion(github: Serving) -> None:
    members = {"name": "n", "head_sha": HEAD, "status": "completed"}
    assert to(github, "POST", "/check-runs", **members).status == 422
    assert to(github, "POST", "/check-runs", **members, conclusion="success").status == 201


def test_of_check_runs_with_one_name_the_newest_is_listed(github: Serving) -> None:
    for name in ("gate", "other", "gate"):
        to(github, "POST", "/check-runs", name=name, head_sha=HEAD)
    latest = to(github, "GET", f"/commits/{HEAD}/check-runs").body
    assert [each["name"] for each in latest["check_runs"]] == ["gate", "other"]
    assert latest["check_runs"][0]["id"] == max(github.state.check_runs)
    assert to(github, "GET", f"/commits/{HEAD}/check-runs?filter=all").body["total_count"] == 3


# Artifacts


def test_an_archive_lies_where_no_credentials_are_taken(github: Serving) -> None:
    artifact = github.state.add_artifact(55, b"PK-archive", name="result")
    github.state.add_artifact(55, b"PK", name="other")
    listed = to(github, "GET", "/actions/runs/55/artifacts?name=result").body
    assert [each["id"] for each in listed["artifacts"]] == [artifact]
    place = ask(listed["artifacts"][0]["archive_download_url"], "GET").headers["Location"]
    assert urlsplit(place).port != urlsplit(github.url).port
    assert ask(place, "GET").status == 400
    assert ask(place, "GET", token="").body == b"PK-archive"
    assert ask(place.partition("?")[0], "GET", token="").status == 404
    github.state.artifacts[artifact].expired = True
    assert to(github, "GET", f"/actions/artifacts/{artifact}/zip").status == 410


# Git


def test_a_branch_moves_forward_alone(github: Serving) -> None:
    git = github.state.git
    start = git.refs["refs/heads/main"]
    ours = git.push("ours", {"a": "1"})
    git.push("main", {"b": "2"})
    assert (
        to(github, "PATCH", "/git/refs/heads/main", sha=ours).body["message"]
        == "Update is not a fast forward"
    )
    assert to(github, "PATCH", "/git/refs/heads/main", sha=start).status == 422
    assert to(github, "PATCH", "/git/refs/heads/ours", sha=start, force=True).status == 200
    again = to(github, "POST", "/git/refs", ref="refs/heads/ours", sha=start)
    assert (again.status, again.body["message"]) == (422, "Reference already exists")
    assert to(github, "GET", "/git/ref/heads/our").status == 404
    git.protected.add("refs/heads/ours")
    assert to(github, "PATCH", "/git/refs/heads/ours", sha=ours).status == 422


def test_an_empty_repository_has_no_refs_to_ask_for(github: Serving) -> None:
    github.state.git.refs.clear()
    assert to(github, "GET", "/git/ref/heads/main").status == 409


def test_a_link_is_no_file(github: Serving) -> None:
    entry = {"path": "link", "mode": "120000", "type": "blob", "content": "/etc/passwd"}
    tree = to(github, "POST", "/git/trees", tree=[entry]).body["sha"]
    commit = to(github, "POST", "/git/commits", message="m", tree=tree).body["sha"]
    link = to(github, "GET", f"/contents/link?ref={commit}").body
    assert (link["type"], link["target"]) == ("symlink", "/etc/passwd")


def test_a_tree_keeps_what_it_is_built_on(github: Serving) -> None:
    git = github.state.git
    git.push("main", {"keep.md": "k", "gone.md": "g", "folder/x": "x"})
    commit = git.refs["refs/heads/main"]
    plain = {"mode": "100644", "type": "blob"}
    tree = [
        {**plain, "path": "a/b.md", "content": "new"},
        {**plain, "path": "gone.md", "sha": None},
    ]
    made = to(github, "POST", "/git/trees", tree=tree, base_tree=git.commits[commit].tree).body
    assert [each["path"] for each in made["tree"]] == ["README.md", "a/b.md", "folder/x", "keep.md"]
    child = to(github, "POST", "/git/commits", message="m", tree=made["sha"], parents=[commit]).body
    to(github, "PATCH", "/git/refs/heads/main", sha=child["sha"])
    assert git.text("a/b.md") == "new"
    assert git.text("gone.md", ref=commit) == "g"
    for bad in ({"path": "../x"}, {"path": "/x"}, {"path": ".git/config"}):
        entry = {**plain, **bad, "content": "x"}
        assert to(github, "POST", "/git/trees", tree=[entry]).status == 422
    assert to(github, "POST", "/git/trees", tree=[], base_tree=commit).status == 422


def test_contents_come_in_json_or_raw(github: Serving) -> None:
    github.state.git.push("main", {"d/a b.md": "Grüße\n", "large": "x" * (1024**2 + 1)})
    url = f"{github.url}/repos/octo/shop/contents/d/a%20b.md?ref=main"
    assert base64.b64decode(ask(url, "GET").body["content"]).decode() == "Grüße\n"
    raw = ask(url, "GET", headers={"Accept": "application/vnd.github.raw+json"})
    assert raw.headers["Content-Type"].startswith("application/vnd.github.raw")
    large = to(github, "GET", "/contents/large").body
    assert (large["content"], large["encoding"]) == ("", "none")
    assert to(github, "GET", "/contents/absent").status == 404
    assert to(github, "GET", "/contents/d?ref=nowhere").status == 404


# Pull requests and deployments


def test_a_pull_request_is_opened_once(github: Serving) -> None:
    github.state.git.push("feature", {"a": "1"})
    wanted = {"head": "feature", "base": "main", "title": "T"}
    opened = to(github, "POST", "/pulls", **wanted)
    assert (opened.status, opened.body["number"]) == (201, 8)
    again = to(github, "POST", "/pulls", **wanted)
    assert again.status == 422
    assert again.body["errors"][0]["message"] == "A pull request already exists for octo:feature."
    assert to(github, "POST", "/pulls", **{**wanted, "head": "absent"}).status == 422
    assert to(github, "POST", "/pulls", **{**wanted, "head": "main"}).status == 422
    github.state.may_open_pull_requests = False
    assert to(github, "POST", "/pulls", **wanted).status == 403


def test_pull_requests_are_found_by_head(github: Serving) -> None:
    github.state.add_pull(9, HEAD, head_repository="fork/shop").listed_by_commit = False
    github.state.add_pull(10, HEAD, head_repository=None).is_open = False
    by_commit = to(github, "GET", f"/commits/{HEAD}/pulls").body
    assert [pull["number"] for pull in by_commit] == [7, 10]
    by_head = to(github, "GET", "/pulls?head=fork:change").body
    assert [pull["number"] for pull in by_head] == [9]
    assert by_head[0]["head"]["repo"]["full_name"] == "fork/shop"
    assert [pull["number"] for pull in to(github, "GET", "/pulls").body] == [9, 7]
    assert to(github, "GET", "/pulls/10").body["head"]["repo"] is None


def test_a_deployment_waits_for_the_statuses_of_its_commit(github: Serving) -> None:
    main = github.state.git.refs["refs/heads/main"]
    to(github, "POST", f"/statuses/{main}", state="pending", context="gate")
    assert to(github, "POST", "/deployments", ref="main").status == 409
    assert to(github, "POST", "/deployments", ref="main", required_contexts=[]).status == 201
    to(github, "POST", f"/statuses/{main}", state="success", context="gate")
    assert to(github, "POST", "/deployments", ref="main").status == 201
    assert to(github, "POST", "/deployments", ref="nowhere").status == 422
    github.state.git.refs["refs/tags/v1"] = main
    assert to(github, "POST", "/deployments", ref="v1").body["sha"] == main


def test_a_deployment_merges_main_into_a_branch_behind_it(github: Serving) -> None:
    github.state.git.push("behind", {"a": "1"})
    github.state.git.push("main", {"b": "2"})
    members = {"ref": "behind", "required_contexts": []}
    assert to(github, "POST", "/deployments", **members).status == 202
    assert github.state.deployments == {}
    assert to(github, "POST", "/deployments", **members, auto_merge=False).status == 201


def test_a_success_puts_the_deployment_before_it_out_of_work(github: Serving) -> None:
    for _ in range(2):
        made = to(github, "POST", "/deployments", ref="main", environment="canary").body["id"]
        to(github, "POST", f"/deployments/{made}/statuses", state="success", description="done")
    states = [[each.state for each in one.statuses] for one in github.state.deployments.values()]
    assert states == [["success", "inactive"], ["success"]]
    long = to(github, "POST", f"/deployments/{made}/statuses", state="error", description="x" * 141)
    assert long.status == 422


# Faults and races


@pytest.mark.parametrize(
    ("kind", "status", "header"),
    [
        (Kind.SECONDARY_LIMIT, 403, ("Retry-After", "3")),
        (Kind.TOO_MANY, 429, ("Retry-After", "3")),
        (Kind.PRIMARY_LIMIT, 403, ("X-RateLimit-Remaining", "0")),
        (Kind.BROKEN, 502, ("Content-Type", "application/json; charset=utf-8")),
    ],
)
def test_a_fault_strikes_as_often_as_was_asked(
    github: Serving, kind: Kind, status: int, header: tuple[str, str]
) -> None:
    github.state.faults.append(
        Fault(kind=kind, method="POST", path="/comments$", times=2, seconds=3)
    )
    assert to(github, "GET", COMMENTS).status == 200
    answers = [to(github, "POST", COMMENTS, body="x") for _ in range(3)]
    assert [answer.status for answer in answers] == [status, status, 201]
    assert answers[0].headers[header[0]] == header[1]
    assert github.state.bodies(7) == ["x"]
    assert github.requests_for("comments") == ["GET", "POST", "POST", "POST"]


@pytest.mark.parametrize(("kind", "written"), [(Kind.DROP_AFTER, ["x"]), (Kind.DROP_BEFORE, [])])
def test_a_dropped_connection_leaves_the_write_done_or_undone(
    github: Serving, kind: Kind, written: list[str]
) -> None:
    github.state.faults.append(Fault(kind=kind, method="POST"))
    with pytest.raises(http.client.RemoteDisconnected):
        to(github, "POST", COMMENTS, body="x")
    assert github.state.bodies(7) == written


def test_a_cut_answer_is_no_json(github: Serving) -> None:
    github.state.faults.append(Fault(kind=Kind.MALFORMED))
    with pytest.raises(json.JSONDecodeError):
        to(github, "POST", COMMENTS, body="x")
    assert github.state.bodies(7) == ["x"]


def test_a_slow_answer_holds_up_nobody_else(github: Serving) -> None:
    github.state.faults.append(Fault(kind=Kind.SLOW, method="POST", seconds=60))
    url = urlsplit(github.url)
    slow = http.client.HTTPConnection(url.netloc, timeout=0.1)
    head = {
        "Authorization": f"Bearer {TOKEN}",
        "User-Agent": "tests",
        "Content-Type": "application/json",
    }
    slow.request("POST", f"/repos/octo/shop{COMMENTS}", body='{"body": "x"}', headers=head)
    with pytest.raises(TimeoutError):
        slow.getresponse()
    slow.close()
    assert to(github, "GET", COMMENTS).body[0]["body"] == "x"


def test_another_run_may_come_between_two_requests(github: Serving) -> None:
    github.before("POST", "/comments$", lambda state: state.add_comment(7, "theirs"))
    assert to(github, "GET", COMMENTS).body == []
    to(github, "POST", COMMENTS, body="ours")
    to(github, "POST", COMMENTS, body="ours again")
    assert github.state.bodies(7) == ["theirs", "ours", "ours again"]


# As GitHub Enterprise, and apart


def test_the_base_may_have_a_path() -> None:
    state = State()
    state.add_pull(7, HEAD)
    with serve(state, prefix="/api/v3") as github:
        assert github.url.endswith("/api/v3")
        assert to(github, "GET", "/pulls/7").status == 200
        assert (
            ask(f"{github.url.removesuffix('/api/v3')}/repos/octo/shop/pulls/7", "GET").status
            == 404
        )


def test_a_server_apart_writes_down_all_but_its_token(tmp_path: Path) -> None:
    state = State()
    state.add_pull(7, HEAD)
    state.add_artifact(55, b"\x00PK", name="result")
    state.faults.append(Fault(kind=Kind.BROKEN, method="GET"))
    port, begin, dump = (tmp_path / name for name in ("port", "state.json", "dump.json"))
    write_state(begin, state)
    command = (sys.executable, "-m", "tests.github.server", "--port-file", str(port))
    with subprocess.Popen(
        (*command, "--state", str(begin), "--dump", str(dump)), cwd=ROOT
    ) as server:
        try:
            while not port.exists():
                assert server.poll() is None
                time.sleep(0.01)
            url = f"http://127.0.0.1:{port.read_text().strip()}/repos/octo/shop{COMMENTS}"
            assert [ask(url, "GET").status for _ in range(2)] == [502, 200]
            assert ask(url, "POST", body={"body": "x"}).status == 201
        finally:
            server.terminate()
    assert server.returncode == 0
    left = read_dump(dump)
    assert left.state.bodies(7) == ["x"]
    assert [artifact.archive for artifact in left.state.artifacts.values()] == [b"\x00PK"]
    assert [method for method, _ in left.requests] == ["GET", "GET", "POST"]
    assert left.violations == left.refused == []
    assert TOKEN not in dump.read_text()
