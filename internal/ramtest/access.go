// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// This file decides whether a logon or a call is allowed, from the documented rules and the state of an account alone.
// Tests of the lock-out checks compare the provider's decisions with it.

// Access is a decision about a logon or a call, with the reason for a refusal.
type Access struct {
	Allowed bool
	Reason  string // of the refusal
}

func denied(reason string) Access { return Access{Reason: reason} }

// Origin is the network origin of a request.
type Origin struct {
	Address string // empty: unknown, so no address list is enforced
	VPC     string // id of the VPC through which the request arrives; empty: the internet
}

// APIAccess decides whether a call that is signed with a long-lived AccessKey is allowed. An active policy of the key takes
// precedence over the policy of the account. (documented) An inactive policy of the key is ignored. (assumed;
// Behaviour.InactiveKeyPolicyOverrides).
func (a *Account) APIAccess(keyID string, from Origin, b Behaviour) Access {
	key, _ := a.KeyByID(keyID)
	switch {
	case key == nil:
		return denied("the AccessKey does not exist")
	case key.Status != "Active":
		return denied("the AccessKey is inactive")
	}
	if own, set := enforced(key.Policy); own != nil || set && b.InactiveKeyPolicyOverrides {
		return own.access(from, "the policy of the AccessKey")
	}
	ofAccount, _ := enforced(a.AccessKeyPolicy)
	return ofAccount.access(from, "the policy of the account")
}

// enforced returns the policy of a document if it is active. set reports whether there is a document.
func enforced(document string) (policy *networkPolicy, set bool) {
	if document == "" {
		return nil, false
	}
	read, ok := readNetworkPolicy(document, false)
	if !ok || read.Status != "Active" {
		return nil, true
	}
	return &read, true
}

// access checks the lists of the network through which a call arrives. A statement that denies takes precedence. Without a
// list for that network the call is allowed. (assumed, both)
func (p *networkPolicy) access(from Origin, name string) Access {
	address, err := netip.ParseAddr(from.Address)
	if p == nil || err != nil {
		return Access{Allowed: true}
	}
	kind := "ClassicWhiteList"
	if from.VPC != "" {
		kind = "VPCWhiteList"
	}
	listed, allowed := false, false
	for _, statement := range p.Statements {
		if statement.Type != kind {
			continue
		}
		covers := statement.covers(address, from.VPC)
		if strings.EqualFold(statement.Effect, "Deny") {
			if covers {
				return denied(name + " denies the address")
			}
			continue
		}
		listed, allowed = true, allowed || covers
	}
	if listed && !allowed {
		return denied(name + " does not list the address")
	}
	return Access{Allowed: true}
}

func (s networkStatement) covers(address netip.Addr, vpc string) bool {
	if s.Type == "VPCWhiteList" {
		if s.Value != "AllowAllVPC" && s.Value != vpc {
			return false
		}
		if len(s.IPList) == 0 {
			return true
		}
	}
	return slices.ContainsFunc(s.IPList, func(text string) bool { return within(text, address) })
}

// within reports whether a text contains an address. The text is an address, a CIDR block, possibly with host bits, or a
// range with a hyphen, which a console may have stored.
func within(text string, address netip.Addr) bool {
	text = strings.TrimSpace(text)
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked().Contains(address)
	}
	if low, high, ok := strings.Cut(text, "-"); ok {
		first, err1 := netip.ParseAddr(strings.TrimSpace(low))
		last, err2 := netip.ParseAddr(strings.TrimSpace(high))
		return err1 == nil && err2 == nil && first.Compare(address) <= 0 && address.Compare(last) <= 0
	}
	one, err := netip.ParseAddr(text)
	return err == nil && one == address
}

// fromAllowedNetwork reports whether the network policies allow the caller. They do not apply to temporary credentials.
// (documented) The caller's origin is Behaviour.CallerAddress and Behaviour.CallerVPC.
func (r *request) fromAllowedNetwork() bool {
	if r.caller.key == nil {
		return true
	}
	b := r.server.behaviour
	return r.account.APIAccess(r.caller.accessKeyID, Origin{b.CallerAddress, b.CallerVPC}, b).Allowed
}

// Logon is a console logon of a RAM user.
type Logon struct {
	UserName string
	Address  string // empty: unknown, so the logon masks are not enforced
	At       time.Time
	Password string // empty: the correct password
	NameID   string // name that the identity provider sends for an SSO logon; empty: a logon with the password
	MFA      bool   // the user has the bound device
	Phone    bool   // the user can receive codes on the security phone
	Email    bool   // the user can receive codes at the security e-mail address
	Passkey  bool   // the user has the passkey
}

// ConsoleAccess decides whether a RAM user can log on to the console. (documented, unless a comment says otherwise)
func (a *Account) ConsoleAccess(logon Logon) Access {
	user := a.Users[logon.UserName]
	switch {
	case user == nil:
		return denied("the user does not exist")
	case user.Status == "freeze":
		return denied("the user is frozen")
	case !a.masksAllow(logon.Address):
		return denied("the logon masks do not contain the address")
	case a.UserSso.Enabled:
		return a.ssoAccess(user, logon)
	case logon.NameID != "":
		return denied("single sign-on is not enabled")
	case user.LoginProfile == nil:
		return denied("the user has no login profile")
	case user.LoginProfile.Status == "Inactive":
		return denied("console logon of the user is inactive")
	}
	if access := a.passwordAccess(user.LoginProfile, logon); !access.Allowed {
		return access
	}
	return a.factorAccess(user, logon)
}

// masksAllow reports whether the logon masks allow an address. They apply to logon with a password and with SSO. Masks may
// have every separator that the console allows.
func (a *Account) masksAllow(text string) bool {
	masks := splitMasks(a.Preference.LoginNetworkMasks)
	address, err := netip.ParseAddr(text)
	return len(masks) == 0 || err != nil || slices.ContainsFunc(masks, func(mask string) bool { return within(mask, address) })
}

// ssoAccess decides about an SSO logon. While SSO is enabled, RAM users cannot log on with a password. NameID has the
// suffix of the default or the auxiliary domain, or is the user name if SsoLoginWithDomain is false. (assumed) The metadata
// must describe an identity provider. The identity provider checks password and MFA.
func (a *Account) ssoAccess(user *User, logon Logon) Access {
	if logon.NameID == "" {
		return denied("single sign-on is enabled, so passwords are not accepted")
	}
	if !strings.Contains(a.UserSso.MetadataDocument, "IDPSSODescriptor") {
		return denied("the metadata do not describe an identity provider")
	}
	names := []string{user.Name}
	if a.UserSso.LoginWithDomain {
		names = []string{user.Name + "@" + a.Domain(), user.Name + "@" + a.ID + domainSuffix}
		if a.UserSso.AuxiliaryDomain != "" {
			names = append(names, user.Name+"@"+a.UserSso.AuxiliaryDomain)
		}
	}
	if !slices.Contains(names, logon.NameID) {
		return denied("the NameID does not match a user")
	}
	return Access{Allowed: true}
}

// passwordAccess decides about the password. Only an administrator can reset an expired initial password, or any expired
// password under HardExpiry. A password that must be changed at logon needs AllowUserToChangePassword (assumed: otherwise
// the console does not continue).
func (a *Account) passwordAccess(profile *LoginProfile, logon Logon) Access {
	if logon.Password != "" && logon.Password != profile.Password {
		return denied("the password is wrong")
	}
	policy := a.Policy
	expired := expiredAfter(profile, policy.MaxPasswordAge, logon.At)
	switch {
	case profile.PasswordInitial && expiredAfter(profile, policy.InitialPasswordAge, logon.At):
		return denied("the initial password has expired")
	case expired && policy.HardExpiry:
		return denied("the password has expired, and only an administrator can reset it")
	case (expired || profile.PasswordResetRequired) && !a.Preference.AllowUserToChangePassword:
		return denied("the password must be changed, and users may not change it")
	}
	return Access{Allowed: true}
}

// expiredAfter reports whether the password is older than days; 0 means that it never expires.
func expiredAfter(profile *LoginProfile, days int, at time.Time) bool {
	return days > 0 && at.After(profile.PasswordDate.AddDate(0, 0, days))
}

// factorAccess decides about MFA. It is required for all users with "mandatory", by the login profile with "independent",
// and if a device is bound. Adaptive MFA is required for risky logons only, which the fake does not model. A user without a
// factor binds one at logon, if users may.
func (a *Account) factorAccess(user *User, logon Logon) Access {
	p := a.Preference
	required := p.MFAOperationForLogin == "mandatory" || user.MFASerial != "" ||
		p.MFAOperationForLogin == "independent" && user.LoginProfile.MFABindRequired
	if !required {
		return Access{Allowed: true}
	}
	factors := []struct{ exists, atHand bool }{
		{user.MFASerial != "", logon.MFA},
		{user.SecurityPhone.Status == "active" && slices.Contains(p.VerificationTypes, "sms"), logon.Phone},
		{user.SecurityEmail.Status == "active" && slices.Contains(p.VerificationTypes, "email"), logon.Email},
		{len(user.Passkeys) > 0 && p.AllowUserToLoginWithPasskey, logon.Passkey},
	}
	bound := false
	for _, factor := range factors {
		if factor.exists && factor.atHand {
			return Access{Allowed: true}
		}
		bound = bound || factor.exists
	}
	if !bound && p.AllowUserToManageMFADevices {
		return Access{Allowed: true}
	}
	if bound {
		return denied("the user does not have the second factor available")
	}
	return denied("MFA is required, the user has no factor, and users may not bind one")
}
