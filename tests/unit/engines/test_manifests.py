"""Facts about the manifests for delivery engines: they suit the engines, the server and each other."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema_rs import validator_for

from evalgate.cli.engine_files import MANIFESTS, manifest_text
from evalgate.cli.serve_verdict import PORT
from evalgate.model.document import Data
from evalgate.rollout.verdict_question import Hook, Question, read_question
from tests.unit.engines.manifests import ENGINES, FILES, Manifest, documents, reached
from tests.unit.engines.schemas import SCHEMAS, TEXT

EVERY = [(name, each) for name in FILES for each in documents(name)]
TEMPLATES = documents("argo/analysis-template.yaml")
(ROLLOUT,) = documents("argo/rollout.yaml")
(CANARY,) = documents("flagger/canary.yaml")


def places(data: Data) -> Iterator[tuple[dict[str, Data], str]]:
    """Yield every key of every mapping, with the mapping that it stands in."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield data, key
            yield from places(value)
    elif isinstance(data, list):
        for value in data:
            yield from places(value)


def analyses() -> Iterator[Data]:
    """Yield what the example asks for, in the background and at its steps."""
    yield reached(ROLLOUT, "spec", "strategy", "canary", "analysis")
    steps = reached(ROLLOUT, "spec", "strategy", "canary", "steps")
    assert isinstance(steps, list)
    yield from (reached(step, "analysis") for step in steps if "analysis" in dict(pairs(step)))


def pairs(data: Data) -> list[tuple[str, Data]]:
    assert isinstance(data, dict)
    return list(data.items())


def names(data: Data, key: str = "name") -> list[str]:
    assert isinstance(data, list)
    return [str(reached(each, key)) for each in data]


@pytest.mark.parametrize(("name", "manifest"), EVERY)
def test_a_manifest_suits_what_its_engine_declares(name: str, manifest: Manifest) -> None:
    validator = validator_for(SCHEMAS[str(manifest["kind"])])
    assert [error.message for error in validator.iter_errors(manifest)] == [], name


@pytest.mark.parametrize(("name", "manifest"), EVERY)
def test_no_slip_in_a_key_would_go_unseen(name: str, manifest: Manifest) -> None:
    """A key that the schema does not know is refused, whichever it is; labels are free."""
    validator = validator_for(SCHEMAS[str(manifest["kind"])])
    for holder, key in list(places(manifest)):
        if key == "app":
            continue
        holder[f"{key}x"] = holder.pop(key)
        assert not validator.is_valid(manifest), (name, key)
        holder[key] = holder.pop(f"{key}x")
    assert validator.is_valid(manifest)


def test_every_file_is_printed_for_an_engine() -> None:
    assert sorted(path for paths in MANIFESTS.values() for path in paths) == FILES
    for engine, paths in MANIFESTS.items():
        printed = list(yaml.safe_load_all(manifest_text(engine)))
        assert printed == [each for path in paths for each in documents(path)]


def test_every_analysis_of_the_example_names_a_template_and_its_arguments() -> None:
    declared = {str(reached(each, "metadata", "name")): each for each in TEMPLATES}
    asked = list(analyses())
    assert len(asked) == 3
    for analysis in asked:
        (name,) = names(reached(analysis, "templates"), "templateName")
        arguments = reached(declared[name], "spec", "args")
        assert isinstance(arguments, list)
        given = names(reached(analysis, "args"))
        assert set(given) <= set(names(arguments))
        needed = [each for each in arguments if not {"value", "valueFrom"} & {*dict(pairs(each))}]
        assert set(names(needed)) <= set(given)


def test_traffic_grows_only_after_an_analysis() -> None:
    steps = reached(ROLLOUT, "spec", "strategy", "canary", "steps")
    assert isinstance(steps, list)
    kinds = [key for step in steps for key, _ in pairs(step)]
    assert kinds == ["setWeight", "pause", "analysis"] * 2


def test_a_template_uses_all_of_its_arguments_and_no_other() -> None:
    for template in TEMPLATES:
        used = set(re.findall(r"\{\{args\.([\w-]+)\}\}", json.dumps(reached(template, "spec"))))
        assert used == set(names(reached(template, "spec", "args")))


def addresses() -> Iterator[tuple[str, str]]:
    for template in TEMPLATES:
        url = str(reached(template, "spec", "metrics", 0, "provider", "web", "url"))
        yield "GET", url.replace("{{args.prompt}}", "p").replace("{{args.version}}", "v4")
    hooks = reached(CANARY, "spec", "analysis", "webhooks")
    assert isinstance(hooks, list)
    yield from (("POST", str(reached(hook, "url"))) for hook in hooks)


@pytest.mark.parametrize(("method", "url"), [*addresses()])
def test_every_address_is_one_that_the_server_answers(method: str, url: str) -> None:
    parts = urlsplit(url.replace("{{args.address}}", "http://h:1"))
    asked = read_question(method, f"{parts.path}?{parts.query}")
    assert isinstance(asked, Question)
    assert asked.version == "v4"


def test_a_hook_asks_at_the_path_of_its_type() -> None:
    hooks = reached(CANARY, "spec", "analysis", "webhooks")
    assert isinstance(hooks, list)
    for hook in hooks:
        assert urlsplit(str(reached(hook, "url"))).path.endswith(f"/{reached(hook, 'type')}")
    assert set(names(hooks, "type")) == set(Hook) - {Hook.VERDICT}


def test_the_manifests_name_the_port_that_the_server_takes_by_itself() -> None:
    for name in FILES:
        ports = re.findall(
            r"http://[\w.:]*?:?(?:TOKEN@)?[\w.]+:(\d+)", (ENGINES / name).read_text()
        )
        assert {*ports} <= {str(PORT)}, name


def test_an_engine_waits_longer_than_the_server_does() -> None:
    for template in TEMPLATES:
        assert reached(template, "spec", "metrics", 0, "provider", "web", "timeoutSeconds") == 10
    hooks = reached(CANARY, "spec", "analysis", "webhooks")
    assert isinstance(hooks, list)
    assert {str(reached(hook, "timeout")) for hook in hooks} == {"10s"}


def test_the_schemas_are_closed_to_what_they_do_not_name() -> None:
    for schema in SCHEMAS.values():
        open_to = [
            holder
            for holder, key in places(schema)
            if key == "properties" and holder.get("additionalProperties") is not False
        ]
        assert open_to == []
    assert TEXT["type"] == "string"
