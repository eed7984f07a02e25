"""The manifests for delivery engines that come with evalgate."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

MANIFESTS: Mapping[str, Sequence[str]] = {
    "argo": ("argo/analysis-template.yaml", "argo/rollout.yaml"),
    "flagger": ("flagger/canary.yaml",),
}
"""The files of each engine, in `evalgate/engines`."""


def manifest_text(engine: str) -> str:
    """Return all manifests for an engine as one stream of YAML documents."""
    folder = Path(str(files("evalgate"))) / "engines"
    return "---\n".join((folder / name).read_text("utf-8") for name in MANIFESTS[engine])
