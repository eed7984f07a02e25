"""What changed between two texts, in Markdown."""

from inline_snapshot import snapshot

from evalgate.model.change import FileChange
from evalgate.reporting.markdown_diff import answers_block, diff_block, diff_fence
from evalgate.reporting.visible import excerpt

PATH = "prompts/p/v2.md"


def a_change(
    before: str | None, after: str | None, *, path: str = PATH, formerly: str = ""
) -> FileChange:
    return FileChange(path=path, before=before, after=after, formerly=formerly)


def test_a_changed_file_is_folded_with_its_hunks() -> None:
    before = "".join(f"line {number}\n" for number in range(20))
    after = before.replace("line 9\n", "line nine\nline ten\n")
    assert diff_block(
        a_change(before, after, formerly="prompts/p/v1.md"), budget=1_000
    ) == snapshot("""\
<details>
<summary>What the change does to <code>prompts/p/v2.md</code> against <code>prompts/p/v1.md</code>: 2 lines added, 1 removed</summary>

```diff
@@ -7,7 +7,8 @@
 line 6
 line 7
 line 8
-line 9
+line nine
+line ten
 line 10
 line 11
 line 12
```

</details>\
""")


def test_changes_far_apart_stand_each_under_its_own_places() -> None:
    before = "".join(f"{number}\n" for number in range(1, 31))
    after = before.replace("2\n", "two\n", 1).replace("29\n", "", 1)
    block = diff_block(a_change(before, after), budget=1_000)
    assert [line for line in block.splitlines() if line.startswith("@@")] == [
        "@@ -1,5 +1,5 @@",
        "@@ -26,5 +26,4 @@",
    ]


def test_a_new_file_is_all_plus_and_a_deleted_one_all_minus() -> None:
    assert "+a\n+b\n```" in diff_block(a_change(None, "a\nb\n"), budget=100)
    assert "-a\n-b\n```" in diff_block(a_change("a\nb\n", None), budget=100)


def test_an_unchanged_file_is_not_shown() -> None:
    assert diff_block(a_change("a\n", "a\n"), budget=100) == ""


def test_line_breaks_alone_are_said_to_be_the_change() -> None:
    assert "Only line breaks changed." in diff_block(a_change("a\nb", "a\r\nb\r\n"), budget=100)


def test_of_a_huge_file_the_beginning_is_told() -> None:
    block = diff_block(a_change("a\n" * 6_000, "b\n" * 6_000), budget=100)
    assert "changed; only the beginning is shown, the whole is too long</summary>" in block
    assert "-a\n-a\n" in block


def test_a_diff_is_cut_between_lines_and_says_so() -> None:
    assert diff_fence(["- aaaa", "+ bbbb", "  cccc"], 14) == (
        "```diff\n- aaaa\n+ bbbb\n```\n\n… 1 more line not shown"
    )


def test_a_very_long_line_is_cut() -> None:
    assert diff_fence(["+ " + "x" * 10_000], 5_000).splitlines()[1] == f"+ {'x' * 397}…"


def test_nothing_in_a_diff_closes_its_fence_or_commands_a_log() -> None:
    hostile = "````\n</details>\n::error::stop\n##[error]no\n\x1b[31m\u202e @everyone"
    block = diff_block(a_change("", hostile, path="a`|<b>@all"), budget=1_000)
    assert block.count("</details>\n") == 1
    assert "`````diff\n" in block
    assert "##[" not in block
    assert "\u202e" not in block
    assert "\x1b" not in block
    assert "@all" not in block


def test_answers_that_were_cut_say_which() -> None:
    block = answers_block(excerpt("The same " * 20, 90), excerpt("The same " * 9, 90), 100)
    assert block is not None
    assert "… before: 90 more characters not shown" in block
    assert "after:" not in block


def test_a_file_that_comes_or_goes_is_called_so() -> None:
    assert ": new</summary>" in diff_block(a_change(None, "a\n"), budget=100)
    assert ": no longer included<" in diff_block(a_change("a\n", None), budget=100)


def test_a_tab_is_as_wide_in_every_viewer() -> None:
    assert "+ a    b" in diff_fence(["+ a\tb"], 100)


def test_two_answers_have_twice_the_room_of_one() -> None:
    before = "\n".join(f"line {number:02}" for number in range(10))
    after = before.replace("l", "L")
    whole, cut = (answers_block(excerpt(before, 900), excerpt(after, 900), n) for n in (100, 99))
    assert whole is not None
    assert cut is not None
    assert whole.count("\n+ ") == 10
    assert cut.endswith("… 1 more line not shown")
