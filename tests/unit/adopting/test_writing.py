"""Facts about laying adoptions out as files."""

from dataclasses import replace

import pytest

from evalgate.adapters.files import read_yaml, write_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.adopting.adoption import Adoption, Message
from evalgate.adopting.writing import Library, lay_out, next_version
from evalgate.errors import ConfigurationError
from evalgate.model.document import Data
from evalgate.model.policy import Paths
from evalgate.prompts.library import read_prompts
from evalgate.simulator.fakes import text_tree

ADOPTION = Adoption(
    name="mail",
    source="old/mail.prompt",
    messages=(Message(role="system", text="Be kind."), Message(role="user", text="{{q}}")),
    front={"description": "Writes: mail"},
    evalset={"graders": [{"contains": "x"}], "cases": [{"id": "a", "vars": {"q": "?"}}]},
)
NEW = Library(paths=Paths(prompts="p", evalsets="e"), prompts={}, existing=frozenset())


def laid_out(adoption: Adoption = ADOPTION, library: Library = NEW) -> dict[str, str]:
    return lay_out([adoption], library, emit=write_yaml, parser=FORMATS)


def library_with(**versions: str) -> Library:
    files = {f"p/mail/{name}.md": text for name, text in versions.items()}
    return replace(NEW, prompts=read_prompts(text_tree(files), "p", FORMATS))


def test_a_new_prompt_gets_a_version_a_pointer_and_its_eval_set() -> None:
    files = laid_out()
    assert sorted(files) == ["e/mail.yaml", "p/mail/live.yaml", "p/mail/v1.md"]
    assert files["p/mail/v1.md"] == (
        "---\nmodel: claude-sonnet-5-5\nmax_tokens: 4096\ndescription: 'Writes: mail'\n---\n"
        "## system\n\nBe kind.\n\n## user\n\n{{q}}\n"
    )
    data = read_yaml("e", files["e/mail.yaml"].encode()).data
    assert isinstance(data, dict)
    assert data["prompts"] == ["mail"]


def test_a_known_prompt_gets_its_next_version_only() -> None:
    assert list(laid_out(library=library_with(v1="x", v4="y"))) == ["p/mail/v5.md"]


def test_versions_are_counted_and_not_sorted_as_words() -> None:
    assert next_version(library_with(v2="", v10="").prompts["mail"]) == "v11"
    assert next_version(None) == "v1"


def test_nothing_is_overwritten() -> None:
    library = replace(NEW, existing=frozenset({"e/mail.yaml"}))
    with pytest.raises(ConfigurationError, match=r"e/mail\.yaml: exists already"):
        laid_out(library=library)


def test_shared_files_go_where_versions_look_for_them() -> None:
    adoption = replace(
        ADOPTION,
        messages=(Message(role="user", text='{% include "tone.v1.md" %} {{q}}'),),
        front={"template": "jinja"},
        shared={"tone.v1.md": "Be kind.\n"},
    )
    assert laid_out(adoption)["p/_shared/tone.v1.md"] == "Be kind.\n"


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ({"template": "jinja", "inputs": ["other"]}, "not among the inputs"),
        ({"output_schema": 5}, "output_schema"),
    ],
)
def test_what_could_not_be_read_back_is_refused_in_the_name_of_its_source(
    front: dict[str, Data], said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        laid_out(replace(ADOPTION, front=front))
    assert [problem.path for problem in caught.value.problems] == ["old/mail.prompt"]
    assert said in str(caught.value)
