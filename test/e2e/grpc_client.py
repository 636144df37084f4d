"""A client that is not ours: Debian's python3-grpcio, messages from protoc.

    python3 grpc_client.py ADDRESS PID     with readiness_pb2.py and health_pb2.py importable
"""
import json
import sys

import grpc
import health_pb2
from checkpointable.v1 import readiness_pb2 as messages
from google.protobuf.json_format import MessageToDict

address, pid = sys.argv[1], int(sys.argv[2])


def call(channel, path, request, reply):
    rpc = channel.unary_unary(path, request_serializer=type(request).SerializeToString, response_deserializer=reply.FromString)
    try:
        return {'reply': MessageToDict(rpc(request, timeout=20))}
    except grpc.RpcError as error:
        code = dict(error.trailing_metadata()).get('checkpointable-code')
        return {'status': error.code().value[0], 'code': code}


def readiness(channel, method, request, reply):
    return call(channel, '/checkpointable.v1.Readiness/' + method, request, reply)


with grpc.insecure_channel(address) as channel:
    target = messages.Target(pid=pid)
    gone = messages.CheckRequest(target=messages.Target(pid=4194304))
    check = messages.CheckRequest(target=target, show='all')
    batch = messages.CheckBatchRequest(requests=[check, gone])
    print(json.dumps({
        'check': readiness(channel, 'Check', check, messages.Report),
        'gone': readiness(channel, 'Check', gone, messages.Report),
        'batch': readiness(channel, 'CheckBatch', batch, messages.CheckBatchResponse),
        'policies': readiness(channel, 'ListPolicies', messages.ListPoliciesRequest(), messages.ListPoliciesResponse),
        'health': call(channel, '/grpc.health.v1.Health/Check',
                       health_pb2.HealthCheckRequest(service='checkpointable.v1.Readiness'),
                       health_pb2.HealthCheckResponse),
    }))
