// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"testing"
)

// userSeeds are responses about users, and faulty variants of them.
var userSeeds = []string{
	``, `null`, `{}`, `{"User":null}`, `{"User":[]}`, `{"User":{"UserId":"7"}}`, `{"User":{"UserId":7,"UserPrincipalName":"@","Tags":{"Tag":null}}}`,
	`{"User":{"UserId":"7","UserName":"a","CreateDate":"99999999999999999999","Tags":{"Tag":[{"TagKey":1}]}}}`,
	`{"Users":{"User":[]},"IsTruncated":"true","Marker":7}`, `{"LoginProfile":{"Status":"Active","PasswordResetRequired":"true","MFABindRequired":null}}`,
	`{"AccessKey":{"AccessKeyId":"k"}}`, `{"AccessKeys":{"AccessKey":[{"AccessKeyId":"k","Status":"Active","CreateDate":"2026-01-12T08:08:54Z"},null]}}`,
	`{"AccessKeyLastUsed":{"LastUsedDate":-1}}`, `{"VirtualMFADevice":{"SerialNumber":"////"}}`, `{"VirtualMFADevices":{"VirtualMFADevice":[{"SerialNumber":"s","User":null}]}}`,
	`{"MFADevice":{}}`, `{"IsMFAEnable":true}`, `{"Groups":{"Group":[{}]}}`, `{"Policies":{"Policy":[{"PolicyType":"System"}]}}`,
}

// userDecoders decode the responses about users and their objects.
var userDecoders = map[string]decoder{
	"user": decodes(getUser, func(a *userResponse) { _ = a.User.user() }),
	"users": decodes(listUsers, func(a *usersResponse) {
		for _, said := range a.Users.User {
			_ = said.user()
		}
	}),
	"profile": decodes(getLoginProfile, func(a *loginProfileResponse) { _ = a.profile() }),
	"key":     decodes(createAccessKey, func(a *accessKeyResponse) { _ = a.AccessKey.key() }),
	"keys": decodes(listAccessKeys, func(a *accessKeysResponse) {
		for _, said := range *a.AccessKeys.AccessKey {
			_ = said.key()
		}
	}),
	"key's use": decodes(getAccessKeyLastUsed, nothing[accessKeyUseResponse]),
	"device":    decodes(createMFADevice, nothing[newMFADeviceResponse]),
	"devices": decodes(listMFADevices, func(a *mfaDevicesResponse) {
		for _, said := range a.VirtualMFADevices.VirtualMFADevice {
			_ = said.device()
		}
	}),
	"MFA":          decodes(getUserMFAInfo, func(a *userMFAResponse) { _ = a.mfa() }),
	"groups":       decodes(listGroupsForUser, nothing[userGroupsResponse]),
	"policies":     decodes(attachmentsOf[UserPrincipal].list, nothing[policiesResponse]),
	"all policies": decodes(listPolicies, nothing[allPoliciesResponse]),
	"group":        decodes(getGroup, func(a *groupResponse) { _ = a.Group.group() }),
	"all groups":   decodes(listGroups, nothing[groupsResponse]),
	"members":      decodes(listUsersForGroup, nothing[membersResponse]),
	"verification": decodes(getVerification, func(a *verificationResponse) { _ = a.verification() }),
}

// wholeUsers are tested with a complete call, one of them for each body. wrong reports that
// a faulty response was accepted.
var wholeUsers = []func(context.Context, *Client) (wrong bool, err error){
	func(ctx context.Context, c *Client) (wrong bool, err error) {
		for user, failed := range c.Users(ctx) {
			wrong, err = wrong || failed == nil && user.ID == "", failed
		}
		return wrong, err
	},
	func(ctx context.Context, c *Client) (bool, error) {
		key, err := c.CreateAccessKey(ctx, "a")
		return err == nil && (key.ID == "" || key.Secret == ""), err
	},
	func(ctx context.Context, c *Client) (bool, error) {
		keys, err := c.AccessKeys(ctx, "a")
		return err != nil && keys != nil, err
	},
	func(ctx context.Context, c *Client) (bool, error) {
		devices, err := c.MFADevices(ctx)
		return err != nil && devices != nil, err
	},
	func(ctx context.Context, c *Client) (bool, error) {
		device, err := c.CreateMFADevice(ctx, "a")
		return err == nil && device.Seed == "", err
	},
	func(ctx context.Context, c *Client) (bool, error) { return false, second(c.User(ctx, "a")) },
	func(ctx context.Context, c *Client) (bool, error) { return false, second(c.LoginProfile(ctx, "a")) },
	func(ctx context.Context, c *Client) (bool, error) {
		return false, second(c.AccessKeyLastUsed(ctx, "a", "k"))
	},
	func(ctx context.Context, c *Client) (bool, error) { return false, second(c.UserGroups(ctx, "a")) },
	func(ctx context.Context, c *Client) (bool, error) {
		return false, second(c.AttachedPolicies(ctx, Principal{UserPrincipal, "a"}))
	},
	func(ctx context.Context, c *Client) (bool, error) {
		group, err := c.Group(ctx, "g")
		return err == nil && (group.ID == "" || group.Name == ""), err
	},
	func(ctx context.Context, c *Client) (bool, error) {
		members, err := c.GroupMembers(ctx, "g")
		return err != nil && members != nil, err
	},
	func(ctx context.Context, c *Client) (bool, error) { return false, second(c.Verification(ctx, "a")) },
	func(ctx context.Context, c *Client) (bool, error) { // last, because a refusal may mean that there is no device
		return false, second(c.UserMFA(ctx, "a"))
	},
}

// FuzzUserResponse decodes arbitrary bodies with every decoder of users, and makes a complete
// call for one noun. None of them may panic or treat an error as a success, and a failed
// list is not a list (ROB-01).
func FuzzUserResponse(f *testing.F) {
	for at, body := range userSeeds {
		f.Add(uint(at), 200, body)
		f.Add(uint(at), 404, body)
	}
	plain := returning(f, 0, "", "")
	f.Fuzz(func(t *testing.T, which uint, status int, body string) {
		decoding(t, plain, userDecoders, status, "application/json", body)
		client := returning(t, status, "application/json", body)
		if _, err := client.caches.domain.get(t.Context(), "", func(context.Context) (string, error) { return "a.onaliyun.com", nil }); err != nil {
			t.Fatal(err)
		}
		at := which % uint(len(wholeUsers))
		wrong, err := wholeUsers[at](t.Context(), client)
		if wrong || err == nil && status/100 != 2 && at != uint(len(wholeUsers)-1) {
			t.Errorf("%d: HTTP %d, error %v", at, status, err)
		}
		var missing *MissingSecretError
		if err != nil && errors.As(err, &missing) && missing.ID == "" {
			t.Errorf("a key without an id lacks its secret: %v", err)
		}
	})
}
