// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// boundPhone is the configuration of a device for alice.
var boundPhone = attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}

// enduring are faults that the provider cannot get over.
var enduring = map[string]ramtest.Rule{
	"F22 denied":                      {Fault: "code", Status: 403, Code: "NoPermission"},
	"F24 redirected":                  {Fault: "redirect", Header: map[string]string{"Location": "http://127.0.0.1:9/"}},
	"F25 limit exceeded":              {Fault: "code", Status: 409, Code: "LimitExceeded.VirtualMFADevice"},
	"F09 throttled for 86400 seconds": {Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "86400"},
}

// judged names the outcome of a create as the fault matrix does, and fails the test
// if it is one that must never be: the account and the state do not agree, and no
// error names what is left.
func judged(t *testing.T, srv *ramtest.Server, o acctest.Object, diags []*tfprotov6.Diagnostic) string {
	t.Helper()
	text, device := acctest.Messages(acctest.Errors(diags)), phone(srv)
	failed, tracked := text != "", !o.State.IsNull()
	if n := len(account(srv).MFADevices); n > 1 {
		t.Errorf("there are %d devices", n)
	}
	if tracked && device != nil {
		expect(t, "seed in the state", in(t, o.State, "base32_string_seed"), device.Seed)
	}
	switch {
	case !failed && device != nil && tracked && device.UserID == aliceUserID && in(t, o.State, "user_id") == aliceUserID:
		return "C"
	case failed && tracked && device != nil:
		contains(t, text, "saved with its seed", "tainted")
		return "ET"
	case failed && !tracked && device == nil && len(history(srv, "VirtualMFADevice")) == 0:
		return "E0"
	case failed && !tracked && device == nil:
		contains(t, text, "so the device was deleted.")
		return "ER"
	case failed && !tracked && device != nil:
		contains(t, text, phoneSerial)
		return "EN"
	}
	t.Errorf("failed: %t, tracked: %t, the device: %+v\n%s", failed, tracked, device, acctest.Messages(diags))
	return "?"
}

// history are the actions that touched devices.
func history(srv *ramtest.Server, part string) (actions []string) {
	for _, e := range srv.History() {
		if strings.Contains(e.Actor, part) {
			actions = append(actions, e.Actor)
		}
	}
	return actions
}

// created is how often a device came to be.
func created(srv *ramtest.Server) (n int) {
	for _, call := range srv.Calls("CreateVirtualMFADevice") {
		if call.Committed {
			n++
		}
	}
	return n
}

func TestMFADevice_faultTable(t *testing.T) {
	t.Parallel()
	faults := maps.Clone(passing)
	maps.Copy(faults, enduring)
	delete(faults, "F12 another shape")
	faults["F12 without the seed"] = ramtest.Rule{Fault: "drop_fields", Body: "Base32StringSeed"}
	faults["F12 without the serial number"] = ramtest.Rule{Fault: "drop_fields", Body: "SerialNumber"}
	faults["F12 seed of another kind"] = ramtest.Rule{Fault: "retype", Body: `{"Base32StringSeed":[]}`}
	faults["F12 nothing in it"] = ramtest.Rule{Fault: "garble", Body: `{"RequestId":"X"}`}
	faults["F23 session expired"] = ramtest.Rule{Fault: "code", Status: 400, Code: "InvalidSecurityToken.Expired"}
	faults["nonce was used"] = ramtest.Rule{Fault: "code", Status: 400, Code: "SignatureNonceUsed"}

	var mu sync.Mutex
	outcomes := map[string]map[string]string{}
	t.Cleanup(func() {
		for _, fault := range slices.Sorted(maps.Keys(outcomes)) {
			t.Logf("%-35s %v", fault, outcomes[fault])
		}
	})
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, action := range []string{"CreateVirtualMFADevice", "BindMFADevice"} {
				for _, phase := range []string{"before_commit", "after_commit"} {
					for _, nth := range []string{"1", "1-2", ""} {
						rule := fault
						rule.Action, rule.Phase, rule.Nth = action, phase, nth
						if phase == "after_commit" && (fault.Fault == "redirect" || fault.Fault == "code" && fault.Status != 500 && fault.Code != "ServiceUnavailable") {
							continue // the service does not refuse what it did
						}
						if strings.HasPrefix(name, "F12") && action == "BindMFADevice" {
							continue // nothing is read from the response but that there is one
						}
						if strings.HasPrefix(name, "F13 drip") && phase == "after_commit" {
							continue // the same as before
						}
						srv := staffed(t)
						srv.Inject(rule)
						c := newCore(t, srv.Getenv, inStep(srv, 0))
						o, diags := c.Create(deviceKind, boundPhone)
						got := judged(t, srv, o, diags)
						if n := created(srv); n > 2 {
							t.Errorf("%+v: %d devices were created", rule, n)
						}
						if n := len(srv.Calls("BindMFADevice")); n > 2 && !strings.HasPrefix(rule.Code, "Throttling") {
							t.Errorf("%+v: codes were sent %d times", rule, n)
						}
						mu.Lock()
						if outcomes[name] == nil {
							outcomes[name] = map[string]string{}
						}
						outcomes[name][fmt.Sprintf("%s %s #%s", action[:6], strings.TrimSuffix(phase, "_commit"), nth)] = got
						mu.Unlock()
						once := map[bool]string{true: "C"}[nth == "1" && enduring[name].Fault == ""]
						if once != "" && got != once {
							t.Errorf("%+v: %s, want %s\n%s", rule, got, once, acctest.Messages(diags))
						}
						if nth != "" || got == "EN" {
							continue
						}
						// A second apply, once the fault is over, ends well.
						converges(t, srv, got, o)
					}
				}
			}
		})
	}
}

// converges checks that after the fault one more apply is enough.
func converges(t *testing.T, srv *ramtest.Server, outcome string, o acctest.Object) {
	t.Helper()
	must(t, srv.SetSchedule(ramtest.Schedule{}))
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	if outcome == "ET" { // tainted: the next apply replaces it
		_, diags := c.Destroy(deviceKind, o)
		clean(t, diags)
		o = c.Null(deviceKind)
	}
	if o.State.IsNull() {
		var diags []*tfprotov6.Diagnostic
		o, diags = c.Create(deviceKind, boundPhone)
		clean(t, diags)
	}
	expect(t, "after the next apply", judged(t, srv, o, nil), "C")
}

// The service executes the create after the provider has searched for the device.
func TestMFADevice_lateCreate(t *testing.T) {
	t.Parallel()
	for _, after := range []int{1, 3, 8, 20} {
		srv := staffed(t)
		srv.Inject(
			ramtest.Rule{Action: "CreateVirtualMFADevice", Nth: "1", Fault: "duplicate", Delay: time.Duration(after)},
			ramtest.Rule{Action: "CreateVirtualMFADevice", Nth: "1", Fault: "refuse"},
		)
		c := newCore(t, srv.Getenv, inStep(srv, 0))
		o, diags := c.Create(deviceKind, boundPhone)
		expect(t, fmt.Sprintf("executed %d calls later", after), judged(t, srv, o, diags), "C")
	}
}

func TestMFADevice_waitsForStaleReads(t *testing.T) {
	t.Parallel()
	for _, stale := range []int{0, 1, 3, 10} {
		for _, fault := range []string{"", "CreateVirtualMFADevice", "BindMFADevice"} {
			t.Run(fmt.Sprint(stale, fault), func(t *testing.T) {
				t.Parallel()
				srv := staffed(t)
				srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = stale })
				if fault != "" {
					srv.Inject(ramtest.Rule{Action: fault, Nth: "1", Phase: "after_commit", Fault: "reset"})
				}
				c := newCore(t, srv.Getenv, inStep(srv, 0))
				o, diags := c.Create(deviceKind, boundPhone)
				expect(t, "outcome", judged(t, srv, o, diags), "C")
				if strings.Contains(acctest.Messages(diags), "Cannot confirm") {
					t.Error(acctest.Messages(diags))
				}
				fixed(t, c, deviceKind, boundPhone, o)
				o, diags = c.Apply(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "bob"}, o)
				clean(t, diags)
				expect(t, "owner", phone(srv).UserID, bobUserID)
				_, diags = c.Destroy(deviceKind, o)
				clean(t, diags)
				expect(t, "devices", len(account(srv).MFADevices), 0)
			})
		}
	}
}

// A device that another user created and bound meanwhile is not deleted.
func TestMFADevice_ofAnotherUserIsNotDeleted(t *testing.T) {
	t.Parallel()
	foreign := &ramtest.MFADevice{Name: "phone", Serial: phoneSerial, Seed: "GEZDGNBVGY3TQOJQ", UserID: bobUserID}
	for name, test := range map[string]struct {
		fault ramtest.Rule
		want  []string
	}{
		"and the create is refused":      {ramtest.Rule{Action: "none", Fault: "refuse"}, []string{"already has a device with this name", "Another client created it", "terraform import ADDRESS"}},
		"and the create has no response": {ramtest.Rule{Action: "CreateVirtualMFADevice", Phase: "after_commit", Fault: "refuse"}, []string{"now exists", "was not changed", `"bob"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			srv.Inject(test.fault)
			srv.ChangeBefore("CreateVirtualMFADevice", func(a *ramtest.Account) {
				copied := *foreign
				a.MFADevices[phoneSerial], a.Users["bob"].MFASerial = &copied, phoneSerial
			})
			c := newCore(t, srv.Getenv, inStep(srv, 0))
			o, diags := c.Create(deviceKind, boundPhone)
			contains(t, acctest.Messages(acctest.Errors(diags)), test.want...)
			expect(t, "errors", len(acctest.Errors(diags)), 1)
			expect(t, "state", o.State.IsNull(), true)
			expect(t, "seed", phone(srv).Seed, foreign.Seed)
			expect(t, "owner", phone(srv).UserID, bobUserID)
			expect(t, "deletes", len(srv.Calls("DeleteVirtualMFADevice", "UnbindMFADevice")), 0)
		})
	}
}

// A device that cannot be deleted is named, with what to do.
func TestMFADevice_namesADeviceThatCannotBeDeleted(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]ramtest.Rule{
		"it cannot be deleted":   {Action: "DeleteVirtualMFADevice", Fault: "code", Status: 403, Code: "NoPermission"},
		"it cannot be listed":    {Action: "ListVirtualMFADevices", Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"},
		"no list has a response": {Action: "ListVirtualMFADevices", Nth: "2-", Fault: "refuse"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			srv.Inject(ramtest.Rule{Action: "CreateVirtualMFADevice", Nth: "1", Phase: "after_commit", Fault: "reset"}, rule)
			c := newCore(t, srv.Getenv, inStep(srv, 0))
			o, diags := c.Create(deviceKind, boundPhone)
			expect(t, "outcome", judged(t, srv, o, diags), "EN")
			contains(t, acctest.Messages(acctest.Errors(diags)), "aliyun ims DeleteVirtualMFADevice --SerialNumber "+phoneSerial)
			expect(t, "creates", len(srv.Calls("CreateVirtualMFADevice")), 1)
		})
	}
}

// A device that the service still counts as bound was not unbound, whatever it says of the request.
func TestMFADevice_staysBound(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	o, diags := c.Create(deviceKind, boundPhone)
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "UnbindMFADevice", Nth: "1-", Fault: "code", Status: 404, Code: "EntityNotExist.User.MFADevice"})
	o, diags = c.Destroy(deviceKind, o)
	text := acctest.Messages(acctest.Errors(diags))
	contains(t, text, "Cannot destroy the virtual MFA device", "the service still counts it as bound", "DeleteConflict.VirtualMFADevice.User")
	expect(t, "says that it was unbound", strings.Contains(text, "was unbound"), false)
	expect(t, "owner", phone(srv).UserID, aliceUserID)
	expect(t, "the device is in the state", o.State.IsNull(), false)
}

func TestMFA_failedReadKeepsTheState(t *testing.T) {
	t.Parallel()
	faults := maps.Clone(passing)
	maps.Copy(faults, enduring)
	faults["gateway says not found"] = ramtest.Rule{Fault: "code", Status: 404, Code: "InvalidApi.NotFound"}
	faults["page says not found"] = ramtest.Rule{Fault: "html", Status: 404}
	faults["no device is there"] = ramtest.Rule{Fault: "code", Status: 404, Code: "EntityNotExist.VirtualMFADevice"}
	faults["F21 more, and not where"] = ramtest.Rule{Fault: "garble", Body: `{"RequestId":"X","IsTruncated":true,"VirtualMFADevices":{"VirtualMFADevice":[]}}`}
	faults["F21 the same page again"] = ramtest.Rule{Fault: "garble", Body: `{"RequestId":"X","IsTruncated":true,"Marker":"m","VirtualMFADevices":{"VirtualMFADevice":[]}}`}
	for name, fault := range faults {
		if name == "F13 drip" || strings.HasPrefix(name, "F20") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			c := newCore(t, srv.Getenv, inStep(srv, 0))
			device, diags := c.Create(deviceKind, boundPhone)
			clean(t, diags)
			binding, diags := c.Import(bindingKind, "alice")
			clean(t, diags)
			rule := fault
			rule.Action = "ListVirtualMFADevices"
			srv.Inject(rule)
			srv.ForgetCalls()
			for kind, o := range map[string]acctest.Object{deviceKind: device, bindingKind: binding} {
				after, diags := newCore(t, srv.Getenv, inStep(srv, 0)).Read(kind, o)
				contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot read the ", "The state is unchanged.")
				expect(t, "state", after.State.Equal(o.State), true)
			}
			expect(t, "writes", writes(srv), []string(nil))
			if n := len(srv.Calls("ListVirtualMFADevices")); n > 10 {
				t.Errorf("listed %d times", n)
			}
		})
	}
}

func TestMFA_retriesTemporaryFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range passing {
		if strings.HasPrefix(name, "F12") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, action := range []string{"ListVirtualMFADevices", "GetUserMFAInfo", "GetUser", "UnbindMFADevice", "DeleteVirtualMFADevice", "GetDefaultDomain"} {
				phases, positions := []string{"before_commit", "after_commit"}, []string{"1"}
				if strings.HasPrefix(action, "List") || strings.HasPrefix(action, "Get") {
					phases = phases[:1] // a read commits nothing
				}
				if strings.HasPrefix(action, "List") {
					positions = []string{"1", "2"}
				}
				for _, phase := range phases {
					for _, nth := range positions {
						rule := fault
						rule.Action, rule.Phase, rule.Nth = action, phase, nth
						if strings.HasPrefix(rule.Code, "Throttling") && phase == "after_commit" {
							continue
						}
						srv := staffed(t)
						srv.Inject(rule)
						c := newCore(t, srv.Getenv, inStep(srv, 0))
						o, diags := c.Create(deviceKind, boundPhone)
						expect(t, fmt.Sprintf("%+v", rule), judged(t, srv, o, diags), "C")
						o, diags = c.Apply(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "bob"}, o)
						clean(t, diags)
						_, diags = c.Destroy(deviceKind, o)
						clean(t, diags)
						expect(t, "devices", len(account(srv).MFADevices), 0)
					}
				}
			}
		})
	}
}

func TestMFABinding_faultTable(t *testing.T) {
	t.Parallel()
	faults := maps.Clone(passing)
	maps.Copy(faults, enduring)
	var mu sync.Mutex
	outcomes := map[string]map[string]string{}
	t.Cleanup(func() {
		for _, fault := range slices.Sorted(maps.Keys(outcomes)) {
			t.Logf("%-35s %v", fault, outcomes[fault])
		}
	})
	for name, fault := range faults {
		if strings.HasPrefix(name, "F12") || strings.HasPrefix(name, "F25") {
			continue // nothing is read from the response; and a bind has no limit
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, phase := range []string{"before_commit", "after_commit"} {
				for _, nth := range []string{"1", ""} {
					rule := fault
					rule.Action, rule.Phase, rule.Nth = "BindMFADevice", phase, nth
					if phase == "after_commit" && (fault.Fault == "redirect" || fault.Fault == "code" && fault.Status != 500 && fault.Code != "ServiceUnavailable") {
						continue // the service does not refuse what it did
					}
					srv := staffed(t)
					seed := phoneWithoutZeros(srv)
					srv.Inject(rule)
					c := bindingCore(t, srv)
					o, diags := c.Create(bindingKind, bindingOf("alice", seed))
					text, bound, got := acctest.Messages(acctest.Errors(diags)), phone(srv).UserID == aliceUserID, "?"
					switch {
					case text == "" && bound && !o.State.IsNull():
						got = "C"
					case text != "" && !bound && o.State.IsNull():
						got = "E0"
					case text != "" && bound && o.State.IsNull():
						got = "EN"
						contains(t, text, "terraform import ADDRESS alice")
					default:
						t.Errorf("%+v: bound: %t, state: %v\n%s", rule, bound, o.State, text)
					}
					if nth == "1" && enduring[name].Fault == "" && got != "C" {
						t.Errorf("%+v: %s\n%s", rule, got, text)
					}
					if strings.Contains(acctest.Messages(diags), seed) {
						t.Error("the seed is shown")
					}
					if !o.State.IsNull() {
						expect(t, "seed", in(t, o.State, "seed_wo"), nil)
						left, diags := c.Destroy(bindingKind, o)
						if phone(srv).UserID != "" && name == "F20 executed again later" { // after the device was unbound
							contains(t, acctest.Messages(diags), "still listed as bound", "The next apply checks again")
							_, diags = c.Destroy(bindingKind, left)
						}
						clean(t, diags)
						expect(t, "user of the device", phone(srv).UserID, "")
					}
					mu.Lock()
					if outcomes[name] == nil {
						outcomes[name] = map[string]string{}
					}
					outcomes[name][strings.TrimSuffix(phase, "_commit")+" #"+nth] = got
					mu.Unlock()
				}
			}
		})
	}
}

// KEY-07: an interruption while the create, or the bind, is in flight loses neither the seed nor the result.
func TestMFADevice_interruptionLosesNothing(t *testing.T) {
	t.Parallel()
	for action, want := range map[string]string{"CreateVirtualMFADevice": "ET", "BindMFADevice": "C"} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			c := newCore(t, srv.Getenv, inStep(srv, 0))
			plan, diags := c.Plan(deviceKind, boundPhone, c.Null(deviceKind))
			clean(t, diags)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			srv.ChangeBefore(action, func(*ramtest.Account) { cancel() })
			resp, err := c.Server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
				TypeName: deviceKind, Config: c.Dynamic(c.Build(c.Schemas.ResourceSchemas[deviceKind], boundPhone)), PriorState: c.Dynamic(c.Null(deviceKind).State),
				PlannedState: plan.PlannedState, PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
			})
			must(t, err)
			o := acctest.Object{State: c.Value(deviceKind, resp.NewState), Private: resp.Private, Identity: resp.NewIdentity}
			expect(t, "outcome", judged(t, srv, o, resp.Diagnostics), want)
			expect(t, "creates", len(srv.Calls("CreateVirtualMFADevice")), 1)
		})
	}
}

// A device of a lost create that the service never lists is named, with the command that removes it. The error does
// not claim that no device was created.
func TestMFADevice_lostCreateThatIsNeverListed(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]ramtest.Rule{
		"the name is refused":            {Action: "none", Fault: "refuse"},
		"and the next request is denied": {Action: "CreateVirtualMFADevice", Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"},
		"and no create has a response":   {Action: "CreateVirtualMFADevice", Nth: "2-", Phase: "after_commit", Fault: "refuse"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			srv.Inject(
				ramtest.Rule{Action: "CreateVirtualMFADevice", Nth: "1", Phase: "after_commit", Fault: "refuse"},
				ramtest.Rule{Action: "ListVirtualMFADevices", Fault: "garble", Body: `{"RequestId":"X","IsTruncated":false,"VirtualMFADevices":{"VirtualMFADevice":[]}}`}, rule)
			o, diags := newCore(t, srv.Getenv, inStep(srv, 0)).Create(deviceKind, attributes{"virtual_mfa_device_name": "phone"})
			text := acctest.Messages(acctest.Errors(diags))
			contains(t, text, "Cannot create the virtual MFA device", phoneSerial, "aliyun ims DeleteVirtualMFADevice --SerialNumber "+phoneSerial)
			if strings.Contains(text, "Nothing was created") {
				t.Errorf("a device exists:\n%s", text)
			}
			expect(t, "the message says that a device with the name exists", strings.Contains(text, "because a device with it exists"), name == "the name is refused")
			expect(t, "state", o.State.IsNull(), true)
		})
	}
}
