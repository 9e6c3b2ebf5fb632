"""What the errors of boto3 mean, in the object store's own."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    FlexibleChecksumError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
)

from inspect_server.domain.errors import InspectError
from storage.objects import (
    BucketMissing,
    ObjectDamaged,
    ObjectNotFound,
    ObjectStoreRefused,
    ObjectStoreUnavailable,
)

# Error codes of S3 (API reference, "Error responses"); HEAD has no body, so there the code is the HTTP status.
NOT_FOUND = frozenset({"NoSuchKey", "404", "NotFound"})
DAMAGED = frozenset({"BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch"})
SHORT = "InvalidRange"


def bucket_missing(bucket: str) -> BucketMissing:
    """The error that says so."""
    return BucketMissing(f"the bucket {bucket} does not exist; run: inspect-server migrate", bucket=bucket)


def typed(error: ClientError | BotoCoreError, *, bucket: str, key: str) -> InspectError:
    """The error of ours that says what ``error`` means."""
    if isinstance(error, ClientError):
        return _of_answer(error, bucket, key)
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return ObjectStoreRefused("no access key for the object store; set s3_access_key_id and s3_secret_access_key")
    if isinstance(error, FlexibleChecksumError):
        return ObjectDamaged("the object store gave other bytes than it was given", key=key)
    if isinstance(error, IncompleteReadError):
        return ObjectStoreUnavailable("the object store stopped in the middle of an answer", key=key)
    return ObjectStoreUnavailable(f"the object store does not answer: {type(error).__name__}", key=key)


def _of_answer(error: ClientError, bucket: str, key: str) -> InspectError:
    code = str(error.response["Error"].get("Code", ""))
    status = int(error.response["ResponseMetadata"].get("HTTPStatusCode", 500))
    if code == "NoSuchBucket":
        return bucket_missing(bucket)
    if code in NOT_FOUND:
        return ObjectNotFound("no such object", key=key)
    if code in DAMAGED:
        return ObjectDamaged("the bytes that arrived have another sha256 than told", key=key)
    if code == SHORT:
        return ObjectDamaged("the object is shorter than the range that was asked for", key=key)
    if code == "RequestTimeTooSkewed":
        return ObjectStoreRefused("the clocks of this machine and of the object store differ; set the clock")
    if status in {401, 403}:
        return ObjectStoreRefused(
            f"the object store refuses our access key ({code}); check s3_access_key_id, s3_secret_access_key and its "
            f"rights on the bucket {bucket}"
        )
    return ObjectStoreUnavailable(f"the object store answered {status} {code}", key=key)
