import { describe, expect, test } from "vitest";
import { type Measured, type OursMeasured, figuresOf, percentile, printed, told } from "./figures.ts";

const requests = { total: 1, failed: 0, misrouted: 0, failures: {} };
const ours: OursMeasured = { moved: { release: [], flip: [1, 2], rollback: [0.4, 0.6] }, commands: { deploy: [9, 16], flip: [4, 5], rollback: [2, 3] }, saidMoved: [3, 4], engine: [2, 3], starts: [8], requests };
const theirs: Measured = { moved: { release: [2.3], flip: [1.1], rollback: [1.2, 1.3] }, requests };

test("percentiles are values that were measured; of fewer than 20 the 95th is the largest", () => {
  expect([percentile([3, 1, 2], 0.5), percentile([3, 1, 2], 0.95)]).toEqual([2, 3]);
  expect(percentile(Array.from({ length: 20 }, (_, n) => n + 1), 0.95)).toBe(19);
  expect(percentile([], 0.5)).toBe(Infinity);
});

describe("figures", () => {
  const verdicts = (given: OursMeasured, peer?: Measured): Record<string, string> => Object.fromEntries(figuresOf(given, peer).map(({ name, verdict }) => [name.split(",")[0] ?? "", verdict]));

  test("are judged by the 95th of 100, and what has no limit is for comparison", () => {
    expect(verdicts(ours, theirs)).toEqual({
      "rollback: all traffic back": "reached", "rollback: whole command": "reached", "flip: all traffic there": "for comparison", "flip: whole command": "reached",
      "flip: until it says that traffic has moved": "for comparison", "plan and update with nothing to do": "for comparison", "sandbox cluster: from nothing until it takes pods": "reached",
      "deploy: whole command": "missed", "new image: deploy and flip": "reached", "old image: whole rollback": "reached",
    });
    expect(verdicts({ ...ours, moved: { ...ours.moved, rollback: [0.4, 1.01] } })["rollback: all traffic back"]).toBe("missed");
  });

  test("traffic that never came is missed, and so is what was not measured", () => {
    expect(verdicts({ ...ours, moved: { ...ours.moved, rollback: [0.4, Infinity] } })["rollback: all traffic back"]).toBe("missed");
    expect(verdicts({ ...ours, commands: { ...ours.commands, flip: [] } })["flip: whole command"]).toBe("missed");
  });

  test("of a new image are those of both commands of a round", () => {
    expect(figuresOf(ours, theirs).find(({ name }) => name.startsWith("new image"))).toMatchObject({ p50: 10, p95: 18, theirs: { p50: 2.3, of: 1 } });
  });

  test("are printed side by side, with a dash where there is no other", () => {
    const [head, ...lines] = printed(figuresOf(ours, theirs), "Argo Rollouts v1");
    expect(head).toMatch(/ours +Argo Rollouts v1/);
    expect(lines[0]).toMatch(/^rollback: all traffic back +0\.40 +0\.60 +1\.20 +1\.30 +reach ≤ 1 s: reached$/);
    expect(lines[1]).toMatch(/^rollback: whole command +2\.00 +3\.00 +– +reach ≤ 4 s: reached$/);
  });
});

test("failed requests are told by what they failed with", () => {
  expect(told(requests)).toBe("1, failed 0, misrouted 0");
  expect(told({ total: 9, failed: 3, misrouted: 1, failures: { reset: 2, "status 500": 1 } })).toBe("9, failed 3 (reset 2, status 500 1), misrouted 1");
});
