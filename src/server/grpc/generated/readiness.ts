import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { BatchResult as _checkpointable_v1_BatchResult, BatchResult__Output as _checkpointable_v1_BatchResult__Output } from './checkpointable/v1/BatchResult.ts';
import type { CheckBatchRequest as _checkpointable_v1_CheckBatchRequest, CheckBatchRequest__Output as _checkpointable_v1_CheckBatchRequest__Output } from './checkpointable/v1/CheckBatchRequest.ts';
import type { CheckBatchResponse as _checkpointable_v1_CheckBatchResponse, CheckBatchResponse__Output as _checkpointable_v1_CheckBatchResponse__Output } from './checkpointable/v1/CheckBatchResponse.ts';
import type { CheckRequest as _checkpointable_v1_CheckRequest, CheckRequest__Output as _checkpointable_v1_CheckRequest__Output } from './checkpointable/v1/CheckRequest.ts';
import type { Container as _checkpointable_v1_Container, Container__Output as _checkpointable_v1_Container__Output } from './checkpointable/v1/Container.ts';
import type { Counts as _checkpointable_v1_Counts, Counts__Output as _checkpointable_v1_Counts__Output } from './checkpointable/v1/Counts.ts';
import type { Error as _checkpointable_v1_Error, Error__Output as _checkpointable_v1_Error__Output } from './checkpointable/v1/Error.ts';
import type { File as _checkpointable_v1_File, File__Output as _checkpointable_v1_File__Output } from './checkpointable/v1/File.ts';
import type { FileRef as _checkpointable_v1_FileRef, FileRef__Output as _checkpointable_v1_FileRef__Output } from './checkpointable/v1/FileRef.ts';
import type { Finding as _checkpointable_v1_Finding, Finding__Output as _checkpointable_v1_Finding__Output } from './checkpointable/v1/Finding.ts';
import type { Heartbeat as _checkpointable_v1_Heartbeat, Heartbeat__Output as _checkpointable_v1_Heartbeat__Output } from './checkpointable/v1/Heartbeat.ts';
import type { Holder as _checkpointable_v1_Holder, Holder__Output as _checkpointable_v1_Holder__Output } from './checkpointable/v1/Holder.ts';
import type { ListPoliciesRequest as _checkpointable_v1_ListPoliciesRequest, ListPoliciesRequest__Output as _checkpointable_v1_ListPoliciesRequest__Output } from './checkpointable/v1/ListPoliciesRequest.ts';
import type { ListPoliciesResponse as _checkpointable_v1_ListPoliciesResponse, ListPoliciesResponse__Output as _checkpointable_v1_ListPoliciesResponse__Output } from './checkpointable/v1/ListPoliciesResponse.ts';
import type { OptionEffect as _checkpointable_v1_OptionEffect, OptionEffect__Output as _checkpointable_v1_OptionEffect__Output } from './checkpointable/v1/OptionEffect.ts';
import type { Options as _checkpointable_v1_Options, Options__Output as _checkpointable_v1_Options__Output } from './checkpointable/v1/Options.ts';
import type { Placement as _checkpointable_v1_Placement, Placement__Output as _checkpointable_v1_Placement__Output } from './checkpointable/v1/Placement.ts';
import type { Pod as _checkpointable_v1_Pod, Pod__Output as _checkpointable_v1_Pod__Output } from './checkpointable/v1/Pod.ts';
import type { PodName as _checkpointable_v1_PodName, PodName__Output as _checkpointable_v1_PodName__Output } from './checkpointable/v1/PodName.ts';
import type { Policy as _checkpointable_v1_Policy, Policy__Output as _checkpointable_v1_Policy__Output } from './checkpointable/v1/Policy.ts';
import type { PolicyOption as _checkpointable_v1_PolicyOption, PolicyOption__Output as _checkpointable_v1_PolicyOption__Output } from './checkpointable/v1/PolicyOption.ts';
import type { Process as _checkpointable_v1_Process, Process__Output as _checkpointable_v1_Process__Output } from './checkpointable/v1/Process.ts';
import type { ReadinessClient as _checkpointable_v1_ReadinessClient, ReadinessDefinition as _checkpointable_v1_ReadinessDefinition } from './checkpointable/v1/Readiness.ts';
import type { Rejected as _checkpointable_v1_Rejected, Rejected__Output as _checkpointable_v1_Rejected__Output } from './checkpointable/v1/Rejected.ts';
import type { Report as _checkpointable_v1_Report, Report__Output as _checkpointable_v1_Report__Output } from './checkpointable/v1/Report.ts';
import type { ReportPolicy as _checkpointable_v1_ReportPolicy, ReportPolicy__Output as _checkpointable_v1_ReportPolicy__Output } from './checkpointable/v1/ReportPolicy.ts';
import type { ReportTarget as _checkpointable_v1_ReportTarget, ReportTarget__Output as _checkpointable_v1_ReportTarget__Output } from './checkpointable/v1/ReportTarget.ts';
import type { Runtime as _checkpointable_v1_Runtime, Runtime__Output as _checkpointable_v1_Runtime__Output } from './checkpointable/v1/Runtime.ts';
import type { Target as _checkpointable_v1_Target, Target__Output as _checkpointable_v1_Target__Output } from './checkpointable/v1/Target.ts';
import type { Unread as _checkpointable_v1_Unread, Unread__Output as _checkpointable_v1_Unread__Output } from './checkpointable/v1/Unread.ts';
import type { WatchEvent as _checkpointable_v1_WatchEvent, WatchEvent__Output as _checkpointable_v1_WatchEvent__Output } from './checkpointable/v1/WatchEvent.ts';
import type { WatchRequest as _checkpointable_v1_WatchRequest, WatchRequest__Output as _checkpointable_v1_WatchRequest__Output } from './checkpointable/v1/WatchRequest.ts';
import type { Watcher as _checkpointable_v1_Watcher, Watcher__Output as _checkpointable_v1_Watcher__Output } from './checkpointable/v1/Watcher.ts';
import type { ListValue as _google_protobuf_ListValue, ListValue__Output as _google_protobuf_ListValue__Output } from './google/protobuf/ListValue.ts';
import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from './google/protobuf/Struct.ts';
import type { Value as _google_protobuf_Value, Value__Output as _google_protobuf_Value__Output } from './google/protobuf/Value.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  checkpointable: {
    v1: {
      BatchResult: MessageTypeDefinition<_checkpointable_v1_BatchResult, _checkpointable_v1_BatchResult__Output>
      CheckBatchRequest: MessageTypeDefinition<_checkpointable_v1_CheckBatchRequest, _checkpointable_v1_CheckBatchRequest__Output>
      CheckBatchResponse: MessageTypeDefinition<_checkpointable_v1_CheckBatchResponse, _checkpointable_v1_CheckBatchResponse__Output>
      CheckRequest: MessageTypeDefinition<_checkpointable_v1_CheckRequest, _checkpointable_v1_CheckRequest__Output>
      Container: MessageTypeDefinition<_checkpointable_v1_Container, _checkpointable_v1_Container__Output>
      Counts: MessageTypeDefinition<_checkpointable_v1_Counts, _checkpointable_v1_Counts__Output>
      Error: MessageTypeDefinition<_checkpointable_v1_Error, _checkpointable_v1_Error__Output>
      File: MessageTypeDefinition<_checkpointable_v1_File, _checkpointable_v1_File__Output>
      FileRef: MessageTypeDefinition<_checkpointable_v1_FileRef, _checkpointable_v1_FileRef__Output>
      Finding: MessageTypeDefinition<_checkpointable_v1_Finding, _checkpointable_v1_Finding__Output>
      Heartbeat: MessageTypeDefinition<_checkpointable_v1_Heartbeat, _checkpointable_v1_Heartbeat__Output>
      Holder: MessageTypeDefinition<_checkpointable_v1_Holder, _checkpointable_v1_Holder__Output>
      ListPoliciesRequest: MessageTypeDefinition<_checkpointable_v1_ListPoliciesRequest, _checkpointable_v1_ListPoliciesRequest__Output>
      ListPoliciesResponse: MessageTypeDefinition<_checkpointable_v1_ListPoliciesResponse, _checkpointable_v1_ListPoliciesResponse__Output>
      OptionEffect: MessageTypeDefinition<_checkpointable_v1_OptionEffect, _checkpointable_v1_OptionEffect__Output>
      Options: MessageTypeDefinition<_checkpointable_v1_Options, _checkpointable_v1_Options__Output>
      Placement: MessageTypeDefinition<_checkpointable_v1_Placement, _checkpointable_v1_Placement__Output>
      Pod: MessageTypeDefinition<_checkpointable_v1_Pod, _checkpointable_v1_Pod__Output>
      PodName: MessageTypeDefinition<_checkpointable_v1_PodName, _checkpointable_v1_PodName__Output>
      Policy: MessageTypeDefinition<_checkpointable_v1_Policy, _checkpointable_v1_Policy__Output>
      PolicyOption: MessageTypeDefinition<_checkpointable_v1_PolicyOption, _checkpointable_v1_PolicyOption__Output>
      Process: MessageTypeDefinition<_checkpointable_v1_Process, _checkpointable_v1_Process__Output>
      Readiness: SubtypeConstructor<typeof grpc.Client, _checkpointable_v1_ReadinessClient> & { service: _checkpointable_v1_ReadinessDefinition }
      Rejected: MessageTypeDefinition<_checkpointable_v1_Rejected, _checkpointable_v1_Rejected__Output>
      Report: MessageTypeDefinition<_checkpointable_v1_Report, _checkpointable_v1_Report__Output>
      ReportPolicy: MessageTypeDefinition<_checkpointable_v1_ReportPolicy, _checkpointable_v1_ReportPolicy__Output>
      ReportTarget: MessageTypeDefinition<_checkpointable_v1_ReportTarget, _checkpointable_v1_ReportTarget__Output>
      Runtime: MessageTypeDefinition<_checkpointable_v1_Runtime, _checkpointable_v1_Runtime__Output>
      Target: MessageTypeDefinition<_checkpointable_v1_Target, _checkpointable_v1_Target__Output>
      Unread: MessageTypeDefinition<_checkpointable_v1_Unread, _checkpointable_v1_Unread__Output>
      WatchEvent: MessageTypeDefinition<_checkpointable_v1_WatchEvent, _checkpointable_v1_WatchEvent__Output>
      WatchRequest: MessageTypeDefinition<_checkpointable_v1_WatchRequest, _checkpointable_v1_WatchRequest__Output>
      Watcher: MessageTypeDefinition<_checkpointable_v1_Watcher, _checkpointable_v1_Watcher__Output>
    }
  }
  google: {
    protobuf: {
      ListValue: MessageTypeDefinition<_google_protobuf_ListValue, _google_protobuf_ListValue__Output>
      NullValue: EnumTypeDefinition
      Struct: MessageTypeDefinition<_google_protobuf_Struct, _google_protobuf_Struct__Output>
      Value: MessageTypeDefinition<_google_protobuf_Value, _google_protobuf_Value__Output>
    }
  }
}

