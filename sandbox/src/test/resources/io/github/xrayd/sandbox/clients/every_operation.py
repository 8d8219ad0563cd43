"""Calls every operation that this boto3 knows with the least it may send, and prints operation and result, one a line."""

import datetime
import sys

import boto3
from botocore.exceptions import ClientError

endpoint, region, trace_id = sys.argv[1:4]
client = boto3.client("xray", endpoint_url=endpoint, region_name=region)


def sample(shape, name):
    """The least value that the model's shape allows."""
    kind = shape.type_name
    if kind == "structure":
        keys = list(shape.members)[:1] if shape.is_tagged_union else shape.required_members
        return {key: sample(shape.members[key], key) for key in keys}
    if kind == "list":
        return [trace_id] if name == "TraceIds" else []
    if kind == "map":
        return {}
    if kind == "timestamp":
        return datetime.datetime.now(datetime.timezone.utc)
    if kind == "boolean":
        return False
    if kind in ("integer", "long"):
        return 1
    if kind in ("double", "float"):
        return 0.5
    return shape.enum[0] if shape.enum else "sandbox"


model = client.meta.service_model
for operation in sorted(model.operation_names):
    name = next(key for key, value in client.meta.method_to_api_mapping.items() if value == operation)
    request = sample(model.operation_model(operation).input_shape, operation)
    try:
        getattr(client, name)(**request)
        print(operation, "ok")
    except ClientError as error:
        print(operation, error.response["Error"]["Code"])

summaries = client.get_paginator("get_trace_summaries").paginate(
    StartTime=datetime.datetime.now() - datetime.timedelta(hours=1),
    EndTime=datetime.datetime.now(),
    FilterExpression='service("shop") { fault }',
)
print("summary", *(each["Id"] for page in summaries for each in page["TraceSummaries"]))
trace = client.batch_get_traces(TraceIds=[trace_id])["Traces"][0]
print("segment", trace["Segments"][0]["Id"])
