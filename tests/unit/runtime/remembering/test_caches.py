"""Facts about which cache is opened."""

import subprocess
import sys
from pathlib import Path

import pytest

from evalgate.errors import MissingExtraError, UsageError
from evalgate.model.serving import CacheKind, CacheRules
from evalgate.runtime.remembering.caches import open_cache
from evalgate.runtime.remembering.memory_cache import MemoryCache


def test_a_cache_in_memory_needs_nothing_else() -> None:
    assert isinstance(open_cache(CacheRules(kind=CacheKind.MEMORY), {}), MemoryCache)


async def test_a_cache_in_a_file_is_made_at_once(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "answers.sqlite"
    cache = open_cache(CacheRules(kind=CacheKind.SQLITE, path=str(path)), {})
    assert path.is_file()
    assert await cache.find("a") is None
    await cache.aclose()


def test_a_cache_in_a_file_needs_its_path() -> None:
    with pytest.raises(UsageError, match="expected `path` beside `kind: sqlite`"):
        open_cache(CacheRules(kind=CacheKind.SQLITE), {})


def test_a_cache_on_a_server_needs_its_address() -> None:
    with pytest.raises(UsageError, match="in EVALGATE_REDIS_URL; set it"):
        open_cache(CacheRules(kind=CacheKind.REDIS), {})


@pytest.mark.parametrize("module", ["redis", "sqlite3"])
def test_what_is_not_asked_for_is_not_loaded(module: str) -> None:
    program = (
        f"import sys, evalgate.runtime.remembering.caches; sys.exit('{module}' in sys.modules)"
    )
    assert subprocess.run((sys.executable, "-c", program), check=False).returncode == 0


def test_without_its_package_a_cache_on_a_server_says_what_to_install() -> None:
    program = (
        "import sys\n"
        "sys.modules['redis'] = sys.modules['redis.asyncio'] = None\n"
        "from evalgate.errors import MissingExtraError\n"
        "from evalgate.model.serving import CacheKind, CacheRules\n"
        "from evalgate.runtime.remembering.caches import open_cache\n"
        "try: open_cache(CacheRules(kind=CacheKind.REDIS), {'EVALGATE_REDIS_URL': 'redis://h'})\n"
        "except MissingExtraError as error: print(error)\n"
    )
    said = subprocess.run(
        (sys.executable, "-c", program), check=True, capture_output=True, text=True
    ).stdout
    assert "python -m pip install '.[redis]'" in said
    assert issubclass(MissingExtraError, UsageError)
