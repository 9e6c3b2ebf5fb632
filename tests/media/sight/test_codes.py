"""Codes are read where they are, straight or turned, and noise is no code."""

import io

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import segno
from PIL import Image

from inspect_server.domain.hints import CodeKind
from inspect_server.media.sight.codes import read_codes

Grey = npt.NDArray[np.uint8]


def qr(text: str, scale: int = 6) -> Grey:
    buffer = io.BytesIO()
    segno.make_qr(text, error="m").save(buffer, kind="png", scale=scale, border=4)
    return np.asarray(Image.open(buffer).convert("L"))


def in_a_room(code: Grey, x: int, y: int) -> Grey:
    picture = np.random.default_rng(1).normal(140, 6, (720, 1280)).clip(0, 255).astype(np.uint8)
    picture[y : y + code.shape[0], x : x + code.shape[1]] = code
    return picture


@pytest.mark.parametrize("text", ["https://example.org/s/42", "种子生产经营许可证 B-2026", "7315"])
def test_a_qr_code_is_read_and_placed(text: str) -> None:
    code = qr(text)
    (found,) = read_codes(in_a_room(code, 400, 200))
    assert (found.kind, found.text) == (CodeKind.QR, text)
    assert all(400 <= corner.x * 1280 <= 400 + code.shape[1] for corner in found.corners)
    assert all(200 <= corner.y * 720 <= 200 + code.shape[0] for corner in found.corners)


def test_one_with_a_nul_character_is_told_as_text_that_can_be_kept() -> None:
    (found,) = read_codes(in_a_room(qr("a\x00b"), 400, 200))
    assert found.text == "a<NUL>b"


def test_one_that_is_held_at_an_angle_is_read() -> None:
    picture = in_a_room(qr("angle-19"), 500, 250)
    turned = cv2.warpAffine(picture, cv2.getRotationMatrix2D((640, 360), 23, 0.9), (1280, 720), borderValue=140)
    assert [code.text for code in read_codes(turned.astype(np.uint8))] == ["angle-19"]


def test_two_at_once() -> None:
    picture = in_a_room(qr("first"), 100, 200)
    second = qr("second")
    picture[200 : 200 + second.shape[0], 800 : 800 + second.shape[1]] = second
    assert {code.text for code in read_codes(picture)} == {"first", "second"}


def test_noise_has_no_codes() -> None:
    noise = np.random.default_rng(5)
    for _ in range(5):
        assert read_codes(noise.integers(0, 255, (360, 640), dtype=np.uint8)) == []


def ean_13(digits: str) -> Grey:
    """ISO/IEC 15420, drawn here: nothing that is installed draws bar codes."""
    left = [
        "0001101",
        "0011001",
        "0010011",
        "0111101",
        "0100011",
        "0110001",
        "0101111",
        "0111011",
        "0110111",
        "0001011",
    ]
    right = ["".join("10"[int(bit)] for bit in pattern) for pattern in left]
    mirrored = [pattern[::-1] for pattern in right]
    parities = [
        "LLLLLL",
        "LLGLGG",
        "LLGGLG",
        "LLGGGL",
        "LGLLGG",
        "LGGLLG",
        "LGGGLL",
        "LGLGLG",
        "LGLGGL",
        "LGGLGL",
    ]
    parity = parities[int(digits[0])]
    near = "".join((left if p == "L" else mirrored)[int(digit)] for p, digit in zip(parity, digits[1:7], strict=True))
    far = "".join(right[int(digit)] for digit in digits[7:])
    bits = "0" * 12 + "101" + near + "01010" + far + "101" + "0" * 12
    row = np.array([0 if bit == "1" else 255 for bit in bits for _ in range(3)], np.uint8)
    return np.pad(np.tile(row, (160, 1)), ((20, 20), (0, 0)), constant_values=255)


def test_a_bar_code_on_a_seed_bag() -> None:
    found = read_codes(in_a_room(ean_13("6901234567892"), 300, 250))
    assert [(code.kind, code.text) for code in found] == [(CodeKind.BAR, "6901234567892")]
