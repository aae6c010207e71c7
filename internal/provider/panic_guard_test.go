// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/server"
)

// onlyApplies applies changes of AccessKey pairs. Each other request panics: there is no server for it, and another change
// panics with a text that it was given.
type onlyApplies struct {
	server.Complete

	real tfprotov6.ProviderServer
	text string
}

func (o onlyApplies) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	if req.TypeName != accessKey {
		panic(o.text)
	}
	return o.real.ApplyResourceChange(ctx, req)
}

// Each kind of request panics while a key is being created. The response to each is an error, and the key is in the
// state with its secret.
func TestPanicGuard_catchesPanicsInEveryRequest(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	plan, diags := c.Plan(accessKey, attributes{"user_name": "alice"}, c.Null(accessKey))
	clean(t, diags)
	guard := server.CatchPanics(onlyApplies{real: c.Server, text: "what-a-panic-may-hold"})
	requests := map[string]string{}
	srv.ChangeBefore("CreateAccessKey", func(*ramtest.Account) {
		kind := reflect.TypeFor[server.Complete]()
		for n := range kind.NumMethod() {
			name := kind.Method(n).Name
			requests[name] = panicOf(reflect.ValueOf(guard).MethodByName(name))
		}
	})
	resp, err := guard.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: accessKey, Config: c.Dynamic(c.Build(c.Schemas.ResourceSchemas[accessKey], attributes{"user_name": "alice"})),
		PriorState: c.Dynamic(c.Null(accessKey).State), PlannedState: plan.PlannedState, PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	must(t, err)
	clean(t, resp.Diagnostics)
	key := keysOf(srv, "alice")[0]
	created := acctest.Object{State: c.Value(accessKey, resp.NewState)}
	expect(t, "id", stateOf(t, created, "access_key_id"), key.ID)
	expect(t, "secret", stateOf(t, created, "secret"), key.Secret)
	for _, name := range []string{
		"GetMetadata", "GetProviderSchema", "GetResourceIdentitySchemas", "GetFunctions", "ValidateProviderConfig", "ConfigureProvider", "StopProvider",
		"ValidateResourceConfig", "UpgradeResourceState", "UpgradeResourceIdentity", "ReadResource", "PlanResourceChange", "ApplyResourceChange", "ImportResourceState", "MoveResourceState", "GenerateResourceConfig",
		"ValidateDataResourceConfig", "ReadDataSource", "ValidateEphemeralResourceConfig", "OpenEphemeralResource", "RenewEphemeralResource", "CloseEphemeralResource",
		"ValidateListResourceConfig", "ListResource", "ValidateActionConfig", "PlanAction", "InvokeAction", "CallFunction",
	} {
		reported, was := requests[name]
		if delete(requests, name); !was {
			t.Errorf("%s did not run while the key was being created", name)
		}
		contains(t, reported, "Cannot ", "This is a bug in the provider")
		lacks(t, reported, "what-a-panic-may-hold", key.Secret)
		if !strings.Contains(reported, "nil pointer") && name != "ApplyResourceChange" {
			t.Errorf("%s returns %q", name, reported)
		}
	}
	if len(requests) > 0 {
		t.Errorf("kinds of requests that this test does not name: %v", requests)
	}
}

// panicOf calls a method of a server with an empty request, and returns what its response says.
func panicOf(method reflect.Value) string {
	results := method.Call([]reflect.Value{reflect.ValueOf(context.TODO()), reflect.New(method.Type().In(1).Elem())}) //nolint:forbidigo // a request of a CLI
	switch resp := results[0].Interface().(type) {
	case *tfprotov6.ListResourceServerStream:
		text := ""
		for result := range resp.Results {
			text += acctest.Messages(result.Diagnostics)
		}
		return text
	case *tfprotov6.InvokeActionServerStream:
		text := ""
		for event := range resp.Events {
			text += acctest.Messages(event.Type.(tfprotov6.CompletedInvokeActionEventType).Diagnostics)
		}
		return text
	case *tfprotov6.CallFunctionResponse:
		return resp.Error.Text
	case *tfprotov6.StopProviderResponse:
		return resp.Error
	}
	diags, _ := results[0].Elem().FieldByName("Diagnostics").Interface().([]*tfprotov6.Diagnostic)
	return acctest.Messages(diags)
}

// A panic in the code of a data source, a list, an action and an ephemeral resource, while a key is being created.
func TestPanicGuard_keepsTheKeyThatIsBeingCreated(t *testing.T) {
	t.Parallel()
	for kind, act := range map[string]func(*acctest.Driver) string{
		"data source": func(c *acctest.Driver) string {
			_, diags := c.ReadData("ram_access_keys", nil)
			return acctest.Messages(diags)
		},
		"list": func(c *acctest.Driver) string {
			text := ""
			for _, r := range c.List(accessKey, nil, false, 0) {
				text += acctest.Messages(r.Diagnostics)
			}
			return text
		},
		"action": func(c *acctest.Driver) string {
			_, diags := c.InvokeAction(t.Context(), "ram_deactivate_access_keys", attributes{"user_name": "bob"}, func(string) {}) // without its plan, which the server guards
			return acctest.Messages(diags)
		},
		"ephemeral resource": func(c *acctest.Driver) string {
			_, diags := c.Open("ram_password", attributes{})
			return acctest.Messages(diags)
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 1 }))
			addKey(srv, "bob", "LTAIbobs", day)
			h := &acctest.Clock{}
			var broken atomic.Bool
			var c *acctest.Driver
			reported := ""
			c = newCore(t, srv.Getenv, WithClock(func() time.Time {
				if broken.Load() {
					var none []time.Time
					return none[len(none)]
				}
				return h.Now()
			}, func(ctx context.Context, d time.Duration) error {
				if reported == "" { // the created key is not listed yet
					broken.Store(true)
					reported = act(c)
					broken.Store(false)
				}
				return h.Pause(ctx, d)
			}))
			o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
			clean(t, acctest.Errors(diags))
			expect(t, "secret", stateOf(t, o, "secret"), keysOf(srv, "alice")[0].Secret)
			if !strings.Contains(reported, "This is a bug in the provider") || !strings.Contains(reported, "index out of range") {
				t.Errorf("the %s says %q", kind, reported)
			}
		})
	}
}
