// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "fmt"

// Populate creates n users in the default account, user-0001 and so on, each with a login profile, two keys and a bound MFA
// device. It does not change existing users.
func (s *Server) Populate(n int) {
	s.Change(func(account *Account) {
		account.Quotas.Users = max(account.Quotas.Users, n+len(account.Users))
		account.Quotas.VirtualMFADevices = max(account.Quotas.VirtualMFADevices, n+len(account.MFADevices))
		for i := range n {
			if name := fmt.Sprintf("user-%04d", i+1); account.Users[name] == nil {
				s.addUser(account, name)
			}
		}
	})
}

func (s *Server) addUser(account *Account, name string) {
	now := s.now()
	user := &User{
		ID: s.newUserID(), Name: name, DisplayName: name, CreateDate: now, UpdateDate: now, ProvisionType: "Manual", Status: "active",
		LoginProfile: &LoginProfile{Password: s.newSecret() + "a1!", Status: "Active", CreateDate: now, UpdateDate: now, PasswordDate: now},
	}
	for range 2 {
		user.Keys = append(user.Keys, &AccessKey{ID: s.newKeyID(), Secret: s.newSecret(), Status: "Active", CreateDate: now, UpdateDate: now})
	}
	device := &MFADevice{
		Name: name, Serial: arn(account.ID, "mfa", name), Seed: s.newSeed(), CreateDate: now, ActivateDate: now, UserID: user.ID,
	}
	user.MFASerial = device.Serial
	account.MFADevices[device.Serial] = device
	account.Users[name] = user
}
