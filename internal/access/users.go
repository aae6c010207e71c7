// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// mostUsers is how many login profiles a check reads. Each takes a call.
const mostUsers = 200

// tooMany is the error for an account whose users are not read one by one.
type tooMany struct{}

func (tooMany) Error() string {
	return fmt.Sprintf("the account has more than %d users, and the provider does not read all of their login profiles", mostUsers)
}

// consoleUsers returns the users of the account that can log on to the console, with the factors that are wanted.
func consoleUsers(ctx context.Context, client *ram.Client, wanted Factors) ([]User, error) {
	names := []string{}
	devices := map[string]bool{}
	for user, err := range client.Users(ctx) {
		if err != nil {
			return nil, err
		}
		names = append(names, user.Name)
	}
	if len(names) > mostUsers {
		return nil, tooMany{}
	}
	if wanted.Device {
		list, err := client.RefreshMFADevices(ctx)
		if err != nil {
			return nil, err
		}
		for _, device := range list {
			devices[device.UserName] = true
		}
	}
	users := []User{}
	for _, name := range names {
		user, logsOn, err := consoleUser(ctx, client, name)
		switch {
		case ram.NotFound(err, "User"): // deleted since the list
			continue
		case err != nil:
			return nil, err
		case !logsOn:
			continue
		}
		if user.Factors.Device = devices[name]; !user.Factors.Device {
			if user.Factors, err = factorsOf(ctx, client, name, wanted); err != nil {
				return nil, err
			}
		}
		users = append(users, user)
	}
	return users, nil
}

// consoleUser reads the login profile of a user, and reports whether it lets the user log on.
func consoleUser(ctx context.Context, client *ram.Client, name string) (User, bool, error) {
	profile, err := client.LoginProfile(ctx, name)
	switch {
	case ram.NotFound(err, "User.LoginProfile"):
		return User{}, false, nil
	case err != nil:
		return User{}, false, err
	}
	user := User{Name: name, ResetPending: profile.PasswordResetRequired, MFARequired: profile.MFABindRequired, Age: unlimited}
	user.Initial, user.Valid, user.Expired = profile.PasswordStatus != "NotInitial", profile.PasswordStatus == "InitialValid", profile.PasswordStatus == "InitialExpired"
	if !profile.UpdateDate.IsZero() {
		now, _ := client.ServerNow()
		user.Unchanged = now.Sub(profile.UpdateDate)
	}
	return user, profile.Status != "Inactive", nil
}

// unlimited is the age of a password that may have any age.
const unlimited = time.Duration(math.MaxInt64)

// factorsOf reads the wanted second factors of one user.
func factorsOf(ctx context.Context, client *ram.Client, name string, wanted Factors) (f Factors, err error) {
	if wanted.Device {
		device, err := client.UserMFA(ctx, name)
		if err != nil {
			return f, err
		}
		f.Device = device.Enabled
	}
	if wanted.Phone || wanted.Email {
		addresses, err := client.Verification(ctx, name)
		if err != nil {
			return f, err
		}
		f.Phone, f.Email = addresses.Phone.Status == "active", addresses.Email.Status == "active"
	}
	if wanted.Passkey {
		passkeys, err := client.Passkeys(ctx, name)
		f.Passkey = len(passkeys) > 0
		return f, err
	}
	return f, nil
}

// accepted returns the factors that are accepted before or after a change.
func accepted(all []Transition) (f Factors) {
	for _, t := range all {
		for _, c := range []Console{t.Before, t.After} {
			f.Device, f.Passkey = true, f.Passkey || c.accepts(Factors{Passkey: true})
			f.Phone, f.Email = f.Phone || c.accepts(Factors{Phone: true}), f.Email || c.accepts(Factors{Email: true})
		}
	}
	return f
}
