// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// strangerAccount has objects of the same names and keys of other ids as the default account.
const strangerAccount = "2222222222222222"

// accountOperation is one operation of one type, with the objects and plans of the default account.
type accountOperation struct {
	name string
	bare bool // it names no account: only a configuration can say that another one is wrong
	run  func(c *acctest.Driver) (acctest.Object, []*tfprotov6.Diagnostic)
	from acctest.Object // the state before
}

// requiredValues are values of required arguments, by name. A new required argument of a data source, a
// list, an action or an ephemeral resource gets one here.
var requiredValues = attributes{
	"user_name": "alice", "group_name": "operators", "access_key_id": acctest.AliceKey, "access_key_ids": []string{acctest.AliceKey}, "user_id": acctest.AliceID,
	"policy_name": "ReadOnlyAccess", "policy_type": "System", "passkey_ids": []string{"passkey-1"},
}

// offlineKinds make no call, so the account does not matter.
var offlineKinds = map[string]bool{"ram_decrypted_secret": true}

// required returns the required arguments of a schema.
func required(t *testing.T, kind string, schema *tfprotov6.Schema) attributes {
	t.Helper()
	config := attributes{}
	for _, a := range schema.Block.Attributes {
		if !a.Required {
			continue
		}
		value, known := requiredValues[a.Name]
		if !known {
			t.Fatalf("%s has no row: give its required argument %s a value in requiredValues", kind, a.Name)
		}
		config[a.Name] = value
	}
	return config
}

// resourceOperations are the operations of a resource type on an object of the default account.
func resourceOperations(t *testing.T, mine *acctest.Driver, subject acctest.Subject) (all []accountOperation) {
	t.Helper()
	kind, s := subject.Kind, subject.Existing
	o, diags := mine.Import(kind, s.ID)
	clean(t, diags)
	null := mine.Null(kind)
	next := s.Config.With("timeouts", attributes{"read": "1m"})
	planned := func(c *acctest.Driver, config attributes, prior acctest.Object) *tfprotov6.PlanResourceChangeResponse {
		plan, diags := c.Plan(kind, config, prior)
		clean(t, acctest.Errors(diags))
		return plan
	}
	// A new object is planned in an account that does not have it.
	create := planned(newCore(t, populatedServer(t, subject.Arrange).Getenv, fakeClock()), subject.Config, null)
	update, destroy := planned(mine, next, o), planned(mine, nil, o)
	if planned := acctest.Fields(mine.Planned(kind, create))["account_id"]; !planned.IsKnown() || acctest.Native(planned) != defaultAccount {
		t.Errorf("the plan of a new %s has the account %v", kind, planned)
	}
	onlyPlan := func(config attributes, prior acctest.Object) func(*acctest.Driver) (acctest.Object, []*tfprotov6.Diagnostic) {
		return func(c *acctest.Driver) (acctest.Object, []*tfprotov6.Diagnostic) {
			_, diags := c.Plan(kind, config, prior)
			return prior, diags
		}
	}
	apply := func(config attributes, prior acctest.Object, plan *tfprotov6.PlanResourceChangeResponse) func(*acctest.Driver) (acctest.Object, []*tfprotov6.Diagnostic) {
		return func(c *acctest.Driver) (acctest.Object, []*tfprotov6.Diagnostic) {
			return c.ApplyPlan(kind, config, prior, plan)
		}
	}
	return []accountOperation{
		{name: "plan of a create", bare: true, run: onlyPlan(subject.Config, null), from: null},
		{name: "saved plan of a create", run: apply(subject.Config, null, create), from: null},
		{name: "plan of an update", run: onlyPlan(next, o), from: o},
		{name: "saved plan of an update", run: apply(next, o, update), from: o},
		{name: "plan of a destroy", run: onlyPlan(nil, o), from: o},
		{name: "saved plan of a destroy", run: apply(nil, o, destroy), from: o},
		{name: "read", run: func(c *acctest.Driver) (acctest.Object, []*tfprotov6.Diagnostic) { return c.Read(kind, o) }, from: o},
		{name: "import by id", bare: s.ID != acctest.AccountID && !strings.Contains(s.ID, acctest.AccountID), run: func(c *acctest.Driver) (acctest.Object, []*tfprotov6.Diagnostic) {
			return c.Import(kind, s.ID)
		}, from: null},
		{name: "import by identity", run: func(c *acctest.Driver) (acctest.Object, []*tfprotov6.Diagnostic) {
			return c.ImportIdentity(kind, s.Identity)
		}, from: null},
		{name: "move, and a refresh", run: func(c *acctest.Driver) (acctest.Object, []*tfprotov6.Diagnostic) {
			moved, diags := moveState(t, c, kind, former{address: Address, kind: kind, state: stateJSON(t, o.State)})
			clean(t, diags)
			return c.Read(kind, moved)
		}, from: o},
	}
}

// stateJSON is a state as a state file has it.
func stateJSON(t *testing.T, state tftypes.Value) string {
	t.Helper()
	text, err := json.Marshal(plain(state))
	must(t, err)
	return string(text)
}

// plain is a value in the types of encoding/json.
func plain(v tftypes.Value) any {
	var elements []tftypes.Value
	var named map[string]tftypes.Value
	switch {
	case v.IsNull():
		return nil
	case v.As(&named) == nil:
		object := map[string]any{}
		for name, value := range named {
			object[name] = plain(value)
		}
		return object
	case v.As(&elements) == nil:
		list := []any{}
		for _, value := range elements {
			list = append(list, plain(value))
		}
		return list
	}
	return acctest.Native(v)
}

// otherOperations are the operations of all other kinds of types.
func otherOperations(t *testing.T, mine *acctest.Driver) map[string][]accountOperation {
	t.Helper()
	all := map[string][]accountOperation{}
	add := func(what, kind string, run func(c *acctest.Driver) []*tfprotov6.Diagnostic) {
		if !offlineKinds[kind] {
			all[kind] = append(all[kind], accountOperation{name: what, bare: true, run: func(c *acctest.Driver) (acctest.Object, []*tfprotov6.Diagnostic) {
				return acctest.Object{}, run(c)
			}})
		}
	}
	for kind, schema := range mine.Schemas.DataSourceSchemas {
		config := required(t, kind, schema)
		add("data source", kind, func(c *acctest.Driver) []*tfprotov6.Diagnostic { _, diags := c.ReadData(kind, config); return diags })
	}
	for kind, schema := range mine.Schemas.ListResourceSchemas {
		config := required(t, kind, schema)
		add("list", kind, func(c *acctest.Driver) (diags []*tfprotov6.Diagnostic) {
			for _, result := range c.List(kind, config, true, 10) {
				diags = append(diags, result.Diagnostics...)
			}
			return diags
		})
	}
	for kind, schema := range mine.Schemas.EphemeralResourceSchemas {
		if !offlineKinds[kind] {
			config := required(t, kind, schema)
			add("ephemeral resource", kind, func(c *acctest.Driver) []*tfprotov6.Diagnostic { _, diags := c.Open(kind, config); return diags })
		}
	}
	for kind, schema := range mine.Schemas.ActionSchemas {
		config := required(t, kind, schema.Schema)
		add("plan of an action", kind, func(c *acctest.Driver) []*tfprotov6.Diagnostic { return c.PlanAction(kind, config) })
		add("action", kind, func(c *acctest.Driver) []*tfprotov6.Diagnostic {
			return second(c.InvokeAction(t.Context(), kind, config, func(string) {}))
		})
	}
	return all
}

// accountScenario is how the credentials come to be those of another account.
type accountScenario struct {
	name   string
	strict bool   // also operations that name no account fail
	says   string // part of the error
	driver func(t *testing.T, srv *ramtest.Server) *acctest.Driver
}

var accountScenarios = []accountScenario{
	{name: "wrong", says: strangerAccount, driver: func(t *testing.T, srv *ramtest.Server) *acctest.Driver {
		return newCore(t, srv.GetenvFor(strangerAccount), fakeClock())
	}},
	{name: "not allowed", strict: true, says: strangerAccount, driver: func(t *testing.T, srv *ramtest.Server) *acctest.Driver {
		c, diags := configured(t, attributes{"allowed_account_ids": []string{defaultAccount}}, srv.GetenvFor(strangerAccount), fakeClock())
		contains(t, acctest.Messages(diags), "Cannot configure the provider", strangerAccount)
		return c
	}},
	{name: "forbidden", strict: true, says: strangerAccount, driver: func(t *testing.T, srv *ramtest.Server) *acctest.Driver {
		c, diags := configured(t, attributes{"forbidden_account_ids": []string{strangerAccount}}, srv.GetenvFor(strangerAccount), fakeClock())
		contains(t, acctest.Messages(diags), "Cannot configure the provider", strangerAccount)
		return c
	}},
	{name: "renewed into another", strict: true, says: "since they were renewed", driver: func(t *testing.T, srv *ramtest.Server) *acctest.Driver {
		clock := &acctest.Clock{}
		c := newCoreWith(t, attributes{"credentials_uri": srv.CredentialsURI(5*time.Minute, defaultAccount, strangerAccount)}, func(name string) string {
			if strings.HasSuffix(name, "_ENDPOINT") {
				return srv.Getenv(name)
			}
			return ""
		}, WithClock(clock.Now, clock.Pause))
		expect(t, "account before the renewal", accountOf(t, c), any(defaultAccount))
		must(t, clock.Pause(t.Context(), 5*time.Minute-time.Second))
		return c
	}},
}

// No operation of any registered type calls another account than the one of its object, or than the
// configuration allows, and no object leaves the state by it.
func TestAccounts_eachTypeInEachScenario(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.AddAccount(strangerAccount)
	for _, id := range []string{defaultAccount, strangerAccount} {
		now := srv.Now()
		srv.ChangeAccount(id, func(a *ramtest.Account) { acctest.AddExisting(a, now) })
	}
	mine := newCore(t, srv.Getenv, fakeClock())
	rows := otherOperations(t, mine)
	resources := map[string]bool{}
	for _, s := range acctest.Subjects() {
		resources[s.Kind] = true
		rows[s.Kind] = append(rows[s.Kind], resourceOperations(t, mine, s)...)
	}
	for kind := range mine.Schemas.ResourceSchemas {
		if !resources[kind] {
			t.Errorf("%s has no row: it needs a subject", kind)
		}
	}
	srv.ForgetCalls()
	for kind, operations := range rows {
		for _, scenario := range accountScenarios {
			for _, op := range operations {
				if op.bare && !scenario.strict {
					continue
				}
				c := scenario.driver(t, srv)
				after, diags := op.run(c)
				who := kind + ": " + op.name + " with credentials that are " + scenario.name
				errs := acctest.Errors(diags)
				if len(errs) != 1 || !strings.Contains(acctest.Messages(errs), scenario.says) {
					t.Errorf("%s: %d errors, want one that contains %q:\n%s", who, len(errs), scenario.says, acctest.Messages(diags))
				}
				if op.from.State.Type() != nil && !after.State.Equal(op.from.State) {
					t.Errorf("%s: the state changed", who)
				}
			}
		}
	}
	for _, call := range srv.Calls() {
		if call.AccountID == strangerAccount && call.Product != "Sts" {
			t.Fatalf("%s was sent to the other account", call.Action)
		}
	}
	expect(t, "writes", writes(srv), []string(nil))
}
