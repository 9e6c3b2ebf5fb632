#!/bin/sh
# Starts SeaweedFS with one identity, taken from the environment, so that no secret stands in a file of the repository.
set -eu
cat >/tmp/s3.json <<JSON
{"identities": [{"name": "inspect", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
  "credentials": [{"accessKey": "$S3_ACCESS_KEY_ID", "secretKey": "$S3_SECRET_ACCESS_KEY"}]}]}
JSON
exec weed server -dir=/data -s3 -s3.config=/tmp/s3.json -s3.port=8333 -master.telemetry=false -volume.max=200
