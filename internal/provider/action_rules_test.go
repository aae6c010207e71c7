// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// Terraform validates an action only while its variables are unknown. The plan and the invocation check the values
// before any call.
func TestAction_checksValuesThatWereUnknown(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		kind      string
		config    attributes
		attribute string
	}{
		"no account":          {deactivate, attributes{"user_name": "alice", "account_id": ""}, "account_id"},
		"not a serial number": {unbindAction, attributes{"user_name": "alice", "serial_number": ""}, "serial_number"},
		"principal name":      {logonOff, attributes{"user_name": "alice@example.onaliyun.com"}, "user_name"},
		"no user":             {lockAction, attributes{"user_name": ""}, "user_name"},
		"no key":              {purgeBin, attributes{"access_key_id": ""}, "access_key_id"},
		"no id of a user":     {userGone, attributes{"user_id": ""}, "user_id"},
		"an empty key":        {deactivate, attributes{"user_name": "alice", "access_key_ids": []string{""}}, "access_key_ids"},
		"an empty passkey":    {passkeyGone, attributes{"user_name": "alice", "passkey_ids": []string{""}}, "passkey_ids"},
		"no duration":         {makeReport, attributes{"timeouts": attributes{"invoke": "soon"}}, "timeouts"},
		"no time":             {lockAction, attributes{"user_name": "alice", "timeouts": attributes{"invoke": "0s"}}, "timeouts"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := incident(t)
			c := newCore(t, srv.Getenv, fakeClock())
			config := c.Dynamic(c.Build(c.Schemas.ActionSchemas[one.kind].Schema, one.config))
			server, _ := c.Server.(tfprotov6.ActionServer)
			plan, err := server.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: one.kind, Config: config})
			must(t, err)
			_, invoked := c.InvokeAction(t.Context(), one.kind, one.config, func(string) {})
			for phase, diags := range map[string][]*tfprotov6.Diagnostic{"plan": plan.Diagnostics, "invoke": invoked} {
				if errors := acctest.Errors(diags); len(errors) == 0 || !strings.Contains(errors[0].Attribute.String(), one.attribute) {
					t.Errorf("%s: %s", phase, acctest.Messages(diags))
				}
			}
			expect(t, "calls", len(srv.Calls()), 0)
		})
	}
}

// An expression that found nothing selects no credential: nothing is revoked, and the plan and the invocation report
// that.
func TestAction_emptyListSelectsNone(t *testing.T) {
	t.Parallel()
	for kind, one := range map[string]struct{ attribute, summary, progress string }{
		deactivate:  {"access_key_ids", "No AccessKey pair of user alice will be disabled", `access_key_ids is empty. No AccessKey pair of "alice" was disabled.`},
		passkeyGone: {"passkey_ids", "No passkey of user alice will be deleted", `passkey_ids is empty. No passkey of "alice" was deleted.`},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := incident(t)
			c := newCore(t, srv.Getenv, fakeClock())
			config := attributes{"user_name": "alice", one.attribute: []string{}}
			contains(t, acctest.Messages(c.PlanAction(kind, config)), "WARNING: "+one.summary)
			progress, diags := c.InvokeAction(t.Context(), kind, config, func(string) {})
			expect(t, "diagnostics", acctest.Messages(diags), "")
			checkProgress(t, progress, []string{one.progress})
			expect(t, "writes", writes(srv), []string(nil))
			expect(t, "an unknown set", acctest.Messages(c.PlanAction(kind, attributes{"user_name": "alice", one.attribute: acctest.Unknown{}})), "")
		})
	}
}

// After StopProvider returns, the SDK drops the events of an action, and the CLI takes the
// action for complete. So the last event comes before.
func TestAction_lastEventComesBeforeTheStopEnds(t *testing.T) {
	t.Parallel()
	for _, story := range []string{"all keys", "logon", "device deleted", "passkeys", "lock", "restore", "purge"} {
		t.Run(story, func(t *testing.T) {
			t.Parallel()
			story := actionStories[story]
			srv, _ := story.begin(t)
			srv.Inject(ramtest.Rule{Action: story.write, Fault: "stall", Delay: time.Minute})
			c := newCore(t, srv.Getenv)
			reached, ended := make(chan struct{}), make(chan struct{})
			var diags []*tfprotov6.Diagnostic
			go func() {
				defer close(ended)
				_, diags = c.InvokeAction(t.Context(), story.kind, story.config, func(string) {})
			}()
			go func() {
				defer close(reached)
				for len(srv.Calls(story.write)) == 0 && t.Context().Err() == nil {
					pauseALittle(t.Context())
				}
			}()
			<-reached
			c.Stop()
			select {
			case <-ended:
			default:
				t.Error("the stop returned before the action reported how it ended")
				<-ended
			}
			if len(acctest.Errors(diags)) == 0 {
				t.Fatalf("a stopped action is not an error: %s", acctest.Messages(diags))
			}
			contains(t, acctest.Messages(diags), "interrupted", "un the same command again")
		})
	}
}

// pauseALittle lets the others run.
func pauseALittle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	<-ctx.Done()
}

// One step fails: the others are executed, and the error lists the failed one.
func TestLockUser_listsFailedSteps(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	srv.Inject(ramtest.Rule{Action: "UpdateServiceCredential", Nth: "1", Code: "NoPermission", Status: 403})
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Invoke(lockAction, attributes{"user_name": "alice"})
	contains(t, acctest.Messages(diags[:1]), "ERROR: Cannot lock the user alice", "Still open: service credentials. Complete: console logon, AccessKey pairs, passkeys.", "Run the same command again")
	contains(t, acctest.Messages(diags), "Cannot disable the service credential SC1", "Code: NoPermission")
	expect(t, "alice's keys", statuses(srv, "alice"), "LTAIone Inactive, LTAItwo Inactive")
	expect(t, "passkeys", len(account(srv).Users["alice"].Passkeys), 0)

	progress, diags := c.Invoke(lockAction, attributes{"user_name": "alice"})
	clean(t, diags)
	contains(t, strings.Join(progress, "\n"), `The service credential SC1 of "alice" is inactive now.`, `The user "alice" is locked.`)
	actionStories["lock"].done(t, srv)
}

// A passkey that does not exist is a warning: the others are deleted.
func TestDeletePasskeys_missingPasskeyIsAWarning(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Invoke(passkeyGone, attributes{"user_name": "alice", "passkey_ids": []string{"PASSKEY-2", "PASSKEY-9"}})
	expect(t, "diagnostics", len(diags), 1)
	contains(t, acctest.Messages(diags), "WARNING: User alice has no passkey PASSKEY-9")
	left := account(srv).Users["alice"].Passkeys
	if len(left) != 1 || left[0].ID != "PASSKEY-1" {
		t.Errorf("the passkeys are %v", left)
	}
}

// A refusal is no unknown outcome: the error states what exists now.
func TestAction_refusalIsNoUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, story := range actionStories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := story.begin(t)
			srv.Inject(ramtest.Rule{Action: story.write, Code: "NoPermission", Status: 403})
			_, diags := c.Invoke(story.kind, story.config)
			if len(acctest.Errors(diags)) == 0 || strings.Contains(acctest.Messages(diags), "not certain") {
				t.Errorf("a refusal is reported as %s", acctest.Messages(diags))
			}
		})
	}
}

// The function below the actions does not take an empty list for all credentials either.
func TestRevocation_emptyListRevokesNone(t *testing.T) {
	t.Parallel()
	revoked := 0
	kind := credentialKind{
		noun: "key", verb: "disable",
		list: func(context.Context, string) ([]credentialState, error) {
			return []credentialState{{"LTAIone", true}}, nil
		},
		revoke: func(context.Context, string, string) error { revoked++; return nil },
	}
	r := newRevocation(nil, kind, ram.User{Name: "alice"}, []string{}, func(string, ...any) {})
	settled, err := r.revokeListed(t.Context())
	if revoked > 0 || !settled || err != nil {
		t.Errorf("revoked %d, settled %v, %v", revoked, settled, err)
	}
}
