// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	_ "embed" // of the table
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

//go:embed faults.json
var faultTable []byte

// fault is a row of the fault matrix.
type fault struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Rules []rule `json:"rules"`
	// Act is what the campaign itself does if no rule of the fake can.
	Act        string   `json:"act"`
	Amount     int      `json:"amount"`
	Offset     string   `json:"offset"`
	Phases     []string `json:"phases"`     // none: before_commit
	At         string   `json:"at"`         // which calls: any, read, write, list, create, every (counted together), none (the whole run)
	Repeats    []string `json:"repeats"`    // once, lasting; none: both
	Operations []string `json:"operations"` // none: all
	// Blind is a well-formed response that is not true. The provider cannot distinguish it from a true one.
	Blind bool `json:"blind"`
	// Want are the outcomes that the matrix allows, by phase and by call.
	// A call without an entry may end in any outcome that is not forbidden.
	Want map[string]map[string]string `json:"want"`
}

// rule is a rule of the fake without its place; "+2" repeats it twice.
type rule struct{ ramtest.Rule }

// UnmarshalJSON reads a rule of the fake.
func (r *rule) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &r.Rule) }

// faults reads the matrix.
func faults() ([]fault, error) {
	var rows []fault
	if err := json.Unmarshal(faultTable, &rows); err != nil {
		return nil, fmt.Errorf("cannot read the fault matrix: %w", err)
	}
	for i := range rows {
		if len(rows[i].Phases) == 0 {
			rows[i].Phases = []string{before}
		}
		if len(rows[i].Repeats) == 0 {
			rows[i].Repeats = []string{once, lasting}
		}
	}
	return rows, nil
}

// The phases, repetitions and calls of a fault, and the operations.
const (
	before, after     = "before_commit", "after_commit"
	once, lasting     = "once", "lasting"
	creates, updates  = "create", "update"
	reads, deletes    = "read", "delete"
	imports           = "import"
	everyCall         = "every"
	theWholeRun       = "none"
	anyCall, anyWrite = "any", "write"
)

var operations = []string{creates, reads, updates, deletes, imports}

// appliesTo reports whether the fault may affect a call.
func (f fault) appliesTo(action string) bool {
	switch f.At {
	case anyWrite:
		return writes(action)
	case "read":
		return !writes(action)
	case "list":
		return strings.HasPrefix(action, "List")
	case "create":
		return strings.HasPrefix(action, "Create")
	}
	return true
}

// writes reports whether an operation changes the account. One that returns a session does not.
func writes(action string) bool {
	return !strings.HasPrefix(action, "Get") && !strings.HasPrefix(action, "List") && action != "AssumeRole"
}

// place is where a fault is injected.
type place struct {
	action string // "": all are counted together
	nth    int
	phase  string
	repeat string
}

// rules returns the rules of the fake for the fault at a place.
func (f fault) rules(at place) (rules []ramtest.Rule) {
	for _, r := range f.Rules {
		placed := r.Rule
		placed.Action, placed.Phase = at.action, at.phase
		more, _ := strconv.Atoi(placed.Nth) // "+2" or nothing, as the table's test checks
		placed.Nth = fmt.Sprintf("%d-%d", at.nth, at.nth+more)
		if at.repeat == lasting {
			placed.Nth = fmt.Sprintf("%d-", at.nth)
		}
		rules = append(rules, placed)
	}
	return rules
}

// duplicates reports whether the request is executed twice.
func (f fault) duplicates() bool {
	return slices.ContainsFunc(f.Rules, func(r rule) bool { return r.Fault == "duplicate" })
}

// offset returns how far a clock is off.
func (f fault) offset() time.Duration {
	d, _ := time.ParseDuration(f.Offset) // as the table's test checks
	return d
}

// allowed returns the outcomes that the matrix has for a call, or nothing.
func (f fault) allowed(operation string, at place) []string {
	of, name := f.Want[at.phase], callOf(operation, at.action)
	if at.repeat == lasting {
		return strings.Fields(of["lasting "+name])
	}
	if classes, named := of[name]; named {
		return strings.Fields(classes)
	}
	return strings.Fields(of[anyCall])
}

// callOf returns the matrix's name of a call.
func callOf(operation, action string) string {
	switch {
	case action == "CreateAccessKey", action == "CreateServiceCredential":
		return "key"
	case action == "CreateVirtualMFADevice":
		return "device"
	case slices.Contains([]string{"CreateUser", "CreateLoginProfile"}, action):
		return "profile"
	case operation == reads || operation == imports:
		return "refresh"
	case action != "" && writes(action):
		return anyWrite
	}
	return "read"
}
