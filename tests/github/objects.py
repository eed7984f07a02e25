"""Git objects, refs and the contents of files, as the fake GitHub answers about them."""

import base64
import binascii
from collections.abc import Mapping, Sequence

from evalgate.model.document import Data
from tests.github.exchange import Answer, Call, RefusedError, Route, missing
from tests.github.filling import filled
from tests.github.git_data import Commit, Entry, tree_id

AREAS = ("contents",)
RAW_HOST = "https://raw.githubusercontent.com"
LARGEST_SHOWN = 1024**2
"""Bytes of a file that the JSON of its contents holds; a larger one comes in the raw type alone."""


def blob_created(call: Call) -> Answer:
    """Keep the content of a file."""
    content = call.text("content").encode()
    if call.text("encoding", "utf-8") == "base64":
        try:
            content = base64.b64decode(content)
        except binascii.Error as error:
            raise RefusedError(422, "content is not valid Base64") from error
    blob = call.state.git.add_blob(content)
    return Answer(status=201, body={"sha": blob, "url": call.url(f"/git/blobs/{blob}")})


def tree_created(call: Call) -> Answer:
    """Make a tree, on top of another when one is named."""
    git, base = call.state.git, call.stated("base_tree")
    if base is not None and base not in git.trees:
        raise RefusedError(422, "base_tree is not a valid tree oid")
    entries = dict(git.trees[base]) if base else {}
    stated = call.body["tree"]
    assert isinstance(stated, list)
    for each in stated:
        assert isinstance(each, dict)
        _enter(call, entries, stated=each)
    tree = git.add_tree(entries)
    shown: Data = [
        {"path": path, "mode": entry.mode, "type": "blob", "sha": entry.blob}
        for path, entry in git.trees[tree].items()
    ]
    url = call.url(f"/git/trees/{tree}")
    return Answer(status=201, body=filled("git-tree", sha=tree, url=url, tree=shown))


def commit_created(call: Call) -> Answer:
    """Make a commit that no ref points to yet."""
    git, parents = call.state.git, call.body.get("parents", [])
    assert isinstance(parents, list)
    if call.text("tree") not in git.trees:
        raise RefusedError(422, "Tree SHA does not exist")
    if any(parent not in git.commits for parent in parents):
        raise RefusedError(422, "Parent SHA does not exist or is not a commit object")
    author = call.body.get("author")
    commit = Commit(
        tree=call.text("tree"),
        parents=[str(parent) for parent in parents],
        message=call.text("message"),
        author=str(author["name"]) if isinstance(author, dict) else call.author,
        made=call.state.moment(),
    )
    return Answer(status=201, body=_commit_shown(call, git.add_commit(commit)))


def commit_read(call: Call) -> Answer:
    """Answer with a commit."""
    sha = call.asked.parts["commit_sha"]
    if sha not in call.state.git.commits:
        raise missing()
    return Answer(body=_commit_shown(call, sha))


def ref_read(call: Call) -> Answer:
    """Answer with what a ref points to."""
    ref = f"refs/{call.asked.parts['ref']}"
    if not call.state.git.refs:
        raise RefusedError(409, "Git Repository is empty.")
    if ref not in call.state.git.refs:
        raise missing()
    return Answer(body=_ref_shown(call, ref))


def ref_created(call: Call) -> Answer:
    """Make a ref."""
    ref, git = call.text("ref"), call.state.git
    if not ref.startswith("refs/") or ref.count("/") < 2:
        raise RefusedError(422, f"{ref} is not a valid ref name.")
    if ref in git.refs:
        raise RefusedError(422, "Reference already exists")
    _move(call, ref)
    return Answer(status=201, body=_ref_shown(call, ref))


def ref_moved(call: Call) -> Answer:
    """Move a ref forward, or anywhere when forced."""
    ref, git = f"refs/{call.asked.parts['ref']}", call.state.git
    if ref not in git.refs:
        raise RefusedError(422, "Reference does not exist")
    forwards = git.refs[ref] in git.history(call.text("sha"))
    if call.text("sha") in git.commits and not forwards and call.body.get("force") is not True:
        raise RefusedError(422, "Update is not a fast forward")
    _move(call, ref)
    return Answer(body=_ref_shown(call, ref))


def content_read(call: Call) -> Answer:
    """Answer with a file, raw or in JSON, or with what a folder holds."""
    git, ref = call.state.git, call.query.get("ref", "main")
    commit = git.resolve(ref)
    if commit is None:
        raise RefusedError(404, f"No commit found for the ref {ref}")
    files, path = git.files(commit), call.asked.parts["path"].strip("/")
    if path in files:
        return _file(call, path, entry=files[path], ref=ref)
    inside = [name for name in files if name.startswith(f"{path}/")]
    if not inside:
        raise missing()
    return Answer(body=_folder(call, path, files=files))


def _enter(call: Call, entries: dict[str, Entry], *, stated: Mapping[str, Data]) -> None:
    """Put one stated entry into a tree: new text, a blob that exists, or a removal."""
    path, git = str(stated.get("path", "")), call.state.git
    if {"", ".", "..", ".git"} & set(path.split("/")):
        raise RefusedError(422, "tree.path contains a malformed path component")
    if "content" in stated and "sha" in stated:
        raise RefusedError(422, "Must supply either tree.sha or tree.content, not both")
    if "content" not in stated and stated.get("sha", "") is None:
        if entries.pop(path, None) is None:
            raise RefusedError(422, "GitRPC::BadObjectState")
        return
    mode = stated.get("mode")
    if mode not in {"100644", "100755", "120000"}:
        raise RefusedError(422, "Must supply a valid tree.mode")
    text = stated.get("content")
    blob = git.add_blob(text.encode()) if isinstance(text, str) else str(stated.get("sha", ""))
    if blob not in git.blobs:
        raise RefusedError(422, f"tree.sha {blob} is not a valid blob")
    for taken in [name for name in entries if name.startswith(f"{path}/")]:
        del entries[taken]
    entries[path] = Entry(mode=str(mode), blob=blob)


def _move(call: Call, ref: str) -> None:
    git, sha = call.state.git, call.text("sha")
    if sha not in git.commits:
        raise RefusedError(422, "Object does not exist")
    if ref in git.protected:
        message = "Repository rule violations found\n\nChanges must be made through a pull request."
        raise RefusedError(422, message)
    git.refs[ref] = sha
    for pull in call.state.pulls.values():
        if (pull.head_repository, f"refs/heads/{pull.head_ref}") == (call.state.repository, ref):
            pull.head = sha


def _ref_shown(call: Call, ref: str) -> Data:
    sha = call.state.git.refs[ref]
    target: Data = {"type": "commit", "sha": sha, "url": call.url(f"/git/commits/{sha}")}
    return filled("git-ref", ref=ref, url=call.url(f"/git/{ref}"), object=target)


def _commit_shown(call: Call, sha: str) -> Data:
    commit = call.state.git.commits[sha]
    email = f"{commit.author}@users.noreply.github.com"
    person: Data = {"name": commit.author, "email": email, "date": commit.made}
    tree = {"sha": commit.tree, "url": call.url(f"/git/trees/{commit.tree}")}
    return filled(
        "git-commit",
        sha=sha,
        url=call.url(f"/git/commits/{sha}"),
        html_url=call.page_url(f"/commit/{sha}"),
        message=commit.message,
        author=person,
        committer=person,
        tree={**tree},
        parents=[
            {
                "sha": parent,
                "url": call.url(f"/git/commits/{parent}"),
                "html_url": call.page_url(f"/commit/{parent}"),
            }
            for parent in commit.parents
        ],
    )


def _file(call: Call, path: str, *, entry: Entry, ref: str) -> Answer:
    content = call.state.git.blobs[entry.blob]
    if ".raw" in call.accept:
        return Answer(raw=content, headers={"Content-Type": "application/vnd.github.raw+json"})
    about = _about(call, path, entry=entry)
    about["download_url"] = f"{RAW_HOST}/{call.state.repository}/{ref}/{path}"
    if about["type"] == "symlink":
        return Answer(body=filled("content-symlink", **about, target=content.decode()))
    encoding, shown = "none", ""
    if len(content) <= LARGEST_SHOWN:
        encoding, shown = "base64", base64.encodebytes(content).decode()
    return Answer(body=filled("content-file", **about, content=shown, encoding=encoding))


def _folder(call: Call, path: str, *, files: Mapping[str, Entry]) -> Data:
    """Return what lies directly in a folder."""
    start = len(path) + 1
    below = {name[start:].partition("/")[0] for name in files if name.startswith(f"{path}/")}
    return [_listed(call, f"{path}/{name}", files=files) for name in sorted(below)]


def _listed(call: Call, path: str, *, files: Mapping[str, Entry]) -> Data:
    """Return one line of a folder's list: a file, or a folder within it."""
    if path in files:
        url = f"{RAW_HOST}/{call.state.repository}/main/{path}"
        return {**_about(call, path, entry=files[path]), "download_url": url}
    inside = {name: entry for name, entry in files.items() if name.startswith(f"{path}/")}
    folder = Entry(mode="040000", blob=tree_id(inside))
    return {**_about(call, path, entry=folder), "download_url": None}


def _about(call: Call, path: str, *, entry: Entry) -> dict[str, Data]:
    """Return what files, links and folders have in common."""
    kinds = {"120000": "symlink", "040000": "dir"}
    url, page = call.url(f"/contents/{path}"), call.page_url(f"/blob/main/{path}")
    blob = call.url(f"/git/blobs/{entry.blob}")
    return {
        "type": kinds.get(entry.mode, "file"),
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": entry.blob,
        "size": len(call.state.git.blobs.get(entry.blob, b"")),
        "url": url,
        "git_url": blob,
        "html_url": page,
        "_links": {"self": url, "git": blob, "html": page},
    }


ROUTES: Sequence[Route] = (
    Route(method="POST", template="/git/blobs", areas=AREAS, act=blob_created),
    Route(method="POST", template="/git/trees", areas=AREAS, act=tree_created),
    Route(method="POST", template="/git/commits", areas=AREAS, act=commit_created),
    Route(method="GET", template="/git/commits/{commit_sha}", areas=AREAS, act=commit_read),
    Route(method="GET", template="/git/ref/{ref}", areas=AREAS, act=ref_read),
    Route(method="POST", template="/git/refs", areas=AREAS, act=ref_created),
    Route(method="PATCH", template="/git/refs/{ref}", areas=AREAS, act=ref_moved),
    Route(method="GET", template="/contents/{path}", areas=AREAS, act=content_read),
)
