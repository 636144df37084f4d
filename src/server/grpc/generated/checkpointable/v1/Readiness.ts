// Original file: proto/checkpointable/v1/readiness.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CheckBatchRequest as _checkpointable_v1_CheckBatchRequest, CheckBatchRequest__Output as _checkpointable_v1_CheckBatchRequest__Output } from '../../checkpointable/v1/CheckBatchRequest.ts';
import type { CheckBatchResponse as _checkpointable_v1_CheckBatchResponse, CheckBatchResponse__Output as _checkpointable_v1_CheckBatchResponse__Output } from '../../checkpointable/v1/CheckBatchResponse.ts';
import type { CheckRequest as _checkpointable_v1_CheckRequest, CheckRequest__Output as _checkpointable_v1_CheckRequest__Output } from '../../checkpointable/v1/CheckRequest.ts';
import type { ListPoliciesRequest as _checkpointable_v1_ListPoliciesRequest, ListPoliciesRequest__Output as _checkpointable_v1_ListPoliciesRequest__Output } from '../../checkpointable/v1/ListPoliciesRequest.ts';
import type { ListPoliciesResponse as _checkpointable_v1_ListPoliciesResponse, ListPoliciesResponse__Output as _checkpointable_v1_ListPoliciesResponse__Output } from '../../checkpointable/v1/ListPoliciesResponse.ts';
import type { Report as _checkpointable_v1_Report, Report__Output as _checkpointable_v1_Report__Output } from '../../checkpointable/v1/Report.ts';

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
  
}

export interface ReadinessHandlers extends grpc.UntypedServiceImplementation {
  Check: grpc.handleUnaryCall<_checkpointable_v1_CheckRequest__Output, _checkpointable_v1_Report>;
  
  CheckBatch: grpc.handleUnaryCall<_checkpointable_v1_CheckBatchRequest__Output, _checkpointable_v1_CheckBatchResponse>;
  
  ListPolicies: grpc.handleUnaryCall<_checkpointable_v1_ListPoliciesRequest__Output, _checkpointable_v1_ListPoliciesResponse>;
  
}

export interface ReadinessDefinition extends grpc.ServiceDefinition {
  Check: MethodDefinition<_checkpointable_v1_CheckRequest, _checkpointable_v1_Report, _checkpointable_v1_CheckRequest__Output, _checkpointable_v1_Report__Output>
  CheckBatch: MethodDefinition<_checkpointable_v1_CheckBatchRequest, _checkpointable_v1_CheckBatchResponse, _checkpointable_v1_CheckBatchRequest__Output, _checkpointable_v1_CheckBatchResponse__Output>
  ListPolicies: MethodDefinition<_checkpointable_v1_ListPoliciesRequest, _checkpointable_v1_ListPoliciesResponse, _checkpointable_v1_ListPoliciesRequest__Output, _checkpointable_v1_ListPoliciesResponse__Output>
}
