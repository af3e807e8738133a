/** Random pods, most of them close to the border between what the Pod Security Standard allows and what it refuses. */
import fc from "fast-check";

export interface Pod {
  metadata: { name: string; annotations?: Record<string, string> | null };
  spec: Record<string, unknown>;
}

/** How often, in percent, a setting is taken from the list of unusual ones. */
const WILDNESS = [1, 4, 15, 50];

const APP_ARMOR = "container.apparmor.security.beta.kubernetes.io";
const SECCOMP = "seccomp.security.alpha.kubernetes.io";

const GOOD_SYSCTLS = [
  "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
  "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
];
const BAD_SYSCTLS = ["kernel.msgmax", "net.core.somaxconn", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat", "fs.mqueue.queues_max", "net.ipv4.tcp_max_syn_backlog", "vm.swappiness"];

const GOOD_VOLUMES = [
  { configMap: { name: "a" } },
  { csi: { driver: "example.com" } },
  { downwardAPI: { items: [{ path: "a", fieldRef: { fieldPath: "metadata.name" } }] } },
  { emptyDir: {} },
  { emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
  { ephemeral: { volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } } } },
  { image: { reference: "example.com/a:1" } },
  { persistentVolumeClaim: { claimName: "a" } },
  { projected: { sources: [{ configMap: { name: "a" } }] } },
  { secret: { secretName: "a" } },
];
const BAD_VOLUMES = [
  { hostPath: { path: "/" } },
  { hostPath: { path: "/var/log", type: "Directory" } },
  { gcePersistentDisk: { pdName: "a" } },
  { awsElasticBlockStore: { volumeID: "a" } },
  { gitRepo: { repository: "a" } },
  { nfs: { server: "a", path: "/a" } },
  { iscsi: { targetPortal: "127.0.0.1:3260", iqn: "iqn.2001-04.com.example:a", lun: 1 } },
  { glusterfs: { endpoints: "a", path: "a" } },
  { rbd: { monitors: ["a"], image: "a" } },
  { flexVolume: { driver: "example.com/a" } },
  { cinder: { volumeID: "a" } },
  { cephfs: { monitors: ["a"] } },
  { flocker: { datasetName: "a" } },
  { fc: { targetWWNs: ["a"], lun: 1 } },
  { azureFile: { secretName: "a", shareName: "a" } },
  { azureDisk: { diskName: "a", diskURI: "https://blob.example.com/a" } },
  { vsphereVolume: { volumePath: "a" } },
  { quobyte: { registry: "a:1", volume: "a" } },
  { photonPersistentDisk: { pdID: "a" } },
  { portworxVolume: { volumeID: "a" } },
  { scaleIO: { gateway: "a", system: "a", volumeName: "a", secretRef: { name: "a" } } },
  { storageos: { volumeName: "a" } },
];
/** Nonsense that the API server refuses for other reasons, and the admission library judges all the same. */
const ODD_VOLUMES = [{ hostPath: { path: "/" }, emptyDir: {} }, { nfs: { server: "a", path: "/a" }, secret: null }, { configMap: null, hostPath: { path: "/" } }];

/** Draws settings: usual ones, and unusual ones as often as said. */
class Draw {
  readonly #wildness: number;
  readonly #valid: boolean;

  constructor(wildness: number, valid: boolean) {
    this.#wildness = wildness;
    this.#valid = valid;
  }

  /** One of the usual values, or one of the unusual ones; `nonsense` is left out where the API server is asked. */
  one(usual: readonly unknown[], unusual: readonly unknown[], nonsense: readonly unknown[] = []): fc.Arbitrary<unknown> {
    const wild = this.#valid ? unusual : [...unusual, ...nonsense];
    return this.#either(fc.constantFrom(...usual), wild.length === 0 ? undefined : fc.constantFrom(...wild));
  }

  #either<T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T> | undefined): fc.Arbitrary<T> {
    return unusual === undefined ? usual : fc.oneof({ weight: 100 - this.#wildness, arbitrary: usual }, { weight: this.#wildness, arbitrary: unusual });
  }

  /** What pods and containers may both set. */
  #shared(podLevel: boolean): Record<string, fc.Arbitrary<unknown>> {
    return {
      runAsNonRoot: this.one(podLevel ? [true] : [undefined, true], [undefined, false], [null]),
      runAsUser: this.one([undefined, 1, 1000], [0], [null]),
      seccompProfile: this.one(
        [...(podLevel ? [] : [undefined, undefined]), { type: "RuntimeDefault" }, { type: "Localhost", localhostProfile: "a.json" }],
        [undefined, { type: "Unconfined" }],
        [null, {}, { type: "" }, { type: "runtime/default" }],
      ),
      appArmorProfile: this.one([undefined, undefined, { type: "RuntimeDefault" }, { type: "Localhost", localhostProfile: "a" }], [{ type: "Unconfined" }], [null, {}, { type: "" }, { type: "localhost" }]),
      seLinuxOptions: this.one(
        [undefined, undefined, {}, { level: "s0:c1" }, { type: "container_t" }, { type: "container_init_t" }, { type: "container_kvm_t" }, { type: "container_engine_t" }],
        [{ type: "spc_t" }, { type: "Container_t" }, { user: "system_u" }, { role: "sysadm_r" }, { type: "container_t", user: "a" }, { user: "", role: "a" }],
        [null, { type: "" }],
      ),
      windowsOptions: this.one([undefined], [{ hostProcess: true }, { hostProcess: false }, {}], [null, { hostProcess: null }]),
    };
  }

  containerContext(): fc.Arbitrary<unknown> {
    const context = fc.record({
      ...this.#shared(false),
      allowPrivilegeEscalation: this.one([false], [undefined, true], [null]),
      privileged: this.one([undefined, false], [true], [null]),
      procMount: this.one([undefined, "Default"], ["Unmasked"], ["", "default"]),
      capabilities: this.one(
        [{ drop: ["ALL"] }, { drop: ["ALL"], add: [] }, { drop: ["NET_RAW", "ALL"] }, { drop: ["ALL"], add: ["NET_BIND_SERVICE"] }],
        [undefined, {}, { drop: [] }, { drop: ["all"] }, { drop: ["NET_RAW"] }, { add: ["NET_BIND_SERVICE"] }, { drop: ["ALL"], add: ["CHOWN"] }, { drop: ["ALL"], add: ["NET_BIND_SERVICE", "SYS_TIME"] }, { add: ["ALL"] }],
        [null, { drop: null }, { drop: ["ALL"], add: [""] }, { drop: ["ALL"], add: ["SYS_ADMIN"] }],
      ),
      readOnlyRootFilesystem: this.one([true, undefined, false], []),
    });
    return this.#either(context, fc.constantFrom<unknown>(undefined, {}, ...(this.#valid ? [] : [null])));
  }

  podContext(): fc.Arbitrary<unknown> {
    const sysctl = this.one(GOOD_SYSCTLS, BAD_SYSCTLS, ["", "net/ipv4/tcp_rmem", "net.ipv4.tcp_rmem "]).map((name) => ({ name, value: "1" }));
    const context = fc.record({
      ...this.#shared(true),
      sysctls: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.uniqueArray(sysctl, { maxLength: 3, selector: ({ name }) => name }) }),
      fsGroup: this.one([undefined, 0, 1000], []),
    });
    return this.#either(context, fc.constantFrom<unknown>(undefined, {}, ...(this.#valid ? [] : [null])));
  }

  #handler(): fc.Arbitrary<unknown> {
    const host = this.one([undefined], ["127.0.0.1", "169.254.169.254"], ["", null, "a b"]);
    return fc.oneof(
      fc.record({ httpGet: fc.record({ host, port: fc.constant(80), path: fc.constant("/") }) }),
      fc.record({ tcpSocket: fc.record({ host, port: fc.constant(80) }) }),
      fc.constant({ exec: { command: ["true"] } }),
    );
  }

  #sometimes<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
    return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
  }

  /** `calls`: the API server lets no init container have probes or hooks. */
  containers(prefix: string, counts: { minLength: number; maxLength: number }, calls: boolean): fc.Arbitrary<unknown[]> {
    const port = fc.record({ containerPort: fc.constantFrom(80, 8080), hostPort: this.one([undefined], [80], [0, 8080]) });
    const called = calls || !this.#valid;
    const call = called ? this.#sometimes(this.#handler()) : fc.constant(undefined);
    const container = fc.record({
      image: fc.constant("example.com/a:1"),
      securityContext: this.containerContext(),
      ports: this.#sometimes(fc.uniqueArray(port, { maxLength: 2, selector: ({ containerPort }) => containerPort })),
      livenessProbe: call,
      readinessProbe: call,
      startupProbe: call,
      lifecycle: called ? this.#sometimes(fc.record({ postStart: call, preStop: call })) : fc.constant(undefined),
    });
    return fc.array(container, counts).map((list) => list.map((one, index) => ({ name: `${prefix}${index}`, ...one })));
  }

  volumes(): fc.Arbitrary<unknown> {
    // The API server makes an `emptyDir` of a volume that says nothing, before it looks; the library alone does not.
    const usual = this.#valid ? [...GOOD_VOLUMES, {}] : GOOD_VOLUMES;
    return fc.array(this.one(usual, BAD_VOLUMES, ODD_VOLUMES), { maxLength: 3 }).map((list) => list.map((source, index) => ({ name: `v${index}`, ...(source as object) })));
  }

  annotations(): fc.Arbitrary<unknown> {
    return this.one(
      [undefined, undefined, {}, { a: "b" }, { [`${APP_ARMOR}/c0`]: "runtime/default" }],
      [
        { [`${APP_ARMOR}/c0`]: "unconfined" },
        { [`${APP_ARMOR}/c0`]: "localhost/a" },
        { [`${SECCOMP}/pod`]: "unconfined" },
        { [`container.${SECCOMP}/c0`]: "unconfined" },
      ],
      [{ [`${APP_ARMOR}/other`]: "Localhost/a" }, { [`${APP_ARMOR}/c0`]: "" }, { [`${APP_ARMOR}/`]: "a" }, { [`x.${APP_ARMOR}/c0`]: "unconfined" }, null],
    );
  }
}

function pod(wildness: number, valid: boolean): fc.Arbitrary<Pod> {
  const draw = new Draw(wildness, valid);
  return fc.record({
    metadata: fc.record({ name: fc.constant("a"), annotations: draw.annotations() }),
    spec: fc.record({
      hostNetwork: draw.one([undefined, false], [true]),
      hostPID: draw.one([undefined, false], [true]),
      hostIPC: draw.one([undefined, false], [true]),
      hostUsers: draw.one([undefined, true], [false], [null]),
      os: draw.one([undefined, { name: "linux" }], [{ name: "windows" }], [null, {}, { name: "Windows" }]),
      securityContext: draw.podContext(),
      initContainers: draw.containers("i", { minLength: 0, maxLength: 2 }, false),
      containers: draw.containers("c", { minLength: 1, maxLength: 2 }, true),
      ephemeralContainers: valid ? fc.constant(undefined) : draw.containers("e", { minLength: 0, maxLength: 1 }, true),
      volumes: draw.volumes(),
    }),
  }).map((one) => {
    const plain = JSON.parse(JSON.stringify(one)) as Pod;
    if (valid) makePlausible(plain.spec as PodSpec);
    return plain;
  });
}

interface PodSpec {
  os?: { name: string };
  hostUsers?: boolean;
  securityContext?: Record<string, unknown>;
  initContainers: { securityContext?: Record<string, unknown> }[];
  containers: { securityContext?: Record<string, unknown> }[];
  [key: string]: unknown;
}

/** What the API server refuses in a pod for Windows nodes. */
const LINUX_ONLY = [
  "runAsUser", "seccompProfile", "appArmorProfile", "seLinuxOptions", "sysctls", "fsGroup", "allowPrivilegeEscalation", "privileged", "procMount",
  "capabilities", "readOnlyRootFilesystem",
];

/** Removes settings that contradict each other: the API server refuses such pods before it asks what they may do. */
function makePlausible(spec: PodSpec): void {
  const contexts = [spec, ...spec.initContainers, ...spec.containers].flatMap<Record<string, unknown>>(({ securityContext }) => securityContext ?? []);
  const remove = (from: Record<string, unknown>, names: readonly string[]): void => names.forEach((name) => Reflect.deleteProperty(from, name));
  if (spec.os?.name === "windows") {
    remove(spec, ["hostPID", "hostIPC", "hostUsers"]);
    for (const context of contexts) remove(context, LINUX_ONLY);
  } else {
    for (const context of contexts) remove(context, ["windowsOptions"]);
    if (contexts.some((context) => context["procMount"] === "Unmasked")) spec.hostUsers = false;
    if (spec.hostUsers === false) remove(spec, ["hostNetwork", "hostPID", "hostIPC"]);
    if (spec["hostNetwork"] === true) for (const context of contexts) remove(context, ["sysctls"]);
  }
}

/** Pods of every degree of unusualness; `valid` ones have little that the API server refuses for other reasons. */
export function pods({ valid }: { valid: boolean }): fc.Arbitrary<Pod> {
  return fc.constantFrom(...WILDNESS).chain((wildness) => pod(wildness, valid));
}
