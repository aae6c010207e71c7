// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The outcomes of the fault matrix.
const (
	converged = "C"  // in the same apply
	warned    = "CW" // converged, and a warning names the difference
	companion = "CN" // converged, and a warning names objects that it does not manage
	nothing0  = "E0" // error, and nothing changed
	kept      = "K"  // error, and the state is as it was
	tracked   = "ET" // error, and what exists is in the state
	removed   = "ER" // error, and the created object was removed again
	named     = "EN" // error that names what it left
	partly    = "EP" // error, part is done, and the next apply does the rest
	killed    = "X"  // the run did not end; the next apply converges
	killedN   = "XN" // as X, and the next apply names what was left, or how to import it
	killedL   = "XL" // as X, and the CLI has lost the private state of the resource; the next plan says what to do
)

// verdict is the outcome of a case and what is wrong with it.
type verdict struct {
	testCase     string
	outcome      string
	allowed      []string
	forbidden    []string // what must never happen
	messages     string
	waited       time.Duration
	appliedAgain bool // the next apply had changes
	sends        int
}

// fails reports whether the case has a forbidden outcome.
func (v verdict) fails() bool { return len(v.forbidden) > 0 }

// baseline is what the case does without a fault.
type baseline struct {
	account  *ramtest.Account
	state    snapshot
	changed  map[string]map[string]bool // the changed fields and their new values
	calls    []ramtest.Call
	sends    map[string]int
	warnings int
}

// baseline returns what a run without a fault did.
func (p *result) baseline() *baseline {
	f := &baseline{account: p.accountAfter, state: p.snapshotState(p.after.State), changed: p.changes(p.events), calls: p.calls, sends: map[string]int{}, warnings: len(p.transcript.diags)}
	for _, call := range p.calls {
		f.sends[call.Action]++
	}
	return f
}

// failsWithoutFault reports whether the call at a place fails even without a
// fault, for example because an object does not exist.
func (f *baseline) failsWithoutFault(at place) bool {
	n := 0
	for _, call := range f.calls {
		if call.Action == at.action {
			if n++; n == at.nth {
				return call.Code != ""
			}
		}
	}
	return false
}

// byProvider reports whether the provider caused a change.
func byProvider(e ramtest.Event) bool {
	return e.Actor != "test" && e.Actor != "other-admin" && e.Actor != "control" && !strings.HasSuffix(e.Actor, " duplicate") && !strings.HasSuffix(e.Actor, " late")
}

// changes returns the fields that the provider changed, and their new values.
func (s *environment) changes(events []ramtest.Event) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, e := range events {
		at := s.normalize(e.Object + "." + e.Field)
		if !byProvider(e) || volatile(at) {
			continue
		}
		if all[at] == nil {
			all[at] = map[string]bool{}
		}
		all[at][s.normalize(fmt.Sprint(e.After))] = true
	}
	return all
}

// check checks the result, runs the next apply, and checks again.
func (p *result) check(free *baseline) verdict {
	v := verdict{testCase: p.name(), waited: p.waited, sends: len(p.calls), messages: acctest.Messages(p.transcript.diags)}
	if len(p.injections) == 1 && !free.failsWithoutFault(p.injections[0].at) { // the matrix is about single faults
		v.allowed = p.injections[0].allowed(p.operation, p.injections[0].at)
	}
	if p.acts("foreign in wait") && len(p.otherActions) == 0 && len(p.injections) == 1 { // another fault may end the run before
		v.forbid("others did not act")
	}
	p.checkForbidden(free, &v)
	v.outcome = p.outcome(free, &v)
	if len(v.allowed) > 0 && !slices.Contains(v.allowed, v.outcome) && !p.killed && (v.outcome != kept || !slices.Contains(v.allowed, nothing0)) {
		v.forbid("the outcome is %s, and the fault matrix allows %s", v.outcome, strings.Join(v.allowed, ", "))
	}
	p.checkRecovery(free, &v)
	return v
}

func (v *verdict) forbid(format string, args ...any) {
	v.forbidden = append(v.forbidden, fmt.Sprintf(format, args...))
}

// longestOperation is how long one operation may take: its timeout and five seconds (P10).
const longestOperation = 5*time.Minute + 5*time.Second

// checkForbidden checks what must never happen, however the operation ended.
func (p *result) checkForbidden(free *baseline, v *verdict) {
	v.forbidden = append(v.forbidden, p.forbidden...)
	for _, broken := range p.transcript.violations {
		v.forbid("Terraform would report a bug of the provider: %s", broken)
	}
	for _, leak := range p.leaks(p.transcript) {
		v.forbid("a secret leaked: %s", leak)
	}
	for _, violation := range p.srv.Violations() {
		v.forbid("the service rejects a request: %s", violation)
	}
	if p.waited > longestOperation || p.took > longestOperation/10 {
		v.forbid("it took %s, and waited for %s", p.took, p.waited)
	}
	p.checkChanges(free, v)
	p.checkRequests(free, v)
	p.checkSecrets(v)
	if p.killed {
		return // there was no message; the next apply has to report it
	}
	for _, s := range p.untracked(p.accountAfter, p.after) {
		if !s.namedIn(v.messages) {
			v.forbid("%s %s is in no state, and no message names it", s.what, s.id)
		}
	}
}

// leaks scans all that a person can read for every secret.
func (p *result) leaks(t *transcript) []string {
	everything := t.text()
	for _, call := range p.srv.Calls() {
		everything += call.URL + call.UserAgent
	}
	return acctest.FindSecrets(everything, p.secretsOf(p.initial, p.accountBefore, p.accountAfter))
}

// checkChanges compares with what the operation changes without a fault: no other
// field is ever changed, and none gets a value that is neither its old nor the configured one.
func (p *result) checkChanges(free *baseline, v *verdict) {
	old, others := map[string]string{}, map[string]bool{}
	changed := free.changed
	if p.hasTwoOwners() {
		changed = p.changedByEither(free)
	}
	for _, e := range p.events {
		others[p.normalize(e.Object)] = others[p.normalize(e.Object)] || !byProvider(e)
		at := p.normalize(e.Object + "." + e.Field)
		if _, seen := old[at]; !seen {
			old[at] = p.normalize(fmt.Sprint(e.Before))
		}
		if !byProvider(e) || volatile(at) || strings.Contains(at, "(new)") || p.acts("gone") && others[p.normalize(e.Object)] {
			continue // an object that others removed may be created again
		}
		values, wanted := changed[at]
		got := p.normalize(fmt.Sprint(e.After))
		switch {
		case !wanted && p.operation != deletes:
			v.forbid("%s changed %s, which is not managed", e.Actor, at)
		case wanted && !values[got] && got != old[at]:
			v.forbid("%s wrote %s to %s, which was %s; the configuration has another value", e.Actor, got, at, old[at])
		}
	}
}

// checkRequests counts the writes: none is sent more than five times instead of once, and
// the create of a key not more than twice; throttled requests do not count.
func (p *result) checkRequests(free *baseline, v *verdict) {
	sent := map[string]int{}
	for _, call := range p.calls {
		if writes(call.Action) && !strings.HasPrefix(call.Code, "Throttling") && call.Code != "InvalidSecurityToken.Expired" {
			sent[call.Action]++
		}
	}
	for action, n := range sent {
		most := 5 * max(free.sends[action], 1)
		switch callOf(p.operation, action) {
		case "key":
			most = 2 * max(free.sends[action], 1)
		case "device": // its name is unique, so each fault may cost one more
			most = (1 + max(len(p.injections), 1)) * max(free.sends[action], 1)
		}
		if n > most {
			v.forbid("%s was sent %d times", action, n)
		}
	}
}

// checkSecrets compares the secrets in the state with those of the service.
func (p *result) checkSecrets(v *verdict) {
	for id, secret := range map[string]string{
		"access_key_id": "secret", "service_credential_id": "secret", "current_access_key_id": "current_secret", "previous_access_key_id": "previous_secret", "serial_number": "base32_string_seed",
	} {
		has := acctest.Attribute(p.after.State, secret)
		if has == "null" || has == "unknown" {
			continue
		}
		if is := secretOf(p.accountAfter, acctest.Attribute(p.after.State, id)); is != "" && is != has {
			v.forbid("%s in the state is not that of the service", secret)
		}
	}
}

func secretOf(a *ramtest.Account, id string) string {
	if key, _ := a.KeyByID(id); key != nil {
		return key.Secret
	}
	if device := a.MFADevices[id]; device != nil {
		return device.Seed
	}
	if credential := serviceCredentialByID(a, id); credential != nil {
		return credential.Secret
	}
	return ""
}

// outcome returns the outcome of the operation itself.
func (p *result) outcome(free *baseline, v *verdict) string {
	leftovers := p.untracked(p.accountAfter, p.after)
	left := p.snapshot(p.accountAfter).diff(p.snapshot(p.withOtherActions(p.accountBefore)))
	switch {
	case p.killed:
		return killed
	case !p.failed && len(leftovers) > 0:
		return companion
	case !p.failed:
		return p.success(free, v)
	case len(leftovers) > 0:
		return named
	case len(left) > 0 && !p.after.State.IsNull() && p.prior.State.IsNull():
		return tracked
	case len(left) > 0:
		return partly
	case p.prior.State.IsNull() && !p.after.State.IsNull():
		v.forbid("it is in the state, and not in the account")
		return tracked
	case len(p.changes(p.events)) > 0:
		return removed
	case p.operation == creates:
		return nothing0
	}
	return kept
}

// success compares with the end of the operation without a fault.
func (p *result) success(free *baseline, v *verdict) string {
	odd, shown := p.snapshot(p.accountAfter).diff(p.snapshot(p.withOtherActions(free.account))), p.snapshotState(p.after.State).diff(free.state)
	switch {
	case len(odd)+len(shown) == 0:
		return converged
	case p.undetectable() && (len(odd) == 0 || len(p.changes(p.events)) == 0): // it relied on the service's response
		return warned
	case len(p.transcript.diags) > free.warnings, p.acts("gone"), p.actsAsOthers():
		return warned
	}
	v.forbid("it succeeded without a warning, but: %s", strings.Join(append(odd, shown...), "; "))
	return warned
}

// withOtherActions returns an account with the changes that others made in this case.
func (p *result) withOtherActions(a *ramtest.Account) *ramtest.Account {
	copied := a.Clone()
	for _, act := range p.otherActions {
		act(copied)
	}
	return copied
}

// leftover is an object that a run created and that is in no state.
type leftover struct{ what, id, owner string }

// untracked returns all users, groups and credentials that exist now, did not exist before, and
// are not in the state.
func (p *result) untracked(now *ramtest.Account, o acctest.Object) (all []leftover) {
	for name, user := range now.Users {
		was := p.initial.UserByID(user.ID)
		if was == nil && acctest.Attribute(o.State, "user_id") != user.ID {
			all = append(all, leftover{"the user", name, name})
		}
		for _, key := range user.Keys {
			if k, _ := p.initial.KeyByID(key.ID); k == nil && key.ID != acctest.OthersKey && !hasID(o, key.ID) {
				all = append(all, leftover{"the key", key.ID, name})
			}
		}
		for _, credential := range user.Credentials {
			if serviceCredentialByID(p.initial, credential.ID) == nil && !hasID(o, credential.ID) {
				all = append(all, leftover{"the service credential", credential.ID, name})
			}
		}
		if user.LoginProfile != nil && (was == nil || was.LoginProfile == nil) && (p.subject.Kind != "ram_login_profile" || p.operation != imports && o.State.IsNull()) {
			all = append(all, leftover{"the login profile", name, name})
		}
	}
	for name, group := range now.Groups {
		if !hasGroup(p.initial, group.ID) && acctest.Attribute(o.State, "group_id") != group.ID {
			all = append(all, leftover{"the group", name, group.ID})
		}
	}
	for serial := range now.MFADevices {
		if p.initial.MFADevices[serial] == nil && !hasID(o, serial) {
			all = append(all, leftover{"the MFA device", serial, ""})
		}
	}
	return slices.DeleteFunc(all, func(s leftover) bool { return p.operation != creates && s.createdBefore(p) })
}

// createdBefore reports whether an object existed before the operation, which manages another object or failed to read it.
func (s leftover) createdBefore(p *result) bool {
	switch {
	case s.what == "the key":
		key, _ := p.accountBefore.KeyByID(s.id)
		return key != nil
	case s.what == "the service credential":
		return serviceCredentialByID(p.accountBefore, s.id) != nil
	case s.what == "the MFA device":
		return p.accountBefore.MFADevices[s.id] != nil
	case s.what == "the group":
		return hasGroup(p.accountBefore, s.owner)
	case p.accountBefore.Users[s.owner] == nil:
		return false
	}
	return s.what == "the user" || p.accountBefore.Users[s.owner].LoginProfile != nil
}

// hasGroup reports whether an account has the group of an id.
func hasGroup(a *ramtest.Account, id string) bool {
	for _, group := range a.Groups {
		if group.ID == id {
			return true
		}
	}
	return false
}

// serviceCredentialByID returns a service credential of an account; nil: there is none.
func serviceCredentialByID(a *ramtest.Account, id string) *ramtest.ServiceCredential {
	for _, user := range a.Users {
		for _, credential := range user.Credentials {
			if credential.ID == id {
				return credential
			}
		}
	}
	return nil
}

// hasID reports whether a state has an id.
func hasID(o acctest.Object, id string) bool {
	for _, v := range acctest.Fields(o.State) {
		if acctest.Format(v) == id {
			return true
		}
	}
	return false
}

// namedIn reports whether a text names the object, or the command that finds it.
func (s leftover) namedIn(text string) bool {
	return strings.Contains(text, s.id) || s.what == "the key" && strings.Contains(text, "aliyun ram ListAccessKeys --UserName "+s.owner) ||
		s.what == "the service credential" && strings.Contains(text, "aliyun ims ListServiceCredentials --UserPrincipalName "+s.owner+"@")
}

// removeLeftovers does what the messages say: it removes the objects.
func (p *result) removeLeftovers(leftovers []leftover) {
	p.srv.Change(func(a *ramtest.Account) {
		for _, s := range leftovers {
			switch s.what {
			case "the key":
				a.Users[s.owner].Keys = slices.DeleteFunc(a.Users[s.owner].Keys, func(key *ramtest.AccessKey) bool { return key.ID == s.id })
			case "the service credential":
				a.Users[s.owner].Credentials = slices.DeleteFunc(a.Users[s.owner].Credentials, func(c *ramtest.ServiceCredential) bool { return c.ID == s.id })
			case "the MFA device":
				acctest.DeleteDevice(a, s.id)
			case "the login profile":
				a.Users[s.owner].LoginProfile = nil
			case "the user":
				delete(a.Users, s.owner)
			case "the group":
				delete(a.Groups, s.id)
			}
		}
	})
}

// importID finds the id to import in a message.
var importID = regexp.MustCompile(`terraform import \S+ (\S+)`)
