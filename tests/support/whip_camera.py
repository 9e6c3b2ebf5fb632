"""A camera that nobody here wrote: FFmpeg's WHIP muxer, by PyAV, sends a clip's pictures and sound in real time.

It waits for DTLS (``a=setup:passive``), offers no header extensions, and has the certificate that it is given, since
FFmpeg built with GnuTLS makes itself one on a curve that OpenSSL 4 refuses.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support import counter
from tests.support.clip import FRAMES_PER_SECOND, SAMPLE_RATE, ClipSpec, pictures, sound

SAMPLES_PER_PACKET = 960


@dataclass
class SentPicture:
    """One picture, and when it was taken."""

    counter: int
    at: datetime


@dataclass
class WhipCamera:
    """Sends the beginning of a clip. ``h264_profile``: what its encoder makes."""

    spec: ClipSpec
    folder: Path
    h264_profile: str = "baseline"
    sent: list[SentPicture] = field(default_factory=list)

    def publish(self, url: str, token: str, *, seconds: float) -> None:
        """Publish, and say good-bye at the end. Blocks for about so long.

        Raises:
            av.FFmpegError: the server refused, or no connection could be made.
        """
        certificate, key = _identity(self.folder)
        shown = list(islice(pictures(self.spec), round(seconds * FRAMES_PER_SECOND)))
        options = {"authorization": token, "cert_file": str(certificate), "key_file": str(key)}
        with av.open(url, "w", format="whip", options=options) as container:
            video = container.add_stream(
                "libx264", rate=FRAMES_PER_SECOND, options={"preset": "veryfast", "profile": self.h264_profile}
            )
            video.width, video.height, video.pix_fmt = self.spec.width, self.spec.height, "yuv420p"
            video.gop_size, video.max_b_frames, video.bit_rate = FRAMES_PER_SECOND, 0, 800_000
            video.codec_context.options = {**video.codec_context.options, "tune": "zerolatency"}
            audio = container.add_stream("libopus", rate=SAMPLE_RATE)
            audio.layout = "stereo"
            container.start_encoding()
            self._send(container, video, audio, shown)

    def _send(
        self,
        container: av.container.OutputContainer,
        video: av.VideoStream,
        audio: av.AudioStream,
        shown: list[counter.Luma],
    ) -> None:
        samples = sound(self.spec)
        began, began_at = time.monotonic(), datetime.now(UTC)
        for number, luma in enumerate(shown):
            time.sleep(max(0.0, began + number / FRAMES_PER_SECOND - time.monotonic()))
            picture = av.VideoFrame.from_ndarray(luma, format="gray").reformat(format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, FRAMES_PER_SECOND)
            # By the camera's own clock: a busy machine hands a picture over late, which was taken in time.
            self.sent.append(SentPicture(number, began_at + timedelta(seconds=number / FRAMES_PER_SECOND)))
            container.mux(video.encode(picture))
            for start in range(*_packets(number)):
                chunk = np.repeat(samples[start : start + SAMPLES_PER_PACKET], 2).reshape(1, -1)
                heard = av.AudioFrame.from_ndarray(chunk, format="s16", layout="stereo")
                heard.sample_rate, heard.pts, heard.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
                container.mux(audio.encode(heard))


def _packets(picture: int) -> tuple[int, int, int]:
    """The samples at which the packets of sound begin that go with this picture."""
    per_picture = SAMPLE_RATE // FRAMES_PER_SECOND
    first = -(-picture * per_picture // SAMPLES_PER_PACKET) * SAMPLES_PER_PACKET
    return first, (picture + 1) * per_picture, SAMPLES_PER_PACKET


def _identity(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate on P-256 and its key, as PEM files."""
    certificate, key = folder / "camera.pem", folder / "camera.key"
    if not certificate.exists():
        secret = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "camera")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(secret.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        signed = builder.not_valid_after(now + timedelta(days=1)).sign(secret, hashes.SHA256())
        key.write_bytes(
            secret.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return certificate, key
