"""Facts about keyed hashes and about ids of calls."""

import hmac
import re
import subprocess
import sys
import time
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import UsageError
from evalgate.runtime.logbook.identity import (
    KEY_VARIABLE,
    Hashing,
    new_request_id,
    read_hashing,
    request_id_of,
)
from evalgate.runtime.logbook.words import hex_word, id_word

KEY = "0123456789abcdef-canary"
HASHING = read_hashing({KEY_VARIABLE: KEY})


def test_a_user_is_always_the_same_hash_and_another_user_another_one() -> None:
    first = HASHING.user("ann@example.com")
    assert first == HASHING.user("ann@example.com")
    assert first == hmac.new(KEY.encode(), b"user\0ann@example.com", sha256).hexdigest()[:32]
    assert first != HASHING.user("bob@example.com")
    assert hex_word(first) == first


def test_a_conversation_of_the_same_id_is_another_hash() -> None:
    assert HASHING.user("7") != HASHING.conversation("7")
    assert hex_word(HASHING.conversation("7")) is not None


def test_another_key_makes_other_hashes_and_has_another_id() -> None:
    other = read_hashing({KEY_VARIABLE: KEY + "x"})
    assert other.user("ann") != HASHING.user("ann")
    assert other.key_id != HASHING.key_id
    assert hex_word(HASHING.key_id) == HASHING.key_id


def test_without_a_key_nobody_is_known() -> None:
    for environment in ({}, {KEY_VARIABLE: ""}):
        hashing = read_hashing(environment)
        assert (hashing.user("ann"), hashing.conversation("7"), hashing.key_id) == (None,) * 3


def test_nobody_has_no_hash() -> None:
    assert HASHING.user(None) is None
    assert HASHING.user("") is None


def test_a_short_key_is_refused_without_being_repeated() -> None:
    assert read_hashing({KEY_VARIABLE: "k" * 16}).key_id is not None
    with pytest.raises(UsageError, match="has 15 bytes, and needs at least 16") as caught:
        read_hashing({KEY_VARIABLE: "canary-0123456!"[:15]})
    assert "canary" not in str(caught.value)


def test_the_key_stands_in_no_text() -> None:
    assert "canary" not in f"{HASHING!r} {HASHING}"
    assert KEY[:8] not in str(HASHING.key_id)


@given(st.text() | st.just("\ud800"))
def test_every_text_that_is_not_empty_has_a_hash(user: str) -> None:
    assert (hex_word(HASHING.user(user)) is not None) == bool(user)


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_an_id_is_a_uuid_of_version_7(milliseconds: int, noise: bytes) -> None:
    made = request_id_of(milliseconds, noise)
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made
    )
    assert int(made[:8] + made[9:13], 16) == milliseconds
    assert id_word(made) == made


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_ids_sort_by_time(first: bytes, second: bytes) -> None:
    assert request_id_of(1_795_305_600_000, first) < request_id_of(1_795_305_600_001, second)


def test_all_the_noise_that_fits_tells_ids_apart() -> None:
    ids = {request_id_of(0, (1 << bit).to_bytes(10, "big")) for bit in range(80)}
    assert len(ids) == 75


def test_an_id_is_of_now() -> None:
    digits = new_request_id().replace("-", "")
    assert abs(int(digits[:12], 16) / 1000 - time.time()) < 10


FORKS = """
import os
from evalgate.runtime.logbook.identity import new_request_id
new_request_id()
for child in range(4):
    if not os.fork():
        break
else:
    for child in range(4):
        os.wait()
os.write(1, "".join(f"{new_request_id()}\\n" for _ in range(500)).encode())
"""


def test_forked_processes_never_make_the_same_id() -> None:
    command = (sys.executable, "-c", FORKS)
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    ids = answer.stdout.splitlines()
    assert len(ids) == 2500
    assert len(set(ids)) == 2500
    assert len({each[19:] for each in ids}) == 2500


def test_a_hashing_without_a_key_says_so() -> None:
    assert repr(Hashing()) == "Hashing(key_id=None)"
