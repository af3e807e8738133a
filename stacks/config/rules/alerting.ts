/** Rules about whom alerts reach. */
import { CREDENTIAL_NAMES, neededCredentials, TEAMS } from "../../../components/monitoring/routing/notifications.ts";
import type { Config } from "../schema.ts";
import { type Finding, type Rule, when } from "./rule.ts";

type Notifications = Config["monitoring"]["notifications"];

/** Ways that are configured, as the stack file calls them. */
function ways({ mail, slack, pagerduty }: Notifications): string[] {
  return [...(mail === undefined ? [] : ["mail"]), ...(slack === undefined ? [] : ["slack"]), ...(pagerduty ? ["pagerduty"] : [])];
}

const somebodyTold: Rule = {
  id: "alerts-reach-somebody",
  title: "Alerts reach somebody, or the configuration says why nobody.",
  reason: "an alert that nobody gets counts as delivered",
  reads: ["monitoring.notifications"],
  check: ({ monitoring: { notifications } }) => {
    const used = [...ways(notifications), ...(notifications.deadMansSwitch ? ["deadMansSwitch"] : [])];
    return [
      ...when(notifications.nobody === undefined && ways(notifications).length === 0, () => ({
        path: "monitoring.notifications", given: "no way to anybody", allowed: "mail, slack, pagerduty, or a reason for nobody", mend: "set monitoring.notifications.slack.channel or .mail, or say why not in monitoring.notifications.nobody",
      })),
      ...when(notifications.nobody !== undefined && used.length > 0, () => ({
        path: "monitoring.notifications.nobody", given: `a reason why nobody is told, beside ${used.join(", ")}`, allowed: "one of the two", mend: `remove nobody, or ${used.join(", ")}`,
      })),
    ];
  },
};

const productionPages: Rule = {
  id: "production-pages",
  title: "Production has a pager and a dead man's switch.",
  reason: "a critical alert must wake somebody within a minute, and a broken monitoring must not look like a quiet night",
  reads: ["environment", "monitoring.notifications"],
  check: ({ environment, monitoring: { notifications } }) => (environment !== "production" ? [] : [
    ...when(!notifications.pagerduty, () => ({ path: "monitoring.notifications.pagerduty", given: "false in production", allowed: "true", mend: "set monitoring.notifications.pagerduty: true and its routing key" })),
    ...when(!notifications.deadMansSwitch, () => ({ path: "monitoring.notifications.deadMansSwitch", given: "false in production", allowed: "true", mend: "set monitoring.notifications.deadMansSwitch: true and its URL" })),
  ]),
};

const securityTold: Rule = {
  id: "security-told",
  title: "In production the security team has a mailbox or channel of its own.",
  reason: "its alerts are told to it at any hour, whoever is on call",
  reads: ["environment", "monitoring.notifications"],
  check: ({ environment, monitoring: { notifications: { mail, slack } } }) => when(environment === "production" && mail?.teams?.["security"] === undefined && slack?.teams?.["security"] === undefined, () => ({
    path: "monitoring.notifications", given: "neither mail.teams.security nor slack.teams.security in production", allowed: "one of the two", mend: "for example monitoring.notifications.mail.teams.security: [security@example.com]",
  })),
};

const teamsKnown: Rule = {
  id: "alert-teams-known",
  title: "Mailboxes and channels are of teams that have alerts.",
  reason: "a misspelled team would never be told, and nobody would see why",
  reads: ["monitoring.notifications", "monitoring.alertRules"],
  check: ({ monitoring: { notifications, alertRules } }) => {
    const known = [...new Set<string>([...TEAMS, ...Object.values(alertRules).map((rule) => rule.team)])];
    return (["mail", "slack"] as const).flatMap((way) => Object.keys(notifications[way]?.teams ?? {}).filter((team) => !known.includes(team)).map((team) => ({
      path: `monitoring.notifications.${way}.teams.${team}`, given: `the team "${team}"`, allowed: `teams of alerts: ${known.join(", ")}`, mend: "write the team as its alerts do",
    })));
  },
};

const credentialsGiven: Rule = {
  id: "notification-credentials",
  title: "Each way of notifications has its credential, and no other is given.",
  reason: "a way without a credential tells nobody, and a credential without a way is one more to lose",
  reads: ["monitoring.notifications", "notificationSecrets"],
  check: ({ monitoring: { notifications }, notificationSecrets = {} }) => {
    const needed = neededCredentials(notifications);
    return CREDENTIAL_NAMES.flatMap((name): Finding[] => [
      ...when(needed.includes(name) && notificationSecrets[name] === undefined, () => ({
        path: `notificationSecrets.${name}`, given: "nothing, while monitoring.notifications needs it", allowed: "a Pulumi secret", mend: `pulumi config set --path --secret notificationSecrets.${name} --stack <stack>`,
      })),
      ...when(!needed.includes(name) && notificationSecrets[name] !== undefined, () => ({
        path: `notificationSecrets.${name}`, given: "a value, while monitoring.notifications does not need it", allowed: "nothing", mend: `pulumi config rm --path notificationSecrets.${name} --stack <stack>, or turn that way on`,
      })),
    ]);
  },
};

const businessHoursReal: Rule = {
  id: "business-hours-real",
  title: "Business hours are in a time zone that exists, and end after they begin.",
  reason: "Alertmanager refuses the whole configuration, and goes on with the last one",
  reads: ["monitoring.notifications"],
  check: ({ monitoring: { notifications: { businessHours: { timeZone, days, from, to } } } }) => [
    ...when(!isTimeZone(timeZone), () => ({ path: "monitoring.notifications.businessHours.timeZone", given: `"${timeZone}"`, allowed: "a time zone of the IANA database", mend: "for example Europe/Berlin, or UTC" })),
    ...when(from >= to, () => ({ path: "monitoring.notifications.businessHours.to", given: `"${to}", with from "${from}"`, allowed: "a later time of the same day", mend: "for example from 09:00 to 17:00" })),
    ...when(!inOrder(days), () => ({ path: "monitoring.notifications.businessHours.days", given: `"${days}"`, allowed: "days of one week, which begins on sunday", mend: "for example monday:friday" })),
  ],
};

const operatorWhole: Rule = {
  id: "operator-with-reloader",
  title: "The images of the Prometheus Operator and of its config reloader are given together.",
  reason: "the operator puts the reloader into each pod that it makes, of its own version and from its own registry",
  reads: ["images"],
  check: ({ images: { prometheusOperator, configReloader } }) => when((prometheusOperator === undefined) !== (configReloader === undefined), () => {
    const missing = prometheusOperator === undefined ? "prometheusOperator" : "configReloader";
    return { path: `images.${missing}`, given: "nothing, while the other one is given", allowed: "both or neither", mend: `set images.${missing} to the image of the same version` };
  }),
};

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Alertmanager counts from Sunday, and takes no range over the end of the week. */
function inOrder(days: string): boolean {
  const week = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
  const [first = "", last = first] = days.split(":");
  return week.indexOf(first) <= week.indexOf(last);
}

export const alertingRules = [somebodyTold, productionPages, securityTold, teamsKnown, credentialsGiven, businessHoursReal, operatorWhole];
