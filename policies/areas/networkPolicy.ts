/** Network policies. */
import { contains, isEverywhere, PRIVATE } from "../addresses.ts";
import { type Rule, shown } from "../rule.ts";
import { any } from "../value.ts";
import { coverage } from "./networkPolicyCoverage.ts";
import { DIRECTIONS, eachPeer, eachRule, EGRESS, INGRESS, isNarrow, names, POLICY } from "./networkPolicyReading.ts";

/** Where the cloud hands out a node's credentials. */
const METADATA = ["169.254.169.254", "fd00:ec2::254"];
/** Ports that one entry may span; wider ones are a way to write "all". */
const WIDEST_RANGE = 1000;

export const rules: Rule[] = [
  ...coverage,
  {
    id: "network-policy/policy-types",
    title: "A policy names the directions of its rules",
    items: ["network-policies"],
    severity: "medium",
    frameworks: ["NSA Kubernetes 1.2: Network separation and hardening"],
    why: "Rules in a direction that `policyTypes` leaves out do nothing, and a policy without `policyTypes` always closes ingress too: what the file says is not what the cluster does.",
    mend: "Set `spec.policyTypes` to `Ingress`, `Egress` or both, and list each for which the policy has rules.",
    kinds: POLICY,
    check: (policy, report) => {
      const types = policy.at("spec.policyTypes");
      if (types.texts.length === 0) return report(types, "is not set, so that the directions are guessed from the rules");
      for (const direction of DIRECTIONS) {
        policy.try(() => {
          if (policy.at("spec").key(direction.rules).items.length > 0 && !names(types, direction.type)) report(types, `leaves out ${direction.type}, so that the ${direction.rules} rules do nothing`);
        });
      }
    },
  },
  {
    id: "network-policy/peers",
    title: "Each rule of a policy names who is at the other end",
    items: ["network-policies"],
    severity: "high",
    closed: true,
    frameworks: ["NSA Kubernetes 1.2: Network separation and hardening", "PCI DSS 4.0.1: 1.3.1"],
    why: "A rule with an empty `from` or `to` allows every pod and every address of the world, and undoes the default deny of the namespace.",
    mend: "List the peers in `from` or `to`: a `podSelector`, a `namespaceSelector` with labels, or an `ipBlock`.",
    kinds: POLICY,
    check: (policy, report) => eachRule(policy, (rule, direction) => {
      const peers = rule.key(direction.peers);
      if (peers.items.length === 0) report(peers, `names nobody, which allows ${direction.type === "Ingress" ? "everybody in" : "going anywhere"}`);
    }),
  },
  {
    id: "network-policy/any-namespace",
    title: "No policy allows the pods of all namespaces",
    items: ["network-policies"],
    severity: "high",
    frameworks: ["NSA Kubernetes 1.2: Network separation and hardening"],
    why: "`namespaceSelector: {}` stands for every namespace there is and will be, and so do `NotIn` and a name that only has to exist: a pod taken over anywhere in the cluster gets through.",
    mend: "Give the `namespaceSelector` labels, such as `kubernetes.io/metadata.name`, or the operator `In`, or narrow it by a `podSelector`.",
    kinds: POLICY,
    check: (policy, report) => eachPeer(policy, (peer) => {
      const namespaces = peer.key("namespaceSelector");
      if (namespaces.exists && !isNarrow(namespaces) && !isNarrow(peer.key("podSelector"))) report(namespaces, "selects every namespace, or all but some");
    }),
  },
  {
    id: "network-policy/ingress-addresses",
    title: "No policy lets the internet in",
    items: ["network-policies", "network-exposure"],
    severity: "high",
    closed: true,
    frameworks: ["PCI DSS 4.0.1: 1.3.1"],
    why: "Traffic of customers comes by the load balancer from inside of the network; a source as wide as the internet only helps who found another way to the nodes.",
    mend: "Narrow `ipBlock.cidr` to the network's own range, or name the pods instead.",
    kinds: POLICY,
    check: (policy, report) => eachPeer(policy, (peer) => {
      const cidr = peer.at("ipBlock.cidr");
      if (isEverywhere(cidr.text ?? "")) report(cidr, `is ${shown(cidr)}, which is everywhere`);
    }, [INGRESS]),
  },
  {
    id: "network-policy/ports",
    title: "Each rule of a policy names its ports",
    items: ["network-policies"],
    severity: "medium",
    frameworks: ["NSA Kubernetes 1.2: Network separation and hardening", "PCI DSS 4.0.1: 1.2.5"],
    why: "Without ports a rule opens debug, metrics and administration ports along with the one that was meant.",
    mend: `List \`ports\` with \`port\` and \`protocol\` in each rule; a range by \`endPort\` spans ${WIDEST_RANGE} ports at most.`,
    kinds: POLICY,
    check: (policy, report) => eachRule(policy, (rule) => {
      const ports = rule.key("ports");
      if (ports.items.length === 0) return report(ports, "names no port, which allows all");
      ports.each((entry) => {
        const [port, end] = [entry.key("port"), entry.key("endPort")];
        if (!port.exists) report(port, "is not set, which allows every port of the protocol");
        else if ((end.number ?? 0) - (port.number ?? 0) >= WIDEST_RANGE) report(end, `is ${shown(end)}: the range spans more than ${WIDEST_RANGE} ports`);
      });
    }),
  },
  {
    id: "network-policy/metadata",
    title: "Pods can not reach the metadata service of their node",
    items: ["network-policies"],
    severity: "high",
    closed: true,
    frameworks: ["NSA Kubernetes 1.2: Network separation and hardening"],
    why: "169.254.169.254 hands the node's own role to whoever asks: one forged request inside of the application is enough to pull images and to attach network interfaces as the node.",
    mend: "Put `169.254.169.254/32`, or `169.254.0.0/16`, into `except` of each wide `ipBlock` in egress rules; for IPv6 `fd00:ec2::254/128`.",
    kinds: POLICY,
    check: (policy, report) => eachPeer(policy, (peer) => {
      const cidr = peer.at("ipBlock.cidr");
      const open = METADATA.filter((address) => contains(cidr.text ?? "", address));
      const left = open.filter((address) => !any(peer.at("ipBlock.except").texts.map((one) => () => contains(one.text ?? "", address))));
      for (const address of left) report(cidr, `holds ${address}, the metadata service`);
    }, [EGRESS]),
  },
  {
    id: "network-policy/internet-egress",
    title: "The way out to the internet is not a way to the private network",
    items: ["network-policies"],
    severity: "low",
    enforcement: "advisory",
    frameworks: ["NSA Kubernetes 1.2: Network separation and hardening"],
    why: "`0.0.0.0/0` also holds every node, pod and database of the network and of those peered with it; an exit for webhooks then opens neighbours that nobody thought of.",
    mend: "List `10.0.0.0/8`, `172.16.0.0/12` and `192.168.0.0/16` in `except` (`fc00::/7` for IPv6), and name what is needed of the private network in a rule of its own.",
    kinds: POLICY,
    check: (policy, report) => eachPeer(policy, (peer) => {
      const cidr = peer.at("ipBlock.cidr");
      const text = cidr.text ?? "";
      if (!isEverywhere(text)) return;
      const excepted = peer.at("ipBlock.except").texts;
      const open = PRIVATE.filter((range) => contains(text, range) && !any(excepted.map((one) => () => contains(one.text ?? "", range))));
      if (open.length > 0) report(cidr, `is ${shown(cidr)}, and nothing excepts ${open.join(", ")}`);
    }, [EGRESS]),
  },
];
