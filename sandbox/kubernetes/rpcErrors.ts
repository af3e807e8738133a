/** Errors with the details that the engine understands, packed as gRPC status details. */
import * as grpc from "@grpc/grpc-js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import errorsPb from "@pulumi/pulumi/proto/errors_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import type { ValueObject } from "../aws/values.ts";
import { encode } from "../aws/wire.ts";
import type { Finding } from "./schema/check.ts";

/** An error as gRPC sends it. */
export class RpcError extends Error {
  readonly code: grpc.status;
  readonly metadata: grpc.Metadata;

  constructor(code: grpc.status, message: string, metadata: grpc.Metadata) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.metadata = metadata;
  }
}

/** The arguments of a component are wrong: the engine shows each with its path. */
export function invalidProperties(what: string, wrong: readonly Finding[]): RpcError {
  const details = new errorsPb.InputPropertiesError();
  for (const finding of wrong) {
    const property = new errorsPb.InputPropertiesError.PropertyError();
    property.setPropertyPath(finding.path);
    property.setReason(finding.reason);
    details.addErrors(property);
  }
  return withDetails(grpc.status.INVALID_ARGUMENT, `${what} has wrong arguments`, details.serializeBinary(), "pulumirpc.InputPropertiesError");
}

/** The object is there but did not become ready: the engine keeps it in state, and tries an update next time. */
export function initFailed(id: string, outputs: ValueObject, inputs: ValueObject, reasons: string[]): RpcError {
  const details = new providerPb.ErrorResourceInitFailed();
  details.setId(id);
  details.setProperties(encode(outputs));
  details.setInputs(encode(inputs));
  details.setReasonsList(reasons);
  return withDetails(grpc.status.UNKNOWN, reasons.join("; "), details.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
}

function withDetails(code: grpc.status, message: string, packed: Uint8Array, name: string): RpcError {
  const any = new anyPb.Any();
  any.pack(packed, name);
  const status = new statusPb.Status();
  status.setCode(code);
  status.setMessage(message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return new RpcError(code, message, metadata);
}
