/** The certificate between load balancer and NGINX, made and renewed by cert-manager. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface NginxCertificateArgs {
  namespace: pulumi.Input<string>;
  secretName: string;
  host: string;
  labels: Record<string, string>;
}

/**
 * Self-signed: the load balancer encrypts to its targets but checks no certificate (ELB user guide, "Target groups"),
 * so an authority would only pretend. The private key is new with each renewal, every 60 days.
 */
export function nginxCertificate(name: string, args: NginxCertificateArgs, opts: pulumi.CustomResourceOptions): k8s.apiextensions.CustomResource {
  const metadata = { name: args.secretName, namespace: args.namespace, labels: args.labels };
  const issuer = new k8s.apiextensions.CustomResource(`${name}-issuer`, {
    apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata, spec: { selfSigned: {} },
  }, opts);
  return new k8s.apiextensions.CustomResource(`${name}-certificate`, {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata,
    spec: {
      secretName: args.secretName,
      // A common name of more than 64 characters is refused by X.509; the alternative name is what counts.
      dnsNames: [args.host],
      duration: "2160h",
      renewBefore: "720h",
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "server auth"],
      issuerRef: { name: args.secretName, kind: "Issuer", group: "cert-manager.io" },
    },
  }, { ...opts, dependsOn: [issuer] });
}
