// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func ageSeen(c *client) any {
	return c.ok("Ims", "GetPasswordPolicy").at("PasswordPolicy.MaxPasswordAge")
}

func TestStaleReads(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.StaleReads = 2 }))
	c := admin(t, s)
	c.ok("Ims", "SetPasswordPolicy", "MaxPasswordAge", "1")
	equal(t, "reads", []any{ageSeen(c), ageSeen(c), ageSeen(c)}, []int{0, 0, 1})
	c.ok("Ims", "SetPasswordPolicy", "MaxPasswordAge", "2")
	c.ok("Ims", "SetPasswordPolicy", "MaxPasswordAge", "3")
	equal(t, "reads", []any{ageSeen(c), ageSeen(c), ageSeen(c)}, []int{2, 2, 3})
	c.ok("Ims", "SetPasswordPolicy", "MaxPasswordAge", "3") // changes nothing
	equal(t, "read", ageSeen(c), 3)
}

func TestStaleReads_byRule(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	for i := range 4 {
		c.ok("Ims", "SetPasswordPolicy", "MaxPasswordAge", fmt.Sprint(i+1))
	}
	s.Inject(Rule{Action: "Get*", Nth: "1", Stale: 1}, Rule{Action: "GetPasswordPolicy", Nth: "2", Fault: "stale", Stale: 3}, Rule{Nth: "3", Fault: "stale", Stale: 99})
	equal(t, "reads", []any{ageSeen(c), ageSeen(c), ageSeen(c), ageSeen(c)}, []int{3, 1, 0, 4})
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := New(t, RateLimits(), Clock(func() time.Time { return now }))
	c, other := admin(t, s), as(t, s, *s.AddAccount("2222222222222222"))
	for range 20 {
		c.ok("Ims", "SetPasswordPolicy")
	}
	now = now.Add(999 * time.Millisecond)
	got := c.refused("Throttling.User", "Ims", "SetPasswordPolicy")
	equal(t, "status", got.status, http.StatusBadRequest)
	equal(t, "quota", got.header.Get("X-Ratelimit-User-Api"), "Limit:20,Remain:0,TimeLeft:2,Reset:2")
	equal(t, "retry", got.header.Get("Retry-After"), "")
	c.ok("Ims", "SetSecurityPreference")
	other.ok("Ims", "SetPasswordPolicy")
	now = now.Add(2 * time.Millisecond)
	c.ok("Ims", "SetPasswordPolicy")
	s.SetBehaviour(func(b *Behaviour) { b.ReadsPerSecond = 1 })
	c.ok("Ims", "GetPasswordPolicy")
	c.refused("Throttling.User", "Ims", "GetPasswordPolicy")
}

func TestHistory_hasEveryField(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	c.ok("Ims", "SetSecurityPreference", "LoginNetworkMasks", "10.0.0.0/8", "LoginSessionDuration", "6")
	c.ok("Ram", "SetAccountAlias", "AccountAlias", "acme")
	c.refused("InvalidParameter.AccountAlias.Length", "Ram", "SetAccountAlias", "AccountAlias", "a")
	s.Change(func(a *Account) {
		a.Users["admin"].Keys[0].Status = "Active" // unchanged
		a.Users["admin"].LoginProfile = &LoginProfile{Status: "Active"}
		a.Users["admin"].Tags = map[string]string{"k": "v"}
		a.MFADevices["acs:ram::1:mfa/phone"] = &MFADevice{Name: "phone"}
		a.Quotas.Users = 7
	})
	lines := []string{}
	for i, event := range s.History() {
		equal(t, "sequence", event.Seq, i+1)
		equal(t, "account", event.AccountID, s.first)
		if event.Before != nil && event.After != nil {
			lines = append(lines, fmt.Sprintf("%s %s %s %v %v", event.Actor, event.Object, event.Field, event.Before, event.After))
		}
	}
	equal(t, "changes", lines, []string{
		"SetSecurityPreference security_preference LoginNetworkMasks  10.0.0.0/8",
		"SetAccountAlias account_alias Alias  acme",
		"test account Quotas.Users 1000 7",
		"test user/admin Tags map[] map[k:v]",
	})
	for _, object := range []string{"login_profile/admin", "mfa_device/phone"} {
		if !slices.ContainsFunc(s.History(), func(e Event) bool { return e.Object == object && e.Before == nil && e.After != nil }) {
			t.Errorf("the history lacks the creation of %s", object)
		}
	}
	s.Change(func(a *Account) { delete(a.Users, "admin") })
	if last := s.History()[len(s.History())-1]; last.Object != "user/admin" || last.After != nil {
		t.Errorf("the last change is %+v", last)
	}
}

// The history contains only the changed objects of a large list.
func TestHistory_objectsOfALargeList(t *testing.T) {
	t.Parallel()
	s := New(t)
	recycled := func(id string) *RecycledKey { return &RecycledKey{Key: AccessKey{ID: id, Status: "Inactive"}} }
	s.Change(func(a *Account) {
		a.RecycledKeys = []*RecycledKey{recycled("LTAIfirst"), recycled("LTAIsecond"), recycled("LTAIthird")}
	})
	s.ForgetHistory()
	s.Change(func(a *Account) {
		a.RecycledKeys = []*RecycledKey{recycled("LTAIthird"), recycled("LTAIsecond"), recycled("LTAIfourth")}
		a.RecycledKeys[1].Key.Status = "Active"
	})
	objects := map[string]string{}
	for _, event := range s.History() {
		switch {
		case event.Before == nil:
			objects[event.Object] = "made"
		case event.After == nil:
			objects[event.Object] = "gone"
		default:
			objects[event.Object] = event.Field
		}
	}
	equal(t, "changes", objects, map[string]string{
		"recycled_access_key/LTAIfirst": "gone", "recycled_access_key/LTAIsecond": "Key.Status", "recycled_access_key/LTAIfourth": "made",
	})
}

// Verification types are returned in random order. Sending what was read changes nothing.
func TestHistory_ignoresTheOrderOfASet(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	for _, types := range []string{`["sms","email"]`, `["email","sms"]`, `["email"]`} {
		c.ok("Ims", "SetSecurityPreference", "VerificationTypes", types)
	}
	lines := []string{}
	for _, event := range s.History() {
		lines = append(lines, fmt.Sprintf("%s %v %v", event.Field, event.Before, event.After))
	}
	equal(t, "changes", lines, []string{"VerificationTypes [] [email sms]", "VerificationTypes [email sms] [email]"})
}

func TestPaging_returnsEveryItemOnce(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Populate(5)
	c := admin(t, s)
	names, marker := []string{}, ""
	for pages := 1; ; pages++ {
		params := []string{"MaxItems", "100"}
		if marker != "" {
			params = append(params, "Marker", marker)
		}
		got := c.ok("Ram", "ListUsers", params...)
		users, _ := got.at("Users.User").([]any)
		if len(users) > 2 {
			t.Fatalf("a page has %d users", len(users))
		}
		for _, user := range users {
			user, _ := user.(map[string]any)
			name, _ := user["UserName"].(string)
			names = append(names, name)
		}
		if got.at("IsTruncated") == false {
			equal(t, "no marker at the end", got.at("Marker"), nil)
			equal(t, "pages", pages, 3)
			break
		}
		marker, _ = got.at("Marker").(string)
	}
	slices.Sort(names)
	equal(t, "users", names, []string{"admin", "user-0001", "user-0002", "user-0003", "user-0004", "user-0005"})
	c.refused("InvalidParameter.Marker", "Ram", "ListUsers", "Marker", "page two")
	c.refused("InvalidParameter.Marker", "Ram", "ListUsers", "Marker", strings.ReplaceAll(marker, "=", "")+"A")
	c.refused("InvalidParameter.MaxItems.Range", "Ram", "ListUsers", "MaxItems", "0")
	s.SetBehaviour(func(b *Behaviour) { b.PageCap = 0 })
	equal(t, "one page", c.ok("Ram", "ListUsers").at("IsTruncated"), false)
}

func TestPaging_orderIsRandom(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.PageCap = 0 }))
	s.Populate(8)
	c := admin(t, s)
	orders := map[string]bool{}
	for range 5 {
		orders[string(asJSON(c.ok("Ram", "ListUsers").at("Users")))] = true
	}
	if len(orders) < 2 {
		t.Error("the order was always the same")
	}
	s.SetBehaviour(func(b *Behaviour) { b.Ordered = true })
	first := c.ok("Ram", "ListUsers").at("Users")
	equal(t, "ordered", c.ok("Ram", "ListUsers").at("Users"), first)
}

func TestIds_areUnique(t *testing.T) {
	t.Parallel()
	first := New(t)
	second := New(t, WithState(first.State()))
	second.AddAccount("2222222222222222")
	equal(t, "kept", second.Credential(second.first), first.Credential(first.first))
	if second.Credential("2222222222222222").AccessKeyID == first.Credential(first.first).AccessKeyID {
		t.Error("a key id was drawn again")
	}
	if New(t, Seed(8)).Credential(first.first) == first.Credential(first.first) {
		t.Error("another seed draws the same key")
	}
}

func TestHistory_forget(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Change(func(a *Account) { a.Policy.MaxPasswordAge, a.Policy.MaxLoginAttempts = 7, 7 })
	if last := s.History(); len(last) != 2 || last[1].Seq != 2 {
		t.Fatalf("two changes are %v", last)
	}
	s.ForgetHistory()
	if kept := s.History(); len(kept) != 0 {
		t.Errorf("history after ForgetHistory: %v", kept)
	}
	s.Change(func(a *Account) { a.Policy.MaxPasswordAge = 8 })
	if next := s.History(); len(next) != 1 || next[0].Seq != 3 {
		t.Errorf("the next change is %v", next)
	}
}
