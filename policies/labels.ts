/** Whether a selector of Kubernetes matches labels (API conventions, "Label selectors"). */
import { all, type Value } from "./value.ts";

/**
 * Whether a LabelSelector (`matchLabels`, `matchExpressions`) matches; an empty one matches everything. Labels that
 * differ decide, whatever else is unknown.
 *
 * @throws Undecided
 */
export function selects(selector: Value, labels: Value): boolean {
  return all([
    ...demands(selector.at("matchLabels"), labels),
    ...selector.at("matchExpressions").items.map((expression) => () => meets(expression, labels)),
  ]);
}

/** Whether the map of labels in a Service's `spec.selector` matches; an empty one matches nothing. @throws Undecided */
export function picks(selector: Value, labels: Value): boolean {
  const list = demands(selector, labels);
  return list.length > 0 && all(list);
}

function demands(wanted: Value, labels: Value): (() => boolean)[] {
  return wanted.entries.map(([key, value]) => () => value.text === labels.key(key).text);
}

/** Operators other than these four are refused by the API server. */
function meets(expression: Value, labels: Value): boolean {
  const operator = expression.at("operator").text;
  const label = labels.key(expression.at("key").text ?? "");
  if (operator === "Exists") return label.exists;
  if (operator === "DoesNotExist") return !label.exists;
  const listed = label.exists && expression.at("values").texts.some((value) => value.text === label.text);
  return operator === "NotIn" ? !listed : listed;
}
