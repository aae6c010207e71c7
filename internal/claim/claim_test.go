// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package claim

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
)

// private is private state in memory.
type private map[string][]byte

func (p private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return p[key], nil }

func (p private) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

// story is one run: what a CLI plans and applies, in an order that it chooses.
type story struct {
	instance *instance.Instance
	private  map[string]private // by resource
}

// resource is how a resource is named in a step: a destroy of one in capitals changes the object, and what is
// created for one that begins with "r" repairs what a destroy removed.
func (s *story) claim(resource string) Claim {
	c := Claim{Noun: "setting", Object: "setting", Conflict: "They revert each other.", Values: "x = " + resource, Recreates: strings.HasPrefix(resource, "r")}
	if resource == strings.ToUpper(resource) {
		c.Destroy = `on_destroy = "reset"`
	}
	return c
}

// step does one step, and returns what it says: the summary and the detail of a diagnostic, and a result.
func (s *story) step(ctx context.Context, step string) string {
	verb, resource, _ := strings.Cut(step, " ")
	p, c := s.private[resource], s.claim(resource)
	if p == nil {
		p = private{}
		s.private[resource] = p
	}
	said := []string{}
	var diags diag.Diagnostics
	switch verb {
	case "state": // it was created by an earlier run
		NewID(ctx, p, &diags)
	case "read":
		c.Captured = json.RawMessage(`"of ` + resource + `"`)
		RecordCaptured(s.instance, c)
	case "plan-create":
		PlanCreate(ctx, s.instance, p, &diags, c)
	case "plan-update":
		PlanUpdate(ctx, s.instance, p, &diags, c)
	case "plan-destroy":
		PlanDestroy(ctx, s.instance, p, &diags, c)
	case "create":
		captured, ok := Create(ctx, s.instance, p, &diags, c)
		said = append(said, fmt.Sprintf("%t %s", ok, captured))
	case "release":
		Release(s.instance, c)
	case "leave":
		said = append(said, fmt.Sprint(Leave(ctx, s.instance, p, &diags, c)))
	case "hand-over":
		c.Captured = json.RawMessage(`"of ` + resource + `"`)
		said = append(said, fmt.Sprint(HandOver(ctx, s.instance, p, &diags, c)))
	}
	for _, d := range diags {
		said = append(said, fmt.Sprintf("%s: %s: %s", d.Severity(), d.Summary(), d.Detail()))
	}
	return strings.Join(said, "; ")
}

const (
	two    = "Another resource of this configuration manages the setting too. They revert each other. The other resource sets: x = a."
	warned = "Warning: Two resources manage the setting: " + two + " Remove one of the two resources."
	twice  = "Error: Cannot plan the setting: " + two + " Nothing was changed.\n\nRemove one of the two resources."
	loss   = "Error: Cannot plan the setting: This run destroys one resource for the setting (on_destroy = \"reset\"), and another one still manages it"
	undo   = "Error: Cannot plan the setting: This run destroys one resource for the setting (on_destroy = \"reset\") and creates another. The order is not defined: the destroy could undo"
	missed = "Error: Cannot plan the setting: This run destroys one resource for the setting and creates another (on_destroy = \"reset\"). The order is not defined: the new resource could not save"
	second = "false ; Error: Cannot create the setting: Another resource of this configuration manages the setting too. They revert each other. The other resource was applied; this one was not."
)

// Whatever the order in which a CLI plans and applies two resources for one object, the last step says what they do to each other.
func TestClaims(t *testing.T) {
	t.Parallel()
	for steps, want := range map[string]string{
		"plan-create a": "", "plan-create a; create a": "true ", "state a; plan-update a; plan-update a": "", "state a; plan-destroy A": "",
		// two that are created
		"plan-create a; plan-create b":                    warned,
		"plan-create a; plan-create B":                    warned + " " + forget,
		"plan-create a; create a; create b":               second,
		"plan-create a; create a; plan-create b":          "",
		"plan-create a; create a; release a; create b":    "true ",
		"plan-create a; release a; plan-create b":         "",
		"plan-create a; create a; leave a; create b":      "true ",
		"plan-create a; create a; leave a; plan-create b": "",
		// two that are kept, and one that is created beside one that is kept
		"state a; state b; plan-update a; plan-update b":                 warned,
		"state a; state B; plan-update a; plan-update B":                 warned + " " + forget,
		"plan-update a; plan-update b":                                   "", // without an id, as of an older version
		"state a; plan-update a; plan-create b":                          twice,
		"plan-create a; state b; plan-update b":                          twice,
		"plan-create a; create a; state b; plan-update b":                "",
		"state a; state b; plan-update a; plan-destroy a; plan-update b": "",
		"state a; state b; plan-update a; leave a; plan-update b":        "",
		"state a; plan-update a; plan-create a":                          "", // a replacement
		"state A; plan-update A; plan-create A":                          "",
		// one that is destroyed beside one that is kept
		"state A; state b; plan-update b; plan-destroy A":                loss,
		"state A; state b; plan-destroy A; plan-update b":                loss,
		"state a; state b; plan-update b; plan-destroy a":                "",
		"state a; state b; plan-destroy a; plan-update b":                "",
		"state A; state b; plan-destroy A; plan-update A; plan-update b": "Warning: Two resources manage the setting: " + strings.Replace(two, "x = a", "x = A", 1) + " Remove one of the two resources.",
		"state A; state b; plan-destroy A; leave A; plan-update b":       "",
		// one that is destroyed beside one that is created
		"state A; plan-destroy A; plan-create b":           undo,
		"plan-create b; state A; plan-destroy A":           undo,
		"state a; plan-destroy a; plan-create B":           missed,
		"plan-create B; state a; plan-destroy a":           missed,
		"state a; plan-destroy a; plan-create b":           "",
		"state r; plan-destroy r; plan-create B":           "",
		"plan-create b; create b; state A; plan-destroy A": "",
		"state A; plan-destroy A; leave A; plan-create b":  "",
		// which of two destroys changes nothing
		"state A; leave A":                                    "false",
		"state A; plan-create b; create b; leave A":           "true",
		"plan-create A; create A; leave A":                    "false",
		"plan-create A; create A; leave A; create b; leave A": "true",
		// what the next resource gets
		"state A; hand-over A":                                               "false",
		"state A; hand-over A; create b":                                     "true ",
		"state a; hand-over a; create b":                                     `true "of a"`,
		"state A; read A; plan-create A; hand-over A":                        "true",
		"state A; read A; plan-create A; hand-over A; create A":              `true "of A"`,
		"state A; plan-create b; create b; hand-over A":                      "true",
		"state a; plan-create b; create b; hand-over a; release b; create b": "true ",
	} {
		s, got := &story{instance.New(nil), map[string]private{}}, ""
		for step := range strings.SplitSeq(steps, "; ") {
			got = s.step(t.Context(), step)
		}
		if got != want && (!strings.Contains(want, "Error: ") || !strings.HasPrefix(got, want)) {
			t.Errorf("%s:\ngot  %s\nwant %s", steps, got, want)
		}
	}
}
