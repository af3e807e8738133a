/**
 * The marks of Pulumi's wire format (@pulumi/pulumi, runtime/rpc.js; a test compares them). Written down here because
 * that module brings the whole runtime of a program with it, a quarter of a plugin's start.
 */
export const signatures = {
  unknownValue: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  specialSigKey: "4dabf18193072939515e22adb298388d",
  specialAssetSig: "c44067f5952c0a294b673a41bacd8c17",
  specialArchiveSig: "0def7320c3a5731c473e5ecbe6d01bc7",
  specialSecretSig: "1b47061264138c4ac30d75fd1eb44270",
  specialResourceSig: "5cf8f73096256a8f31e491e813e4eb8e",
  specialOutputValueSig: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
} as const;
