// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

// Behaviour are the switches for what nobody says of the service, and for what it does on bad days.
// The zero value is the behaviour that this package assumes. Test with both.
type Behaviour struct {
	// OmittedPreferencesReset lets SetSecurityPreference put what the request leaves out back to its default, instead of keeping it.
	OmittedPreferencesReset bool
	// OmittedPoliciesReset lets SetPasswordPolicy do so. The texts are silent; the official provider needs "keep".
	OmittedPoliciesReset bool
	// IgnoreLongTermLogin accepts AllowUserLongTermLogin, and neither keeps nor answers it.
	IgnoreLongTermLogin bool
	// OlderFields hides what the service learnt after 2024: such parameters are ignored, such fields are absent.
	HideNewerFields bool

	// RewrittenMasks answers LoginNetworkMasks sorted, and a single address without its /32 or /128.
	NormalizeMasks bool
	// RefuseIPv6Masks refuses IPv6 in LoginNetworkMasks, of which no text speaks.
	RefuseIPv6Masks bool
	// VerificationTypesAsText answers them as one text in the list, the JSON that was sent, as a vendor's sample does.
	VerificationTypesAsText bool

	// AliasUnset is what GetAccountAlias answers when there is none: "" the account id, "not_found", "empty" or "absent".
	UnsetAliasAnswer string
	// AliasStands lets SetAccountAlias answer 409 while the account has another alias.
	AliasMustBeCleared bool
	// ShortAliases ends an alias at 32 characters, as its parameter's text does, instead of the 63 of the error's text.
	ShortAliasesOnly bool
	// ClearNeedsAlias lets ClearAccountAlias answer 404 when there is none.
	UnsetAliasClearNotFound bool

	// AbsentWhenEmpty leaves optional text fields without a value out, instead of answering "".
	OmitEmptyFields bool

	// LenientUserDeletion lets DeleteUser recycle a user with everything that hangs on it, instead of answering a conflict.
	LenientUserDeletion bool
	// RefuseAccountDomain refuses principal names of the form <name>@<account id>.onaliyun.com when there is an alias.
	RefuseAccountDomain bool
	// ReusableCodes accepts an MFA code a second time.
	AcceptUsedCodes bool
	// NoMFADevice is what GetUserMFAInfo answers for a user without one: "" by version (Ram 404, Ims IsMFAEnable=false),
	// "not_found" or "empty".
	UnboundMFAAnswer string

	// StaleReads lets that many reads of an account after each write answer as before that write.
	StaleReads int
	// StaleFor lets reads answer as of that long ago, by the server's clock.
	StaleFor time.Duration

	// PageCap is the most that one page holds, whatever the request asks for; 0: no cap.
	PageCap int
	// Ordered answers lists sorted. Otherwise they come in no promised order.
	Ordered bool

	// Quota enforces the published rates, per operation and account, in real time.
	EnforceRateLimits bool
	// ReadsPerSecond, WritesPerSecond and AttachesPerSecond replace the published 100, 20 and 10.
	ReadsPerSecond, WritesPerSecond, AttachesPerSecond int

	// SessionsOnServerClock lets temporary credentials expire by the server's clock, which [Server.Advance] moves.
	SessionsOnServerClock bool
	// OtherStatuses answers a wrong signature with 403 and an unknown key with 400, as other tables of the vendor have it.
	OtherStatuses bool
	// UnknownActionIsParameter answers an unknown action in the older form, InvalidParameter.
	UnknownActionIsParameter bool

	UserBehaviour
	NetworkBehaviour
	ReportBehaviour
}

// Behave changes the switches.
func (s *Server) SetBehaviour(f func(*Behaviour)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.behaviour)
}
