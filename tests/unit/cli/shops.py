"""A small repository with a change, and rules by which the simulator answers it."""

from contextlib import chdir
from pathlib import Path

from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.cli.main import main

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\nSay hi. {{question}}\n"
CASES = "".join(f"  - {{id: c{number}, vars: {{question: x{number}}}}}\n" for number in range(20))
FILES = {
    ".github/evalgate.yml": "gate: {max_drop: 20}\nrun: {trials: 2}\n",
    "prompts/p/v1.md": VERSION,
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/p.yaml": f"prompts: [p]\ngraders: [{{contains: Hi}}]\ncases:\n{CASES}",
    "rules.yaml": "schema: simulator-rules/1\nbehaviours: [{name: a, says: Hi}]\n",
}
SIMULATED = ("--simulate", "--rules", "rules.yaml")


def make_shop(folder: Path) -> Path:
    """Make a repository whose work tree has a harmless second version."""
    create_repository(folder, "main")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    commit_all(folder, "first")
    (folder / "prompts/p/v2.md").write_text(VERSION.replace("hi", "hi!"))
    return folder


def evalgate(folder: Path, *words: str) -> int:
    """Run the command line inside a folder and return the exit code."""
    with chdir(folder):
        return main(words)
