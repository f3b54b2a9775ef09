"""AWS's event stream: cut anywhere, damaged, ended too early, and with exceptions inside."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from litellm.llms.aws.event_stream import AwsEventSplitter, encode_frame
from litellm.llms.wire import WireError

from litellm_rust._twins.event_stream import EventStreamSplitter as Twin
from litellm_rust.transport import EventStreamSplitter as Native
from tests.support.aws import event

STREAM = event("a", {"text": "x" * 40}) + event("b", {}) + event("c", {"text": "é"})
PAYLOADS = [json.dumps({"text": "x" * 40}).encode(), b"{}", json.dumps({"text": "é"}).encode()]
Splitter = Callable[[], Any]
both = pytest.mark.parametrize("splitter", [Native, Twin])
headers = st.dictionaries(st.text("abc:-é", min_size=1, max_size=12), st.text("xyz é", max_size=40), max_size=4)


@both
def test_cut_at_every_byte(splitter: Splitter) -> None:
    for cut in range(len(STREAM) + 1):
        one = splitter()
        frames = one.feed(STREAM[:cut]) + one.feed(STREAM[cut:])
        assert [payload for _, payload in frames] == PAYLOADS
        assert not one.unfinished


@both
def test_byte_by_byte(splitter: Splitter) -> None:
    one = splitter()
    frames = [frame for at in range(len(STREAM)) for frame in one.feed(STREAM[at : at + 1])]
    assert [found[":event-type"] for found, _ in frames] == ["a", "b", "c"]


@both
def test_any_damaged_byte_is_noticed(splitter: Splitter) -> None:
    frame = event("a", {"text": "hello"})
    for at in range(len(frame)):
        damaged = frame[:at] + bytes((frame[at] ^ 0x55,)) + frame[at + 1 :]
        one = splitter()
        try:
            frames = one.feed(damaged)
        except ValueError:
            continue
        assert frames == [], f"byte {at} was changed and nobody noticed"
        assert one.unfinished


@both
def test_a_frame_over_the_limit_is_refused(splitter: Splitter) -> None:
    with pytest.raises(ValueError, match="limit"):
        splitter(max_frame_bytes=64).feed(event("a", {"text": "x" * 100}))  # type: ignore[call-arg]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(frames=st.lists(st.tuples(headers, st.binary(max_size=200)), max_size=4), cuts=st.lists(st.integers(0, 2000)))
def test_native_and_twin_agree(frames: list[tuple[dict[str, str], bytes]], cuts: list[int]) -> None:
    stream = b"".join(encode_frame(names, payload) for names, payload in frames)
    places = [0, *sorted(cut for cut in cuts if cut <= len(stream)), len(stream)]
    native, twin = Native(), Twin()
    found: list[Any] = []
    for start, end in itertools.pairwise(places):
        pieces = native.feed(stream[start:end])
        assert pieces == twin.feed(stream[start:end])
        found += pieces
    assert found == frames


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_noise_is_an_error_or_unfinished(noise: bytes) -> None:
    results = []
    for splitter in (Native(), Twin()):
        try:
            results.append((splitter.feed(noise), splitter.unfinished))
        except ValueError:
            results.append(None)
    assert results[0] == results[1]


def test_an_exception_comes_after_the_events_before_it() -> None:
    splitter = AwsEventSplitter()
    stream = event("a", {"x": 1}) + event("throttlingException", {"message": "slow down"}, "exception")
    assert splitter.feed(stream) == [b'{"x": 1}']
    with pytest.raises(WireError, match="throttlingException: slow down") as caught:
        splitter.finish()
    assert caught.value.status == 429


@pytest.mark.parametrize(
    ("kind", "status"),
    [("validationException", 400), ("modelTimeoutException", 408), ("modelStreamErrorException", 424),
     ("internalServerException", 500), ("serviceUnavailableException", 503), ("neverHeardOf", 500)],
)  # fmt: skip
def test_the_status_of_an_exception(kind: str, status: int) -> None:
    with pytest.raises(WireError) as caught:
        AwsEventSplitter().feed(event(kind, {"message": "no"}, "exception"))
    assert caught.value.status == status


def test_a_stream_that_ends_inside_a_frame() -> None:
    splitter = AwsEventSplitter()
    splitter.feed(STREAM[:-1])
    with pytest.raises(WireError, match="inside a frame"):
        splitter.finish()


def test_a_damaged_stream_is_a_wire_error() -> None:
    with pytest.raises(WireError, match="damaged"):
        AwsEventSplitter().feed(b"\x00" * 32)
