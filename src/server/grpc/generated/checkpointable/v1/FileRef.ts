// Original file: proto/checkpointable/v1/readiness.proto


export interface FileRef {
  'via'?: (string);
  'fd'?: (number);
  'kind'?: (string);
  'path'?: (string);
  'pathBase64'?: (string);
  'fop'?: (string);
  '_fd'?: "fd";
  '_pathBase64'?: "pathBase64";
}

export interface FileRef__Output {
  'via': (string);
  'fd'?: (number);
  'kind': (string);
  'path': (string);
  'pathBase64'?: (string);
  'fop': (string);
  '_fd'?: "fd";
  '_pathBase64'?: "pathBase64";
}
