/** Errors with the details that the engine understands, packed as gRPC status details. */
import * as grpc from "@grpc/grpc-js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import errorsPb from "@pulumi/pulumi/proto/errors_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import type { ValueObject } from "../aws/values.ts";
import { encode } from "../aws/wire.ts";
import type { Finding } from "./schema/check.ts";

/** The arguments of a component are wrong: the engine shows each with its path. */
export function invalidProperties(what: string, wrong: readonly Finding[]): Partial<grpc.ServiceError> {
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
export function initFailed(id: string, outputs: ValueObject, inputs: ValueObject, reasons: string[]): Partial<grpc.ServiceError> {
  const details = new providerPb.ErrorResourceInitFailed();
  details.setId(id);
  details.setProperties(encode(outputs));
  details.setInputs(encode(inputs));
  details.setReasonsList(reasons);
  return withDetails(grpc.status.UNKNOWN, reasons.join("; "), details.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
}

function withDetails(code: grpc.status, message: string, packed: Uint8Array, name: string): Partial<grpc.ServiceError> {
  const any = new anyPb.Any();
  any.pack(packed, name);
  const status = new statusPb.Status();
  status.setCode(code);
  status.setMessage(message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code, details: message, metadata };
}
