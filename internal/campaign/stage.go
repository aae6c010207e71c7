// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"slices"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/provider"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// What is in every account before a run, and is nobody's to touch but its owner's.
const (
	accountID  = "1234567890123456"
	adminKey   = "LTAIAdminAdminAdminAdmin"
	aliceKey   = "LTAIAliceAliceAliceAlice"
	strayKey   = "LTAIStrayStrayStrayStray"
	foreignKey = "LTAIForeignForeignForeig" // that somebody else makes meanwhile
	bobKey     = "LTAIBobBobBobBobBobBobBo"
	aliceID    = "200000000000000001"
	bobID      = "200000000000000002"
	phoneName  = "phone"
	phone      = "acs:ram::" + accountID + ":mfa/phone"
	tablet     = "acs:ram::" + accountID + ":mfa/tablet"
	phoneSeed  = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

	minute = time.Minute
	day    = 24 * time.Hour

	idpMetadata = `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/" ID="one">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/>
</md:EntityDescriptor>
`
	oldKeyPolicy = `{"Version":1,"Status":"Inactive","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24","198.51.100.7"]}]}`
)

// inhabited is an account in use: people, their keys and devices, and settings that somebody chose.
func populatedAccount(now time.Time) *ramtest.Account {
	a, old := ramtest.NewAccount(accountID), now.Add(-400*day).Truncate(time.Second)
	person := func(id, name string, keys ...string) {
		u := &ramtest.User{ID: id, Name: name, DisplayName: name, Status: "active", ProvisionType: "Manual", CreateDate: old, UpdateDate: old}
		for _, key := range keys {
			u.Keys = append(u.Keys, &ramtest.AccessKey{ID: key, Secret: "s3cretOf" + key[4:16] + "Xq9Zk1vB", Status: "Active", CreateDate: old, UpdateDate: old, LastUsed: now.Add(-day).Truncate(time.Second)})
		}
		a.Users[name] = u
	}
	person("200000000000000000", "admin", adminKey)
	person(aliceID, "alice")
	person(bobID, "bob", bobKey)
	a.Users["bob"].LoginProfile = &ramtest.LoginProfile{Password: "Bobs-0wn-Passw0rd-7", Status: "Active", CreateDate: old, UpdateDate: old, PasswordDate: old}
	a.MFADevices[tablet] = &ramtest.MFADevice{Name: "tablet", Serial: tablet, Seed: "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U", CreateDate: old, ActivateDate: old, UserID: "200000000000000000"}
	a.Users["admin"].MFASerial = tablet
	a.Preference.LoginNetworkMasks, a.Preference.LoginSessionDuration, a.Preference.VerificationTypes = "203.0.113.0/24;198.51.100.7", 24, []string{"sms"}
	a.Policy.MinimumPasswordLength, a.Policy.RequireNumbers, a.Policy.PasswordReusePrevention = 10, true, 3
	a.AccessKeyPolicy = oldKeyPolicy
	a.UserSso.AuxiliaryDomain, a.UserSso.MetadataDocument, a.UserSso.LoginWithDomain = "old.example.com", idpMetadata, false
	return a
}

// giveKey gives a user one more key.
func giveKey(a *ramtest.Account, user, id string, made time.Time) {
	u := a.Users[user]
	u.Keys = append(u.Keys, &ramtest.AccessKey{ID: id, Secret: "s3cretOf" + id[4:16] + "Xq9Zk1vB", Status: "Active", CreateDate: made, UpdateDate: made})
}

// lose takes a device away, and unbinds it.
func deleteDevice(a *ramtest.Account, serial string) {
	delete(a.MFADevices, serial)
	for _, user := range a.Users {
		if user.MFASerial == serial {
			user.MFASerial = ""
		}
	}
}

// stage is one account with one clock, on which runs follow each other.
type environment struct {
	ctx     context.Context
	end     context.CancelFunc
	base    *acctest.Driver
	srv     *ramtest.Server
	clock   *acctest.Clock
	skew    time.Duration // of the provider's clock against the service's
	secrets []string      // that the configuration holds
	initial *ramtest.Account
}

// newStage starts a service with the account of a working day.
func newEnvironment(ctx context.Context, base *acctest.Driver, arrange func(*ramtest.Account)) (*environment, error) {
	account := populatedAccount(time.Now())
	if arrange != nil {
		arrange(account)
	}
	return openEnvironment(ctx, base, ramtest.State{Accounts: []*ramtest.Account{account}}, 7, worstCase)
}

// unkind is how the service is where nobody says how it is.
func worstCase(b *ramtest.Behaviour) {
	b.PageCap = 2
	b.OmittedPreferencesReset, b.OmittedPoliciesReset, b.OmittedSsoSettingsReset = true, true, true
	b.KeepIdleCredentials, b.RefuseDeletingActiveKeys = true, true
}

// openStage starts a service that goes on from a state. Another seed draws other ids and secrets.
func openEnvironment(ctx context.Context, base *acctest.Driver, from ramtest.State, seed uint64, behave func(*ramtest.Behaviour)) (*environment, error) {
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.WithState(from), ramtest.Seed(seed), ramtest.Strict(), ramtest.WithBehaviour(behave))
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(ctx)
	s := &environment{ctx: ctx, end: end, base: base, srv: srv, clock: acctest.NewClock(from.Advanced, srv.Advance)}
	s.initial = s.account()
	return s, nil
}

// close ends the service, and the contexts that the provider's server keeps for a Ctrl-C.
func (s *environment) close() {
	s.end()
	s.srv.Close()
}

// run is a provider of its own, as every run of a CLI has one.
func (s *environment) newDriver() (*driver, error) {
	return newDriver(s.ctx, s.base, s.srv.Getenv, provider.WithClock(s.clock.Skewed(s.skew), s.clock.Pause))
}

// account is a copy of what the service holds.
func (s *environment) account() (copied *ramtest.Account) {
	s.srv.Change(func(a *ramtest.Account) { copied = a.Clone() })
	return copied
}

// calm ends all faults.
func (s *environment) endFaults() error {
	s.skew = 0
	s.srv.SetSkew(0)
	s.srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 0 })
	return s.srv.SetSchedule(ramtest.Schedule{})
}

// credentials are all secrets that there are: of the account, then and now, and of the configuration.
func (s *environment) secretsOf(accounts ...*ramtest.Account) []string {
	all := slices.Clone(s.secrets)
	add := func(secret string) {
		if secret != "" && !slices.Contains(all, secret) {
			all = append(all, secret)
		}
	}
	for _, a := range accounts {
		for _, user := range a.Users {
			for _, key := range user.Keys {
				add(key.Secret)
			}
			if user.LoginProfile != nil {
				add(user.LoginProfile.Password)
			}
		}
		for _, key := range a.RecycledKeys {
			add(key.Key.Secret)
		}
		for _, device := range a.MFADevices {
			add(device.Seed)
		}
	}
	return all
}
