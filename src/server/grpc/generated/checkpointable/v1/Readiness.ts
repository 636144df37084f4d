// Original file: proto/checkpointable/v1/readiness.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CheckBatchRequest as _checkpointable_v1_CheckBatchRequest, CheckBatchRequest__Output as _checkpointable_v1_CheckBatchRequest__Output } from '../../checkpointable/v1/CheckBatchRequest.ts';
import type { CheckBatchResponse as _checkpointable_v1_CheckBatchResponse, CheckBatchResponse__Output as _checkpointable_v1_CheckBatchResponse__Output } from '../../checkpointable/v1/CheckBatchResponse.ts';
import type { CheckRequest as _checkpointable_v1_CheckRequest, CheckRequest__Output as _checkpointable_v1_CheckRequest__Output } from '../../checkpointable/v1/CheckRequest.ts';
import type { ListPoliciesRequest as _checkpointable_v1_ListPoliciesRequest, ListPoliciesRequest__Output as _checkpointable_v1_ListPoliciesRequest__Output } from '../../checkpointable/v1/ListPoliciesRequest.ts';
import type { ListPoliciesResponse as _checkpointable_v1_ListPoliciesResponse, ListPoliciesResponse__Output as _checkpointable_v1_ListPoliciesResponse__Output } from '../../checkpointable/v1/ListPoliciesResponse.ts';
import type { Report as _checkpointable_v1_Report, Report__Output as _checkpointable_v1_Report__Output } from '../../checkpointable/v1/Report.ts';
import type { WatchEvent as _checkpointable_v1_WatchEvent, WatchEvent__Output as _checkpointable_v1_WatchEvent__Output } from '../../checkpointable/v1/WatchEvent.ts';
import type { WatchRequest as _checkpointable_v1_WatchRequest, WatchRequest__Output as _checkpointable_v1_WatchRequest__Output } from '../../checkpointable/v1/WatchRequest.ts';

export interface ReadinessClient extends grpc.Client {
  Check(argument: _checkpointable_v1_CheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_Report__Output>): grpc.ClientUnaryCall;
  Check(argument: _checkpointable_v1_CheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_checkpointable_v1_Report__Output>): grpc.ClientUnaryCall;
  Check(argument: _checkpointable_v1_CheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_Report__Output>): grpc.ClientUnaryCall;
  Check(argument: _checkpointable_v1_CheckRequest, callback: grpc.requestCallback<_checkpointable_v1_Report__Output>): grpc.ClientUnaryCall;
  check(argument: _checkpointable_v1_CheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_Report__Output>): grpc.ClientUnaryCall;
  check(argument: _checkpointable_v1_CheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_checkpointable_v1_Report__Output>): grpc.ClientUnaryCall;
  check(argument: _checkpointable_v1_CheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_Report__Output>): grpc.ClientUnaryCall;
  check(argument: _checkpointable_v1_CheckRequest, callback: grpc.requestCallback<_checkpointable_v1_Report__Output>): grpc.ClientUnaryCall;
  
  CheckBatch(argument: _checkpointable_v1_CheckBatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_CheckBatchResponse__Output>): grpc.ClientUnaryCall;
  CheckBatch(argument: _checkpointable_v1_CheckBatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_checkpointable_v1_CheckBatchResponse__Output>): grpc.ClientUnaryCall;
  CheckBatch(argument: _checkpointable_v1_CheckBatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_CheckBatchResponse__Output>): grpc.ClientUnaryCall;
  CheckBatch(argument: _checkpointable_v1_CheckBatchRequest, callback: grpc.requestCallback<_checkpointable_v1_CheckBatchResponse__Output>): grpc.ClientUnaryCall;
  checkBatch(argument: _checkpointable_v1_CheckBatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_CheckBatchResponse__Output>): grpc.ClientUnaryCall;
  checkBatch(argument: _checkpointable_v1_CheckBatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_checkpointable_v1_CheckBatchResponse__Output>): grpc.ClientUnaryCall;
  checkBatch(argument: _checkpointable_v1_CheckBatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_CheckBatchResponse__Output>): grpc.ClientUnaryCall;
  checkBatch(argument: _checkpointable_v1_CheckBatchRequest, callback: grpc.requestCallback<_checkpointable_v1_CheckBatchResponse__Output>): grpc.ClientUnaryCall;
  
  ListPolicies(argument: _checkpointable_v1_ListPoliciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  ListPolicies(argument: _checkpointable_v1_ListPoliciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_checkpointable_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  ListPolicies(argument: _checkpointable_v1_ListPoliciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  ListPolicies(argument: _checkpointable_v1_ListPoliciesRequest, callback: grpc.requestCallback<_checkpointable_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  listPolicies(argument: _checkpointable_v1_ListPoliciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  listPolicies(argument: _checkpointable_v1_ListPoliciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_checkpointable_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  listPolicies(argument: _checkpointable_v1_ListPoliciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_checkpointable_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  listPolicies(argument: _checkpointable_v1_ListPoliciesRequest, callback: grpc.requestCallback<_checkpointable_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  
  Watch(argument: _checkpointable_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_checkpointable_v1_WatchEvent__Output>;
  Watch(argument: _checkpointable_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_checkpointable_v1_WatchEvent__Output>;
  watch(argument: _checkpointable_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_checkpointable_v1_WatchEvent__Output>;
  watch(argument: _checkpointable_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_checkpointable_v1_WatchEvent__Output>;
  
}

export interface ReadinessHandlers extends grpc.UntypedServiceImplementation {
  Check: grpc.handleUnaryCall<_checkpointable_v1_CheckRequest__Output, _checkpointable_v1_Report>;
  
  CheckBatch: grpc.handleUnaryCall<_checkpointable_v1_CheckBatchRequest__Output, _checkpointable_v1_CheckBatchResponse>;
  
  ListPolicies: grpc.handleUnaryCall<_checkpointable_v1_ListPoliciesRequest__Output, _checkpointable_v1_ListPoliciesResponse>;
  
  Watch: grpc.handleServerStreamingCall<_checkpointable_v1_WatchRequest__Output, _checkpointable_v1_WatchEvent>;
  
}

export interface ReadinessDefinition extends grpc.ServiceDefinition {
  Check: MethodDefinition<_checkpointable_v1_CheckRequest, _checkpointable_v1_Report, _checkpointable_v1_CheckRequest__Output, _checkpointable_v1_Report__Output>
  CheckBatch: MethodDefinition<_checkpointable_v1_CheckBatchRequest, _checkpointable_v1_CheckBatchResponse, _checkpointable_v1_CheckBatchRequest__Output, _checkpointable_v1_CheckBatchResponse__Output>
  ListPolicies: MethodDefinition<_checkpointable_v1_ListPoliciesRequest, _checkpointable_v1_ListPoliciesResponse, _checkpointable_v1_ListPoliciesRequest__Output, _checkpointable_v1_ListPoliciesResponse__Output>
  Watch: MethodDefinition<_checkpointable_v1_WatchRequest, _checkpointable_v1_WatchEvent, _checkpointable_v1_WatchRequest__Output, _checkpointable_v1_WatchEvent__Output>
}
