/** AWS Client VPN. */
import { always, arnOf, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

export const vpn: TypeTable = {
  "aws:ec2clientvpn/endpoint:Endpoint": {
    tags: true,
    defaults: { sessionTimeoutHours: 24, splitTunnel: false, transportProtocol: "udp", vpnPort: 443, selfServicePortal: "disabled" },
    id: (draft) => draft.ec2Id("cvpn-endpoint"),
    replaceOn: ["clientCidrBlock", "authenticationOptions", "transportProtocol"],
    outputs: {
      arn: arnOf("ec2", (draft) => `client-vpn-endpoint/${draft.id}`),
      dnsName: (draft) => `*.${draft.id}.prod.clientvpn.${draft.region}.amazonaws.com`,
      selfServicePortalUrl: (draft) => (draft.text("selfServicePortal") === "enabled" ? `https://self-service.clientvpn.amazonaws.com/endpoints/${draft.id}` : ""),
      disconnectOnSessionTimeout: always(false), endpointIpAddressType: always("ipv4"), trafficIpAddressType: always("ipv4"),
      securityGroupIds: always([]), vpcId: always(""),
    },
  },
  "aws:ec2clientvpn/networkAssociation:NetworkAssociation": {
    id: (draft) => draft.ec2Id("cvpn-assoc"),
    replaceOn: ["clientVpnEndpointId", "subnetId"],
    outputs: {
      associationId: (draft) => draft.id,
      vpcId: (draft) => textOf(draft.world.get("aws:ec2/subnet:Subnet", draft.text("subnetId"))?.state.vpcId ?? ""),
    },
  },
  "aws:ec2clientvpn/authorizationRule:AuthorizationRule": {
    id: (draft) => `${draft.text("clientVpnEndpointId")},${draft.text("targetNetworkCidr")}${draft.text("accessGroupId") === "" ? "" : `,${draft.text("accessGroupId")}`}`,
    replaceOn: ["clientVpnEndpointId", "targetNetworkCidr", "accessGroupId", "authorizeAllGroups", "description"],
    deleteFirst: true,
  },
  "aws:ec2clientvpn/route:Route": {
    id: (draft) => `${draft.text("clientVpnEndpointId")},${draft.text("targetVpcSubnetId")},${draft.text("destinationCidrBlock")}`,
    replaceOn: ["clientVpnEndpointId", "destinationCidrBlock", "targetVpcSubnetId", "description"],
    deleteFirst: true,
    outputs: { origin: always("add-route"), transitGatewayAttachmentId: always(""), type: always("Nat") },
  },
};
