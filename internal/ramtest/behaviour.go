// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

// Behaviour has a switch for each behaviour of the service about which the sources are silent or disagree, and for the
// conditions under which the service responds. The zero value is what this package assumes. [Assumptions] lists the
// switches with their sources.
type Behaviour struct {
	// StaleReads is the number of reads of an account after each write that return the state from before that write.
	StaleReads int
	// PageCap limits the number of items on a page, whatever the request contains. 0: no limit.
	PageCap int
	// Ordered returns lists sorted instead of in random order.
	Ordered bool
	// EnforceRateLimits enforces the published rates, per operation and account, in real time.
	EnforceRateLimits bool
	// ReadsPerSecond, WritesPerSecond and AttachesPerSecond replace the published rates of 100, 20 and 10.
	ReadsPerSecond, WritesPerSecond, AttachesPerSecond int
	// SessionsOnServerClock makes temporary credentials expire by the server's clock, which [Server.Advance] moves.
	SessionsOnServerClock bool
	// CallerAddress is the address from which all calls arrive. Empty: network policies are stored but not enforced.
	CallerAddress string
	// CallerVPC is the id of the VPC through which the calls arrive. Empty: they arrive from the internet.
	CallerVPC string
	// MissingFields is a comma-separated list of fields that no response contains.
	MissingFields string
	// MissingOperations is a comma-separated list of operations that the service does not have, as on some of its sites.
	MissingOperations string

	// KeepOmittedPreferences keeps the values that SetSecurityPreference does not pass, instead of resetting them.
	KeepOmittedPreferences bool
	// KeepOmittedPolicies keeps the values that SetPasswordPolicy does not pass.
	KeepOmittedPolicies bool
	// KeepOmittedSsoSettings keeps the values that SetUserSsoSettings does not pass.
	KeepOmittedSsoSettings bool
	// IgnoreLongTermLogin accepts AllowUserLongTermLogin, and neither stores nor returns it.
	IgnoreLongTermLogin bool
	// HideNewerFields ignores the parameters and leaves out the fields that the service added after 2024.
	HideNewerFields bool
	// HidePublicKeys omits AllowUserToManagePublicKeys from responses and ignores it in requests. It is documented for the
	// Japan site.
	HidePublicKeys bool
	// NormalizeMasks returns LoginNetworkMasks sorted, and single addresses without /32 or /128.
	NormalizeMasks bool
	// RefuseIPv6Masks refuses IPv6 in LoginNetworkMasks.
	RefuseIPv6Masks bool
	// LongMasks accepts up to 200 entries in LoginNetworkMasks and any length, as the console page of 2026 says.
	LongMasks bool
	// AcceptMaskSeparators accepts blanks and commas between masks, as the console page of 2026 says.
	AcceptMaskSeparators bool
	// VerificationTypesAsText returns VerificationTypes as one string with JSON in the list, as a vendor's sample does.
	VerificationTypesAsText bool
	// EmptySsoTextKeepsValue makes an empty MetadataDocument or AuxiliaryDomain change nothing, instead of clearing the
	// value.
	EmptySsoTextKeepsValue bool

	// UnsetAliasResponse is what GetAccountAlias returns without an alias: "" the account id, "not_found", "empty" or "absent".
	UnsetAliasResponse string
	// AliasMustBeCleared makes SetAccountAlias return 409 while the account has another alias.
	AliasMustBeCleared bool
	// RefuseClearingNoAlias makes ClearAccountAlias return 404 for an account without an alias.
	RefuseClearingNoAlias bool
	// ShortAliasesOnly limits an alias to 32 characters, as the text of the parameter says, instead of the 63 of the error text.
	ShortAliasesOnly bool

	// OmitEmptyFields omits optional text fields without a value, instead of returning "".
	OmitEmptyFields bool
	// OmitEmptyLists omits lists of objects without items, instead of returning an empty list.
	OmitEmptyLists bool
	// ShortEntityCodes returns EntityNotExist.LoginProfile instead of EntityNotExist.User.LoginProfile, and likewise for
	// the other objects of a user.
	ShortEntityCodes bool
	// OmitIsTruncated omits IsTruncated from the responses of lists. A page that is not the last still has a Marker.
	OmitIsTruncated bool
	// UnpublishedCodes returns EntityNotExist for a missing login profile, and codes of another kind for a missing service
	// credential, security address and passkey, and for a key and a user that are not in the recycle bin.
	UnpublishedCodes bool
	// OlderUnknownActions returns InvalidParameter for an action that does not exist, instead of InvalidApi.NotFound.
	OlderUnknownActions bool
	// SwapStatuses returns 403 for a wrong signature and 400 for an unknown key, as other tables of the vendor do.
	SwapStatuses bool

	// UserConflicts are the dependants that prevent DeleteUser: "" all of them, "documented" only groups and policies,
	// "none" none.
	UserConflicts string
	// CredentialsConflict makes service credentials prevent DeleteUser as well.
	CredentialsConflict bool
	// PasskeysConflict makes passkeys prevent DeleteUser as well.
	PasskeysConflict bool
	// RefuseDeletingActiveCredentials makes DeleteServiceCredential refuse an active service credential.
	RefuseDeletingActiveCredentials bool
	// UniqueCredentialNames refuses a second service credential of a user with the same name for the same service.
	UniqueCredentialNames bool
	// HideExpiredCredentials omits expired service credentials from responses.
	HideExpiredCredentials bool
	// RefuseAccountDomain refuses principal names of the form <name>@<account id>.onaliyun.com when the account has an alias.
	RefuseAccountDomain bool
	// IgnoreContacts accepts Email and MobilePhone of a user and does not store them, as a site other than China's may.
	IgnoreContacts bool
	// RefuseClearing refuses an empty NewComments, NewEmail or NewMobilePhone in Ims.
	RefuseClearing bool
	// IgnoreClearing accepts an empty NewComments, NewEmail or NewMobilePhone in Ims and keeps the value.
	IgnoreClearing bool
	// EchoContacts returns the Email and MobilePhone of a request in its response, and stores neither.
	EchoContacts bool
	// EchoClearing is IgnoreClearing, and returns the value as cleared in the response.
	EchoClearing bool
	// LowerCaseStatuses returns the status of keys, service credentials and login profiles in lower case.
	LowerCaseStatuses bool
	// NormalizeEmails returns the e-mail address of a user in lower case.
	NormalizeEmails bool
	// AcceptAnyTagValue accepts tag values that begin with acs: or contain a URL.
	AcceptAnyTagValue bool
	// RefuseAbsentTags makes UntagResources return 404 for a tag that the object does not have, and remove none.
	RefuseAbsentTags bool
	// LastLoginInMilliseconds returns LastLoginDate in ListUsers of Ims as one of the vendor's samples does.
	LastLoginInMilliseconds bool
	// CaseSensitivePolicies distinguishes policies whose names differ only in case.
	CaseSensitivePolicies bool
	// ListResourceGroupPolicies returns policies that are attached in a resource group in ListPoliciesForUser, -Group and -Role.
	ListResourceGroupPolicies bool

	// PasswordOptional makes CreateLoginProfile accept a request without Password, which one source lists as optional.
	PasswordOptional bool
	// ShowMandatoryMFA returns MFABindRequired=true for all users while the account's MFAOperationForLogin is mandatory.
	ShowMandatoryMFA bool
	// HideInactiveProfiles makes Ram, which has no Status, return 404 for an inactive login profile.
	HideInactiveProfiles bool
	// ResetPasswordsInitial makes a password that UpdateLoginProfile sets an initial one. Otherwise a password is initial
	// only when the profile is created or console logon is enabled again.
	ResetPasswordsInitial bool
	// DeleteProfileUnbindsMFA unbinds a user's MFA device when the login profile is deleted.
	DeleteProfileUnbindsMFA bool
	// RestoreLogonActive restores a user's login profile as Active.
	RestoreLogonActive bool
	// RestoreTakenName is what RestoreUserFromRecycleBin does if another user has the name: "" it returns
	// EntityAlreadyExists.User, "conflict" it returns another code, "renamed" it gives the restored user another name.
	RestoreTakenName string

	// RefuseDeletingActiveKeys makes DeleteAccessKey refuse an active key, as the console does.
	RefuseDeletingActiveKeys bool
	// RefuseSameKeyStatus makes UpdateAccessKey refuse the status that the key has.
	RefuseSameKeyStatus bool
	// RestoreKeysActive restores keys as Active.
	RestoreKeysActive bool
	// RestoreKeysWithoutPolicy restores keys without their network policy.
	RestoreKeysWithoutPolicy bool
	// KeepIdleCredentials does not disable credentials that are unused for MaxIdleDays when the data clock moves.
	KeepIdleCredentials bool

	// UnsetKeyPolicyNotFound returns EntityNotExist.AccessKeyPolicy for a key without a policy, instead of the document {}.
	UnsetKeyPolicyNotFound bool
	// UnsetAccountPolicyNotFound returns EntityNotExist.AccessKeyPolicy for an account without a policy, instead of the document {}.
	UnsetAccountPolicyNotFound bool
	// NormalizeKeyPolicies returns a policy with its addresses sorted and /32 and /128 removed.
	NormalizeKeyPolicies bool
	// AddressesPerStatement applies the quota of addresses to each statement, instead of to the whole policy.
	AddressesPerStatement bool
	// AcceptUnknownStatements accepts statements of an undocumented type, and stores undocumented fields of a policy.
	AcceptUnknownStatements bool
	// InactiveKeyPolicyOverrides makes a key's inactive policy override the account's policy, as an active policy does.
	InactiveKeyPolicyOverrides bool

	// AcceptUnbindingNothing makes UnbindMFADevice and DisableVirtualMFA accept a user without a device, instead of returning
	// 404.
	AcceptUnbindingNothing bool
	// AcceptUsedCodes accepts an MFA code a second time.
	AcceptUsedCodes bool
	// RefuseOlderCodes accepts MFA codes of the previous and the present step only.
	RefuseOlderCodes bool
	// UnboundMFAResponse is what GetUserMFAInfo returns for a user without a device: "" by version (Ram 404, Ims
	// IsMFAEnable=false), "not_found", "empty", "absent" or "null".
	UnboundMFAResponse string

	// PhoneAsNumbers returns a security phone's AreaCode and PhoneNumber as numbers, as one of the vendor's samples does.
	PhoneAsNumbers bool
	// VerificationNotFound makes GetVerificationInfo return 404 for a user without a security phone number and e-mail
	// address.
	VerificationNotFound bool

	// ReportPolls is the number of further calls until a report is complete. 0: one; negative: it is complete at once.
	ReportPolls int
	// RefuseEarlyReports refuses another credential report within four hours, instead of returning COMPLETED.
	RefuseEarlyReports bool
	// UnlimitedReports creates credential reports for more than 3500 users.
	UnlimitedReports bool
	// MissingReportEmpty returns an empty response for a report that does not exist, instead of 404.
	MissingReportEmpty bool
	// ReportInBase32 encodes credential reports as the vendor's sample does.
	ReportInBase32 bool
	// HeaderOnFirstPageOnly returns the names of the columns on the first page of a credential report only.
	HeaderOnFirstPageOnly bool
	// ExtraReportColumns adds undocumented columns to credential reports.
	ExtraReportColumns bool
	// ShowLoginDisabled returns LOGIN_DISABLED in credential reports for users whose console logon is inactive.
	ShowLoginDisabled bool
	// PasswordExistFalse returns FALSE as password_exist of users without a login profile, instead of N/A.
	PasswordExistFalse bool
}

// SetBehaviour changes the switches.
func (s *Server) SetBehaviour(f func(*Behaviour)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.behaviour)
}
