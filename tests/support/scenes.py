"""Drawn rooms for the cameras of the screenshots: a seed laboratory, and an inspector at the desk."""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.support.clip import SAMPLE_RATE, Clip, ClipSpec

FONT = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
FRAMES = 90
SWAY = 24
"""Pixels by which the hand that holds the camera sways: a picture that stands still would be told to be frozen."""

Draw = Callable[[ImageDraw.ImageDraw, int, int], None]


def make_scene(name: str, draw: Draw, spec: ClipSpec, folder: Path) -> Clip:
    """A silent clip of a picture that sways as in somebody's hand."""
    wide, high = spec.width + 2 * SWAY, spec.height + 2 * SWAY
    room = Image.new("RGB", (wide, high))
    draw(ImageDraw.Draw(room), wide, high)
    video, audio = folder / f"{name}.mjpeg", folder / f"{name}.wav"
    with video.open("wb") as out:
        for frame in range(FRAMES):
            turn = 2 * math.pi * frame / FRAMES
            left, top = round(SWAY * (1 + math.sin(turn))), round(SWAY * (1 + math.cos(turn) / 2))
            picture = io.BytesIO()
            room.crop((left, top, left + spec.width, top + spec.height)).save(picture, "JPEG", quality=88)
            out.write(picture.getvalue())
    with wave.open(str(audio), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(bytes(2 * SAMPLE_RATE))
    return Clip(spec, video, audio)


def laboratory(pen: ImageDraw.ImageDraw, wide: int, high: int) -> None:
    """An oven with its name plate on a bench, sacks of seed beside it."""
    floor = round(high * 0.78)
    for y in range(high):
        shade = 226 - round(30 * y / high)
        pen.line(
            [(0, y), (wide, y)],
            fill=(shade, shade + 3, shade + 4) if y < floor else (shade - 84, shade - 88, shade - 92),
        )
    for x in range(0, wide, 150):
        pen.line([(x, 0), (x, floor)], fill=(206, 211, 213), width=2)
    pen.rectangle([0, floor - 12, wide, floor + 10], fill=(122, 104, 84))
    # The oven.
    left, top, right, bottom = round(wide * 0.3), round(high * 0.16), round(wide * 0.62), floor - 12
    pen.rounded_rectangle([left, top, right, bottom], 18, fill=(190, 197, 203), outline=(110, 118, 126), width=5)
    pen.rounded_rectangle(
        [left + 34, top + 92, right - 34, bottom - 104], 12, fill=(47, 58, 68), outline=(92, 101, 110), width=8
    )
    for shelf in range(3):
        y = top + 150 + shelf * 74
        pen.line([(left + 52, y), (right - 52, y)], fill=(150, 158, 164), width=5)
        pen.rectangle([left + 78, y - 26, right - 86, y - 5], fill=(201, 167, 92))
    pen.rounded_rectangle([left + 34, top + 24, left + 168, top + 72], 8, fill=(24, 34, 30))
    pen.text((left + 50, top + 28), "105.0 °C", font=ImageFont.truetype(FONT, 28), fill=(98, 230, 150))
    for knob in range(3):
        x = right - 150 + knob * 48
        pen.ellipse([x, top + 30, x + 34, top + 64], fill=(78, 88, 98), outline=(54, 62, 70), width=3)
    plate = [left + 60, bottom - 88, right - 60, bottom - 18]
    pen.rounded_rectangle(plate, 6, fill=(240, 242, 240), outline=(120, 126, 130), width=2)
    pen.text(
        (plate[0] + 14, plate[1] + 8), "电热鼓风干燥箱  101-2A", font=ImageFont.truetype(FONT, 24), fill=(26, 34, 44)
    )
    pen.text(
        (plate[0] + 14, plate[1] + 40),
        "设备编号 FH-07  检定有效期 2027-03",
        font=ImageFont.truetype(FONT, 18),
        fill=(60, 70, 80),
    )
    # Seed.
    for sack in range(2):
        x, y = round(wide * 0.7) + sack * 150, round(high * 0.46) + sack * 30
        pen.rounded_rectangle([x, y, x + 136, floor - 12], 22, fill=(222, 205, 166), outline=(168, 148, 106), width=4)
        pen.text((x + 22, y + 62), "玉米种子", font=ImageFont.truetype(FONT, 23), fill=(92, 64, 30))
        pen.text((x + 22, y + 96), "净含量 25 kg", font=ImageFont.truetype(FONT, 15), fill=(92, 64, 30))
    pen.rounded_rectangle(
        [round(wide * 0.05), round(high * 0.14), round(wide * 0.24), round(high * 0.34)], 6, fill=(32, 84, 140)
    )
    pen.text(
        (round(wide * 0.068), round(high * 0.2)), "检 验 室", font=ImageFont.truetype(FONT, 44), fill=(255, 255, 255)
    )


def office(pen: ImageDraw.ImageDraw, wide: int, high: int) -> None:
    """Somebody before a shelf of files."""
    pen.rectangle([0, 0, wide, high], fill=(196, 206, 214))
    for row in range(3):
        y = round(high * (0.08 + 0.3 * row))
        for place in range(0, wide, 34):
            shade = 120 + (place * 7 + row * 53) % 90
            pen.rectangle([place + 3, y, place + 28, y + round(high * 0.22)], fill=(shade - 40, shade, shade + 30))
        pen.rectangle([0, y + round(high * 0.22), wide, y + round(high * 0.25)], fill=(134, 112, 88))
    middle = wide // 2
    pen.ellipse([middle - 160, round(high * 0.66), middle + 160, high + 190], fill=(28, 52, 86))
    pen.polygon(
        [(middle - 42, round(high * 0.66)), (middle + 42, round(high * 0.66)), (middle, round(high * 0.86))],
        fill=(226, 232, 240),
    )
    pen.rectangle([middle - 26, round(high * 0.56), middle + 26, round(high * 0.7)], fill=(214, 170, 140))
    pen.ellipse([middle - 68, round(high * 0.18), middle + 68, round(high * 0.63)], fill=(226, 184, 154))
    pen.chord([middle - 76, round(high * 0.13), middle + 76, round(high * 0.56)], 180, 360, fill=(38, 30, 28))
