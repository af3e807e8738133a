// Asks the admission library of Kubernetes what it says of pods under "restricted" at the newest version.
//
// Writes the ids of the library's checks as one line, {"checks":["privileged"]}. Then reads one pod a line as JSON
// from standard input, and writes a line for each: {"allowed":true,"failed":[]}, where failed holds ids of checks.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type greeting struct {
	Checks []policy.CheckID `json:"checks"`
}

type answer struct {
	Allowed bool             `json:"allowed"`
	Failed  []policy.CheckID `json:"failed"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	checks := policy.DefaultChecks()
	evaluator, err := policy.NewEvaluator(checks, nil)
	if err != nil {
		return err
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	newest := newestOf(checks)
	decoder := json.NewDecoder(bufio.NewReader(in))
	decoder.DisallowUnknownFields()
	encoder := json.NewEncoder(out)
	if err := encoder.Encode(greeting{slices.Collect(maps.Keys(newest))}); err != nil {
		return err
	}
	for {
		var pod corev1.Pod
		if err := decoder.Decode(&pod); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		result := policy.AggregateCheckResults(evaluator.EvaluatePod(restricted, &pod.ObjectMeta, &pod.Spec))
		said := answer{Allowed: result.Allowed, Failed: []policy.CheckID{}}
		for id, check := range newest {
			if !check(&pod.ObjectMeta, &pod.Spec).Allowed {
				said.Failed = append(said.Failed, id)
			}
		}
		if err := encoder.Encode(said); err != nil {
			return err
		}
	}
}

// The newest version of each check; those that a check of "restricted" takes the place of are left out, as the
// library leaves them out.
func newestOf(checks []policy.Check) map[policy.CheckID]policy.CheckPodFn {
	newest := map[policy.CheckID]policy.CheckPodFn{}
	replaced := []policy.CheckID{}
	for _, check := range checks {
		last := check.Versions[len(check.Versions)-1]
		newest[check.ID] = last.CheckPod
		replaced = append(replaced, last.OverrideCheckIDs...)
	}
	for _, id := range replaced {
		delete(newest, id)
	}
	return newest
}
