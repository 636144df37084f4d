// Original file: proto/checkpointable/v1/readiness.proto


export interface ListPoliciesRequest {
}

export interface ListPoliciesRequest__Output {
}
