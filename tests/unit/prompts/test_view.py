"""Facts about one prompt at the three points of a change."""

from evalgate.adapters.formats import FORMATS
from evalgate.prompts.library import Prompt, read_prompts
from evalgate.prompts.view import Prompts


def tree(*names: str) -> dict[str, Prompt]:
    paths = {f"prompts/{name}/v1.md": name.encode() for name in names}
    return read_prompts(paths, "prompts", FORMATS)


def test_every_prompt_of_head_or_fork_is_viewed_once_by_name() -> None:
    prompts = Prompts(base=tree("a", "z"), fork=tree("a", "b"), head=tree("b", "c"))
    views = list(prompts.views())
    assert [view.head.name for view in views] == ["a", "b", "c"]
    assert [view.head.exists for view in views] == [False, True, True]
    assert [view.fork.exists for view in views] == [True, True, False]


def test_an_absent_prompt_has_nothing() -> None:
    [view] = Prompts(base={}, fork={}, head=tree("a")).views()
    assert (view.base.stable, view.base.canary, view.base.history) == (None, None, ())
    assert list(view.touched()) == ["v1"]
    assert view.moved_to() is None
    assert not view.is_rollback()
