// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"fmt"
	"testing"
	"time"
)

func keysOf(s *Server, name string) []*AccessKey { return s.defaultAccount().Users[name].Keys }

func TestCreateAccessKey_returnsTheSecretOnce(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s, c := still(t)
		inhabited(s, "alice")
		created := c.ok(product, "CreateAccessKey", of(product, "alice")...)
		key := Credential{
			AccessKeyID:     created.at("AccessKey.AccessKeyId").(string),
			AccessKeySecret: created.at("AccessKey.AccessKeySecret").(string),
		}
		equal(t, "made", created.at("AccessKey"), reply{
			"AccessKeyId": key.AccessKeyID, "AccessKeySecret": key.AccessKeySecret, "Status": "Active", "CreateDate": "2026-01-12T09:12:00Z",
		})
		if len(key.AccessKeyID) != 24 || len(key.AccessKeySecret) != 30 {
			t.Errorf("odd lengths: %q %q", key.AccessKeyID, key.AccessKeySecret)
		}
		want := reply{"AccessKeyId": key.AccessKeyID, "Status": "Active", "CreateDate": "2026-01-12T09:12:00Z"}
		if product == "Ims" {
			want["UpdateDate"] = "2026-01-12T09:12:00Z"
		}
		equal(t, "listed", c.ok(product, "ListAccessKeys", of(product, "alice")...).list("AccessKeys.AccessKey", "AccessKeyId"), []reply{want})
		alice := as(t, s, key)
		alice.signed = fixed
		equal(t, "caller", alice.ok("Sts", "GetCallerIdentity").at("Arn"), "acs:ram::"+defaultAccountID+":user/alice")
	})
}

func TestCreateAccessKey_enforcesTheQuota(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		inhabited(s, "alice")
		c.ok(product, "CreateAccessKey", of(product, "alice")...)
		c.ok(product, "CreateAccessKey", of(product, "alice")...)
		c.refused("LimitExceeded.User.AccessKey", product, "CreateAccessKey", of(product, "alice")...)
		s.Change(func(a *Account) { a.Quotas.AccessKeysPerUser = 3 })
		c.ok(product, "CreateAccessKey", of(product, "alice")...)
		equal(t, "keys", len(keysOf(s, "alice")), 3)
	})
}

func TestListAccessKeys_orderIsRandomByDefault(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	c.ok("Ram", "CreateAccessKey", "UserName", "alice")
	s.Advance(time.Minute)
	c.ok("Ram", "CreateAccessKey", "UserName", "alice")
	first := func() any {
		values, _ := c.ok("Ram", "ListAccessKeys", "UserName", "alice").at("AccessKeys.AccessKey").([]any)
		item, _ := values[0].(map[string]any)
		return item["AccessKeyId"]
	}
	oldest, newer := keysOf(s, "alice")[0].ID, 0
	for range 20 {
		if first() != oldest {
			newer++
		}
	}
	if newer == 0 || newer == 20 {
		t.Errorf("the newer key came first %d times of 20", newer)
	}
	s.SetBehaviour(func(b *Behaviour) { b.Ordered = true })
	for range 5 {
		equal(t, "first", first(), oldest)
	}
}

func TestAccessKeys_defaultToTheCaller(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		inhabited(s, "alice")
		alice, root, session := aliceOf(t, s), rootOf(t, s), sessionOf(t, s)

		created := alice.ok(product, "CreateAccessKey").at("AccessKey.AccessKeyId").(string)
		equal(t, "alice's", keysOf(s, "alice")[1].ID, created)
		equal(t, "listed", len(alice.ok(product, "ListAccessKeys").list("AccessKeys.AccessKey", "AccessKeyId")), 2)

		created = root.ok(product, "CreateAccessKey").at("AccessKey.AccessKeyId").(string)
		equal(t, "root's", s.defaultAccount().Keys[1].ID, created)
		root.refused("LimitExceeded.User.AccessKey", product, "CreateAccessKey")
		root.ok(product, "UpdateAccessKey", "UserAccessKeyId", created, "Status", "Inactive")
		root.ok(product, "DeleteAccessKey", "UserAccessKeyId", created)
		equal(t, "listed", len(root.ok(product, "ListAccessKeys").list("AccessKeys.AccessKey", "AccessKeyId")), 1)

		session.refused("Missing"+of(product, "x")[0], product, "ListAccessKeys")
		session.ok(product, "ListAccessKeys", of(product, "alice")...)
	})
}

func TestUpdateAccessKey_setsTheStatus(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		inhabited(s, "alice")
		c, alice := admin(t, s), aliceOf(t, s)
		id := alice.key.AccessKeyID
		set := func(status string) {
			c.ok(product, "UpdateAccessKey", of(product, "alice", "UserAccessKeyId", id, "Status", status)...)
		}
		set("Inactive")
		alice.refused("InvalidAccessKeyId.Inactive", "Sts", "GetCallerIdentity")
		set("Inactive")
		set("Active")
		alice.ok("Sts", "GetCallerIdentity")
		for code, params := range map[string][]string{
			"InvalidParameter.Status":       of(product, "alice", "UserAccessKeyId", id, "Status", "active"),
			"EntityNotExist.User.AccessKey": of(product, "alice", "UserAccessKeyId", "LTAInone", "Status", "Active"),
			"EntityNotExist.User":           of(product, "bob", "UserAccessKeyId", id, "Status", "Active"),
			"MissingUserAccessKeyId":        of(product, "alice", "Status", "Active"),
			"MissingStatus":                 of(product, "alice", "UserAccessKeyId", id),
		} {
			c.refused(code, product, "UpdateAccessKey", params...)
		}
		// The key of another user is not found, even if it exists.
		c.refused("EntityNotExist.User.AccessKey", product, "UpdateAccessKey", of(product, "admin", "UserAccessKeyId", id, "Status", "Inactive")...)
	})
}

func TestDeleteAccessKey_activeKey(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t, WithBehaviour(func(b *Behaviour) { b.RefuseDeletingActiveKeys = true }))
		inhabited(s, "alice")
		c, alice := admin(t, s), aliceOf(t, s)
		params := of(product, "alice", "UserAccessKeyId", alice.key.AccessKeyID)
		c.refused("DeleteConflict.User.AccessKey.Active", product, "DeleteAccessKey", params...)
		s.SetBehaviour(func(b *Behaviour) { b.RefuseDeletingActiveKeys = false })
		c.ok(product, "DeleteAccessKey", params...)
		alice.refused("InvalidAccessKeyId.NotFound", "Sts", "GetCallerIdentity")
		c.refused("EntityNotExist.User.AccessKey", product, "DeleteAccessKey", params...)
	})
}

func TestGetAccessKeyLastUsed(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s, c := still(t)
		inhabited(s, "alice")
		alice := aliceOf(t, s)
		alice.signed = fixed
		last := func() any {
			return c.ok(product, "GetAccessKeyLastUsed", of(product, "alice", "UserAccessKeyId", alice.key.AccessKeyID)...).at("AccessKeyLastUsed")
		}
		never, used := reply{"LastUsedDate": ""}, reply{"LastUsedDate": "2026-01-12T09:12:00Z"}
		if product == "Ims" {
			never["ServiceName"], used["ServiceName"] = "", "Sts"
		}
		equal(t, "never used", last(), never)
		s.SetBehaviour(func(b *Behaviour) { b.OmitEmptyFields = true })
		equal(t, "never used, absent", last(), reply{})
		alice.ok("Sts", "GetCallerIdentity")
		equal(t, "used", last(), used)
		c.refused("EntityNotExist.User.AccessKey", product, "GetAccessKeyLastUsed", of(product, "alice", "UserAccessKeyId", "LTAInone")...)
	})
}

func TestAccessKeys_missingUser(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		c := admin(t, New(t))
		for _, action := range []string{"CreateAccessKey", "ListAccessKeys"} {
			c.refused("EntityNotExist.User", product, action, of(product, "unknown")...)
		}
		for _, action := range []string{"DeleteAccessKey", "GetAccessKeyLastUsed"} {
			c.refused("EntityNotExist.User", product, action, of(product, "unknown", "UserAccessKeyId", "LTAInone")...)
		}
	})
}

func TestIdleCredentialsAreDisabled(t *testing.T) {
	t.Parallel()
	for _, stays := range []bool{false, true} {
		t.Run(fmt.Sprint(stays), func(t *testing.T) {
			t.Parallel()
			s, c := still(t, WithBehaviour(func(b *Behaviour) { b.KeepIdleCredentials = stays }))
			inhabited(s, "alice")
			aliceOf(t, s)
			s.Change(func(a *Account) {
				a.Preference.MaxIdleDaysForAccessKeys, a.Preference.MaxIdleDaysForUsers = 90, 180
				a.Users["alice"].LoginProfile = &LoginProfile{Status: "Active", CreateDate: s.now(), LastLogin: s.now()}
			})
			s.Advance(91 * 24 * time.Hour)
			equal(t, "in time", keysOf(s, "alice")[0].Status, "Active")
			c.ok("Sts", "GetCallerIdentity") // the administrator's own key is in use
			s.Advance(24 * time.Hour)
			profile, key, event := "Active", "Inactive", "system"
			if stays {
				key, event = "Active", "test"
			}
			equal(t, "key", keysOf(s, "alice")[0].Status, key)
			equal(t, "profile", s.defaultAccount().Users["alice"].LoginProfile.Status, profile)
			history := s.History()
			equal(t, "by", history[len(history)-1].Actor, event)
			if !stays {
				profile = "Inactive"
			}
			s.Advance(90 * 24 * time.Hour)
			equal(t, "profile later", s.defaultAccount().Users["alice"].LoginProfile.Status, profile)
		})
	}
}
