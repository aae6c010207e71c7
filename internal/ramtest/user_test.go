// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// inBoth runs a test with both products.
func inBoth(t *testing.T, story func(t *testing.T, product string)) {
	t.Helper()
	for _, product := range []string{"Ram", "Ims"} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			story(t, product)
		})
	}
}

// of returns the parameter that identifies a user in a product, followed by more parameters.
func of(product, name string, more ...string) []string {
	if product == "Ims" {
		return append([]string{"UserPrincipalName", name + "@" + defaultAccountID + domainSuffix}, more...)
	}
	return append([]string{"UserName", name}, more...)
}

// list returns the list at a path, such as "Users.User", sorted by a field.
func (r result) list(path, by string) []map[string]any {
	items := []map[string]any{}
	values, _ := r.at(path).([]any)
	for _, value := range values {
		item, _ := value.(map[string]any)
		items = append(items, item)
	}
	slices.SortFunc(items, func(x, y map[string]any) int {
		return cmp.Compare(fmt.Sprint(x[by]), fmt.Sprint(y[by]))
	})
	return items
}

// column returns one field of every item.
func column(items []map[string]any, field string) []any {
	values := []any{}
	for _, item := range items {
		values = append(values, item[field])
	}
	return values
}

// pages reads all pages of a list and returns their items and number.
func (c *client) pages(path, by, product, action string, params ...string) (items []map[string]any, pages int) {
	c.t.Helper()
	marker := []string{}
	for pages = 1; ; pages++ {
		got := c.ok(product, action, append(slices.Clone(params), marker...)...)
		items = append(items, got.list(path, by)...)
		if got.at("IsTruncated") != true {
			if _, ok := got.body["Marker"]; ok {
				c.t.Errorf("%s/%s: the last page has a Marker", product, action)
			}
			return items, pages
		}
		marker = []string{"Marker", got.at("Marker").(string)}
	}
}

// defaultAccount returns a copy of the default account.
func (s *Server) defaultAccount() *Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts[defaultAccountID].Clone()
}

// inhabited adds users with names and ids.
func inhabited(s *Server, names ...string) {
	s.Change(func(a *Account) {
		for _, name := range names {
			a.Users[name] = &User{
				ID: s.newUserID(), Name: name, DisplayName: name, Status: "active", ProvisionType: "Manual",
				CreateDate: s.now(), UpdateDate: s.now(),
			}
		}
	})
}

// rootOf adds a key of the root account and returns a client that uses it.
func rootOf(t *testing.T, s *Server) *client {
	t.Helper()
	key := Credential{AccessKeyID: "LTAIrootrootrootroot0001", AccessKeySecret: "root-secret"}
	s.Change(func(a *Account) {
		a.Keys = append(a.Keys, &AccessKey{ID: key.AccessKeyID, Secret: key.AccessKeySecret, Status: "Active", CreateDate: s.now(), UpdateDate: s.now()})
	})
	return as(t, s, key)
}

// aliceOf adds a key of alice and returns a client that uses it.
func aliceOf(t *testing.T, s *Server) *client {
	t.Helper()
	key := Credential{AccessKeyID: "LTAIalicealicealice00001", AccessKeySecret: "alice-secret"}
	s.Change(func(a *Account) {
		user := a.Users["alice"]
		user.Keys = append(user.Keys, &AccessKey{
			ID: key.AccessKeyID, Secret: key.AccessKeySecret, Status: "Active", CreateDate: s.now(), UpdateDate: s.now(),
		})
	})
	return as(t, s, key)
}

// sessionOf returns a client that uses a session of a role of the account.
func sessionOf(t *testing.T, s *Server) *client {
	t.Helper()
	s.Change(func(a *Account) {
		a.Roles["operator"] = &Role{ID: s.newRoleID(), Name: "operator", TrustedAccounts: []string{a.ID}}
	})
	got := admin(t, s).ok("Sts", "AssumeRole", "RoleArn", arn(defaultAccountID, "role", "operator"), "RoleSessionName", "test")
	return as(t, s, Credential{
		AccessKeyID:     got.at("Credentials.AccessKeyId").(string),
		AccessKeySecret: got.at("Credentials.AccessKeySecret").(string),
		SecurityToken:   got.at("Credentials.SecurityToken").(string),
	})
}

// fixed is a clock that does not advance.
func fixed() time.Time { return time.Date(2026, 1, 12, 9, 12, 0, 0, time.UTC) }

// still starts a server whose clocks do not advance, and a client that signs with the same clock.
func still(t *testing.T, options ...Option) (*Server, *client) {
	t.Helper()
	s := New(t, append([]Option{Clock(fixed)}, options...)...)
	c := admin(t, s)
	c.signed = fixed
	return s, c
}

func TestUser_inRam(t *testing.T) {
	t.Parallel()
	s, c := still(t)
	created := c.ok("Ram", "CreateUser", "UserName", "alice", "DisplayName", "Alice", "MobilePhone", "86-13900001234", "Email", "alice@example.com", "Comments", "platform team")
	id := created.at("User.UserId").(string)
	if len(id) != 18 {
		t.Errorf("user id %q has not 18 digits", id)
	}
	want := reply{
		"UserId": id, "UserName": "alice", "DisplayName": "Alice", "MobilePhone": "86-13900001234", "Email": "alice@example.com",
		"Comments": "platform team", "CreateDate": "2026-01-12T09:12:00Z",
	}
	equal(t, "made", created.at("User"), want)
	want["UpdateDate"] = "2026-01-12T09:12:00Z"
	want["LastLoginDate"] = ""
	equal(t, "read", c.ok("Ram", "GetUser", "UserName", "alice").at("User"), want)

	s.Advance(time.Hour)
	delete(want, "LastLoginDate")
	want["UpdateDate"], want["Comments"], want["Email"] = "2026-01-12T10:12:00Z", "", "al@example.com"
	equal(t, "changed", c.ok("Ram", "UpdateUser", "UserName", "alice", "NewUserName", "alice", "NewComments", "", "NewEmail", "al@example.com").at("User"), want)
	equal(t, "listed", c.ok("Ram", "ListUsers", "MaxItems", "1", "Marker", marker(1)).list("Users.User", "UserName")[0], want)
}

func TestUser_inIms(t *testing.T) {
	t.Parallel()
	s, c := still(t)
	upn := "alice@" + defaultAccountID + ".onaliyun.com"
	created := c.ok("Ims", "CreateUser", "UserPrincipalName", upn, "DisplayName", "Alice", "Tag.1.Key", "operator", "Tag.1.Value", "alice")
	id := created.at("User.UserId").(string)
	want := reply{
		"UserId": id, "UserPrincipalName": upn, "DisplayName": "Alice", "MobilePhone": "", "Email": "", "Comments": "",
		"CreateDate": "2026-01-12T09:12:00Z", "UpdateDate": "2026-01-12T09:12:00Z", "LastLoginDate": "", "ProvisionType": "Manual",
		"Tags": reply{"Tag": []any{reply{"TagKey": "operator", "TagValue": "alice"}}},
	}
	equal(t, "made", created.at("User"), want)
	want["Status"] = "active"
	listed := c.ok("Ims", "ListUsers", "Tag.1.Key", "operator").list("Users.User", "UserId")
	equal(t, "listed", listed, []any{want})
	delete(want, "Status")
	want["UserName"] = "alice"
	equal(t, "read by name", c.ok("Ims", "GetUser", "UserPrincipalName", upn).at("User"), want)
	equal(t, "read by id", c.ok("Ims", "GetUser", "UserId", id).at("User"), want)

	s.Advance(time.Hour)
	delete(want, "UserName")
	delete(want, "Tags")
	want["UpdateDate"], want["DisplayName"] = "2026-01-12T10:12:00Z", "A."
	equal(t, "changed", c.ok("Ims", "UpdateUser", "UserId", id, "NewDisplayName", "A.").at("User"), want)
}

func TestUser_omitEmptyFields(t *testing.T) {
	t.Parallel()
	for absent := range map[bool]bool{true: true, false: true} {
		c := admin(t, New(t, WithBehaviour(func(b *Behaviour) { b.OmitEmptyFields = absent })))
		user, _ := c.ok("Ims", "GetUser", of("Ims", "admin")...).at("User").(map[string]any)
		for _, field := range []string{"MobilePhone", "Email", "Comments", "LastLoginDate"} {
			if _, there := user[field]; there == absent {
				t.Errorf("OmitEmptyFields=%t: %s is present: %t", absent, field, there)
			}
		}
	}
}

func TestListUsers_lastLoginInMilliseconds(t *testing.T) {
	t.Parallel()
	s, c := still(t, WithBehaviour(func(b *Behaviour) { b.LastLoginInMilliseconds = true }))
	s.Change(func(a *Account) { a.Users["admin"].LastLoginDate = fixed() })
	equal(t, "listed", c.ok("Ims", "ListUsers").list("Users.User", "UserId")[0]["LastLoginDate"], "1768209120000")
	equal(t, "read", c.ok("Ims", "GetUser", of("Ims", "admin")...).at("User.LastLoginDate"), "2026-01-12T09:12:00Z")
}

func TestUpdateUser_rename(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		inhabited(s, "alice")
		var id string
		s.Change(func(a *Account) {
			user := a.Users["alice"]
			id = user.ID
			user.LoginProfile = &LoginProfile{Password: "secret-1", Status: "Active"}
			user.Keys = []*AccessKey{{ID: "LTAIalicealicealice00001", Secret: "s", Status: "Active"}}
		})
		parameter := of(product, "alicia")
		c.ok(product, "UpdateUser", of(product, "alice", "New"+parameter[0], parameter[1])...)
		c.refused("EntityNotExist.User", product, "GetUser", of(product, "alice")...)
		equal(t, "id", c.ok(product, "GetUser", of(product, "alicia")...).at("User.UserId"), id)
		equal(t, "keys", len(c.ok(product, "ListAccessKeys", of(product, "alicia")...).list("AccessKeys.AccessKey", "AccessKeyId")), 1)
		c.ok(product, "GetLoginProfile", of(product, "alicia")...)
		c.refused("EntityAlreadyExists.User", product, "UpdateUser", of(product, "admin", "New"+parameter[0], parameter[1])...)
	})
}

func TestUser_principalName(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	s.Change(func(a *Account) { a.Alias = "acme" })
	equal(t, "by the alias", c.ok("Ims", "GetUser", "UserPrincipalName", "admin@acme.onaliyun.com").at("User.UserPrincipalName"), "admin@acme.onaliyun.com")
	equal(t, "by the account", c.ok("Ims", "GetUser", of("Ims", "admin")...).at("User.UserPrincipalName"), "admin@acme.onaliyun.com")
	c.refused("EntityNotExist.User", "Ims", "GetUser", "UserPrincipalName", "admin@other.onaliyun.com")
	c.refused("InvalidParameter.UserPrincipalName", "Ims", "CreateUser", "UserPrincipalName", "bob@other.onaliyun.com", "DisplayName", "bob")
	s.SetBehaviour(func(b *Behaviour) { b.RefuseAccountDomain = true })
	c.refused("EntityNotExist.User", "Ims", "GetUser", of("Ims", "admin")...)
}

func TestUser_namedByOneParameter(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	key := s.Credential(defaultAccountID).AccessKeyID
	equal(t, "by key", c.ok("Ims", "GetUser", "UserAccessKeyId", key).at("User.UserName"), "admin")
	c.refused("EntityNotExist.User", "Ims", "GetUser", "UserAccessKeyId", "LTAInone")
	c.refused("EntityNotExist.User", "Ims", "GetUser", "UserId", "200000000000000000")
	c.refused("MissingUserPrincipalName", "Ims", "GetUser")
	c.refused("InvalidParameter.UserAccessKeyId", "Ims", "GetUser", "UserId", "1", "UserAccessKeyId", key)
	c.refused("MissingUserName", "Ram", "GetUser")
	root := rootOf(t, s)
	c.refused("EntityNotExist.User", "Ims", "GetUser", "UserAccessKeyId", root.key.AccessKeyID)
}

func TestUser_refusals(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, test := range []struct {
		code, product string
		params        []string
	}{
		{"MissingUserName", "Ram", []string{"DisplayName", "x"}},
		{"InvalidParameter.UserName.InvalidChars", "Ram", []string{"UserName", "al ice"}},
		{"InvalidParameter.UserName.InvalidChars", "Ram", []string{"UserName", "alice@example"}},
		{"InvalidParameter.UserName.Length", "Ram", []string{"UserName", long(65)}},
		{"InvalidParameter.DisplayName.Length", "Ram", []string{"UserName", "alice", "DisplayName", long(129)}},
		{"InvalidParameter.DisplayName.InvalidChars", "Ram", []string{"UserName", "alice", "DisplayName", "a\nb"}},
		{"InvalidParameter.Comments.Length", "Ram", []string{"UserName", "alice", "Comments", long(129)}},
		{"InvalidParameter.MobilePhone.Format", "Ram", []string{"UserName", "alice", "MobilePhone", "13900001234"}},
		{"InvalidParameter.Email.Format", "Ram", []string{"UserName", "alice", "Email", "alice"}},
		{"EntityAlreadyExists.User", "Ram", []string{"UserName", "admin"}},
		{"InvalidParameter.UserPrincipalName.InvalidChars", "Ims", []string{"UserPrincipalName", "alice", "DisplayName", "x"}},
		{"InvalidParameter.UserPrincipalName.Length", "Ims", []string{"UserPrincipalName", long(120) + "@x.onaliyun.com", "DisplayName", "x"}},
		{"InvalidParameter.UserPrincipalName.Length", "Ims", of("Ims", long(65), "DisplayName", "x")},
		{"InvalidParameter.DisplayName.Length", "Ims", of("Ims", "alice", "DisplayName", long(25))},
		{"InvalidParameter.DisplayName.Length", "Ims", of("Ims", "alice", "DisplayName", "")},
		{"InvalidParameter.Tag", "Ims", of("Ims", "alice", "DisplayName", "x", "Tag.1.Key", "acs:x")},
		{"InvalidParameter.Tag", "Ims", of("Ims", "alice", "DisplayName", "x", "Tag.1.Key", "Aliyun-x")},
		{"InvalidParameter.Tag", "Ims", of("Ims", "alice", "DisplayName", "x", "Tag.1.Value", "x")},
		{"InvalidParameter.Tag", "Ims", of("Ims", "alice", "DisplayName", "x", "Tag.1.Key", "k", "Tag.1.Value", "see http://x")},
		{"EntityAlreadyExists.User", "Ims", of("Ims", "admin", "DisplayName", "x")},
	} {
		c.refused(test.code, test.product, "CreateUser", test.params...)
	}
	for code, params := range map[string][]string{
		"InvalidParameter.NewUserName.InvalidChars": {"NewUserName", "al ice"},
		"InvalidParameter.NewUserName.Length":       {"NewUserName", long(65)},
		"InvalidParameter.NewDisplayName.Length":    {"NewDisplayName", long(129)},
		"InvalidParameter.NewComments.Length":       {"NewComments", long(129)},
		"InvalidParameter.NewMobilePhone.Format":    {"NewMobilePhone", "x"},
		"InvalidParameter.NewEmail.Format":          {"NewEmail", "x"},
	} {
		c.refused(code, "Ram", "UpdateUser", append([]string{"UserName", "admin"}, params...)...)
	}
	equal(t, "users", len(s.defaultAccount().Users), 1)
}

func TestUpdateUser_refusedChangesNothing(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	s.ForgetCalls()
	c.refused("InvalidParameter.NewEmail.Format", "Ram", "UpdateUser", "UserName", "admin", "NewUserName", "boss", "NewComments", "x", "NewEmail", "x")
	equal(t, "comments", c.ok("Ram", "GetUser", "UserName", "admin").at("User.Comments"), "")
	equal(t, "history", len(s.History()), 0)
}

func TestCreateUser_quota(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		s.Change(func(a *Account) { a.Quotas.Users = 1 })
		admin(t, s).refused("LimitExceeded.User", product, "CreateUser", of(product, "alice", "DisplayName", "x")...)
	})
}

func TestListUsers_pages(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		inhabited(s, "alice", "bob", "carol", "dave")
		c := admin(t, s)
		items, pages := c.pages("Users.User", "DisplayName", product, "ListUsers", "MaxItems", "1000")
		equal(t, "users", column(items, "DisplayName"), []string{"admin", "alice", "bob", "carol", "dave"})
		equal(t, "pages", pages, 3)
		s.SetBehaviour(func(b *Behaviour) { b.PageCap = 0 })
		_, pages = c.pages("Users.User", "DisplayName", product, "ListUsers")
		equal(t, "pages without a cap", pages, 1)
		c.refused("InvalidParameter.MaxItems.Range", product, "ListUsers", "MaxItems", "1001")
	})
}

func TestListUsers_inRam(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Change(func(a *Account) { a.Users["admin"].Tags = map[string]string{"k": "v"} })
	user := admin(t, s).ok("Ram", "ListUsers").list("Users.User", "UserName")[0]
	for _, field := range []string{"Status", "Tags", "UserPrincipalName", "LastLoginDate", "ProvisionType"} {
		if _, there := user[field]; there {
			t.Errorf("Ram returns %s", field)
		}
	}
}

func TestListUsers_byStatusAndTag(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.PageCap = 0 }))
	inhabited(s, "alice", "bob", "carol")
	s.Change(func(a *Account) {
		a.Users["bob"].Status = "freeze"
		a.Users["alice"].Tags = map[string]string{"team": "red", "stage": "test"}
		a.Users["bob"].Tags = map[string]string{"team": "blue"}
	})
	c := admin(t, s)
	for _, test := range []struct {
		params []string
		want   []string
	}{
		{nil, []string{"admin", "alice", "carol"}},
		{[]string{"Status", "active"}, []string{"admin", "alice", "carol"}},
		{[]string{"Status", "freeze"}, []string{"bob"}},
		{[]string{"Status", "active,freeze"}, []string{"admin", "alice", "bob", "carol"}},
		{[]string{"Tag.1.Key", "team"}, []string{"alice", "bob"}},
		{[]string{"Tag.1.Key", "team", "Tag.1.Value", "red"}, []string{"alice"}},
		{[]string{"Tag.1.Key", "team", "Tag.1.Value", "red", "Tag.2.Key", "stage", "Tag.2.Value", "prod"}, []string{}},
	} {
		for action, path := range map[string]string{"ListUsers": "Users.User", "ListUserBasicInfos": "UserBasicInfos.UserBasicInfo"} {
			got := c.ok("Ims", action, test.params...)
			equal(t, fmt.Sprint(action, test.params), column(got.list(path, "DisplayName"), "DisplayName"), test.want)
		}
	}
	c.refused("InvalidParameter.Status", "Ims", "ListUsers", "Status", "asleep")
	c.refused("InvalidParameter.Status", "Ims", "ListUserBasicInfos", "Status", "active", "Tag.1.Key", "team")
}

func TestListUserBasicInfos(t *testing.T) {
	t.Parallel()
	s := New(t)
	got := admin(t, s).ok("Ims", "ListUserBasicInfos")
	equal(t, "truncated", got.at("IsTruncated"), false)
	equal(t, "infos", got.list("UserBasicInfos.UserBasicInfo", "UserId"), []reply{{
		"UserId": s.defaultAccount().Users["admin"].ID, "UserPrincipalName": "admin@" + defaultAccountID + domainSuffix,
		"DisplayName": "admin", "Status": "active",
	}})
}

func TestListUsers_XMLInRam(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.Ordered = true }))
	inhabited(s, "alice")
	c := admin(t, s)
	c.format = ""
	got := c.do("Ram", "ListUsers")
	var document struct {
		XMLName     xml.Name
		IsTruncated bool
		Names       []string `xml:"Users>User>UserName"`
	}
	if err := xml.Unmarshal([]byte(got.text), &document); err != nil {
		t.Fatalf("%s: %s", err, got.text)
	}
	equal(t, "root", document.XMLName.Local, "ListUsersResponse")
	equal(t, "users", document.Names, []string{"admin", "alice"})
}

func TestListUsers_empty(t *testing.T) {
	t.Parallel()
	got := admin(t, New(t)).ok("Ims", "ListUsers", "Status", "freeze")
	equal(t, "users", got.at("Users"), reply{"User": []any{}})
}

func TestDeleteUser_conflicts(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		inhabited(s, "alice")
		s.Change(func(a *Account) {
			user := a.Users["alice"]
			a.Groups["staff"] = &Group{Name: "staff"}
			user.Groups, user.Policies, user.MFASerial = []string{"staff"}, []string{"ReadOnlyAccess"}, "serial"
			user.Keys = []*AccessKey{{ID: "LTAIalicealicealice00001", Status: "Active"}}
			user.LoginProfile = &LoginProfile{Status: "Active"}
		})
		for _, step := range []struct {
			code    string
			removed func(*User)
		}{
			{"DeleteConflict.User.Group", func(u *User) { u.Groups = nil }},
			{"DeleteConflict.User.AccessKey", func(u *User) { u.Keys = nil }},
			{"DeleteConflict.User.LoginProfile", func(u *User) { u.LoginProfile = nil }},
			{"DeleteConflict.User.MFADevice", func(u *User) { u.MFASerial = "" }},
			{"DeleteConflict.User.Policy", func(u *User) { u.Policies = nil }},
		} {
			c.refused(step.code, product, "DeleteUser", of(product, "alice")...)
			s.Change(func(a *Account) { step.removed(a.Users["alice"]) })
		}
		c.ok(product, "DeleteUser", of(product, "alice")...)
		c.refused("EntityNotExist.User", product, "DeleteUser", of(product, "alice")...)
	})
}
