"""Facts about reading a folder as it lies on the disk."""

from pathlib import Path

from evalgate.adapters.folder_tree import read_tree


def test_the_files_have_the_paths_that_they_would_have_in_a_repository(tmp_path: Path) -> None:
    (tmp_path / "p/deep").mkdir(parents=True)
    (tmp_path / "p/v1.md").write_bytes(b"one")
    (tmp_path / "p/deep/a.json").write_bytes(b"{}")
    tree = read_tree(tmp_path, named="a/prompts")
    assert tree == {"a/prompts/p/v1.md": b"one", "a/prompts/p/deep/a.json": b"{}"}


def test_links_are_left_out_and_no_folder_has_no_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "f").mkdir()
    (tmp_path / "f/link").symlink_to(tmp_path / "secret")
    assert read_tree(tmp_path / "f", named="f") == {}
    assert read_tree(tmp_path / "none", named="f") == {}
