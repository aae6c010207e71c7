// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"math/rand/v2"
	"reflect"
)

// Assumption is a behaviour of the service about which the sources are silent or disagree. A switch of [Behaviour] selects
// the other side.
type Assumption struct {
	Switch   string // name of the field of Behaviour
	Subject  string // behaviour of the fake with the zero value
	Sourcing string // documented, observed or assumed
	Source   string
	Other    []any  // values of the other side; empty: true
	Test     string // a test of the provider or its client that runs with the other side
}

// The sourcing of an assumption.
const (
	isDocumented = "documented"
	isObserved   = "observed"
	isAssumed    = "assumed"
)

// Assumptions returns every assumption that [Behaviour] can switch to the other side.
func Assumptions() []Assumption {
	return []Assumption{
		{"KeepOmittedPreferences", "SetSecurityPreference resets what it does not pass", isObserved, "official provider, July 2026, for masks and session", nil, "TestSetting_unmanagedValuesAreNeverChanged"},
		{"KeepOmittedPolicies", "SetPasswordPolicy resets what it does not pass", isAssumed, "by analogy; the reference is silent", nil, "TestSetting_unmanagedValuesAreNeverChanged"},
		{"KeepOmittedSsoSettings", "SetUserSsoSettings resets what it does not pass", isAssumed, "by analogy; the reference is silent", nil, "TestSetting_unmanagedValuesAreNeverChanged"},
		{"IgnoreLongTermLogin", "AllowUserLongTermLogin is stored and returned", isObserved, "SDK v1.63.107", nil, "TestSecurityPreference_longTermLoginOnlyIfSet"},
		{"HideNewerFields", "fields that were added after 2024 exist", isDocumented, "SDKs of July 2026", nil, "TestFault_warnsOfAFieldThatTheServiceIgnores"},
		{"HidePublicKeys", "AllowUserToManagePublicKeys exists on every site", isAssumed, "the reference names the Japan site", nil, "TestOtherSide_publicKeys"},
		{"NormalizeMasks", "logon masks are returned as they were set", isAssumed, "no source", nil, "TestOtherSide_masks"},
		{"RefuseIPv6Masks", "logon masks may be IPv6", isAssumed, "the console page names IPv4", nil, "TestOtherSide_masks"},
		{"LongMasks", "at most 40 logon masks and 512 characters", isDocumented, "API reference; the console page of 2026 says 200", nil, "TestOtherSide_masks"},
		{"AcceptMaskSeparators", "logon masks are separated by semicolons only", isDocumented, "API reference; the console page of 2026 names blanks and commas", nil, "TestOtherSide_masks"},
		{"VerificationTypesAsText", "VerificationTypes is a list of strings", isObserved, "SDK and official provider; a sample has one string", nil, "TestOtherSide_masks"},
		{"EmptySsoTextKeepsValue", "an empty SSO text clears the value", isAssumed, "no source", nil, "TestUserSso_everyZeroIsSent"},

		{"UnsetAliasResponse", "GetAccountAlias returns the account id without an alias", isAssumed, "no source", []any{"not_found", "empty", "absent"}, "TestAccountAlias_lifecycle"},
		{"AliasMustBeCleared", "an alias can be overwritten", isObserved, "official provider; an error text says otherwise", nil, "TestAccountAlias_isClearedOnlyIfConfigured"},
		{"RefuseClearingNoAlias", "an alias that does not exist can be cleared", isAssumed, "no source", nil, "TestAccountAlias_isClearedByAnotherClient"},
		{"ShortAliasesOnly", "an alias has at most 63 characters", isDocumented, "error table; the parameter text says 32", nil, "TestOtherSide_longAliases"},

		{"OmitEmptyFields", "optional texts without a value are \"\"", isObserved, "vendor samples show both", nil, "TestUserSso_data"},
		{"OmitEmptyLists", "an empty list is present", isObserved, "third-party tools and official provider", nil, "TestOtherSide_emptyListsAreLeftOut"},
		{"OmitIsTruncated", "a list says whether it is truncated", isDocumented, "API reference; ListPoliciesForUser and ListPasskeys have no such field", nil, "TestOtherSide_listsThatDoNotSayThatTheyEnd"},
		{"ShortEntityCodes", "EntityNotExist.User.LoginProfile and kin", isDocumented, "error tables of 2018 and 2021; public clients match both", nil, "TestOtherSide_shortCodesOfMissingObjects"},
		{"UnpublishedCodes", "EntityNotExist.User.ServiceCredential and kin", isAssumed, "Ims publishes no codes; those of Ram have a kind", nil, "TestOtherSide_codesThatAreNotPublished"},
		{"OlderUnknownActions", "an unknown action is InvalidApi.NotFound", isDocumented, "two tables of the vendor disagree", nil, "TestOtherSide_operationsThatASiteLacks"},
		{"SwapStatuses", "400 for a wrong signature, 404 for an unknown key", isDocumented, "two tables of the vendor disagree", nil, "TestOtherSide_statusesOfWrongCredentials"},

		{"UserConflicts", "every dependant prevents DeleteUser", isDocumented, "tables of 2018 and 2021; SDK and help page of 2026 name groups and policies", []any{"documented", "none"}, "TestUser_isDeletedOnlyWithoutObjects"},
		{"CredentialsConflict", "service credentials do not prevent DeleteUser", isAssumed, "no source", nil, "TestUser_conflictsWithUnlistedObjects"},
		{"PasskeysConflict", "passkeys do not prevent DeleteUser", isAssumed, "no source", nil, "TestUser_passkeysAreDeletedFirst"},
		{"RefuseDeletingActiveCredentials", "an active service credential can be deleted", isAssumed, "no source", nil, "TestServiceCredential_lifecycleOnBothSides"},
		{"UniqueCredentialNames", "two service credentials may have one name", isAssumed, "no source", nil, "TestServiceCredential_lifecycleOnBothSides"},
		{"HideExpiredCredentials", "an expired service credential stays listed", isAssumed, "no source", nil, "TestServiceCredential_lifecycleOnBothSides"},
		{"RefuseAccountDomain", "<name>@<account id>.onaliyun.com is accepted", isAssumed, "documented for logon only", nil, "TestDomain_followsTheClientsOwnAlias"},
		{"IgnoreContacts", "Email and MobilePhone of a user are stored", isDocumented, "API reference, for the China site", nil, "TestUser_contactsThatTheSiteDoesNotStore"},
		{"RefuseClearing", "Ims clears comments, e-mail and phone by an empty value", isObserved, "official provider, for Ram; Ims documents 1 to 128 characters", nil, "TestUser_clearsWhatImsRefusesToClear"},
		{"IgnoreClearing", "an empty value that Ims accepts clears", isAssumed, "no source for Ims", nil, "TestUser_clearsWhatImsIgnores"},
		{"EchoContacts", "the response to a write has the contacts that are stored", isAssumed, "no source", nil, "TestUser_contactsThatOnlyTheResponseHas"},
		{"EchoClearing", "the response to a write that clears has the values that are stored", isAssumed, "no source", nil, "TestUser_clearsWhatOnlyTheResponseClears"},
		{"NormalizeEmails", "the e-mail address of a user is returned as it was set", isAssumed, "no source", nil, "TestUser_textsThatReadDifferently"},
		{"AcceptAnyTagValue", "tag values must not begin with acs: or contain a URL", isDocumented, "Ims CreateUser", nil, "TestUser_tagValuesThatTheServiceForbids"},
		{"RefuseAbsentTags", "a tag that the user does not have can be removed", isAssumed, "no source", nil, "TestOtherSide_tagsThatAreRemovedMeanwhile"},
		{"LastLoginInMilliseconds", "LastLoginDate is an ISO time", isDocumented, "reference; one sample has milliseconds", nil, "TestAllUsersAreListedFrozenOnesToo"},
		{"CaseSensitivePolicies", "the case of the name of a policy does not matter", isObserved, "a report of 2019 about a policy of the service", nil, "TestAttachment_caseOfThePolicy"},
		{"ListResourceGroupPolicies", "ListPoliciesForUser does not return attachments in a resource group", isDocumented, "SDK of 2026", nil, "TestUser_conflictsWithUnlistedObjects"},

		{"PasswordOptional", "CreateLoginProfile requires a password", isDocumented, "reference; one list calls it optional", nil, "TestLoginProfile_undocumentedBehaviour"},
		{"ShowMandatoryMFA", "MFABindRequired is the profile's own value", isAssumed, "no source", nil, "TestLoginProfile_mandatoryMFAOfTheAccountIsNoDrift"},
		{"HideInactiveProfiles", "Ram returns an inactive login profile", isAssumed, "no source", nil, "TestOtherSide_inactiveProfiles"},
		{"ResetPasswordsInitial", "a password that an administrator resets is not initial", isDocumented, "help page of 2026: initial on creation and on enabling again", nil, "TestOtherSide_passwordsThatAreInitial"},
		{"DeleteProfileUnbindsMFA", "the MFA device stays when the login profile is deleted", isAssumed, "no source", nil, "TestOtherSide_devicesOfDeletedProfiles"},
		{"RestoreLogonActive", "a restored user's login profile is inactive", isAssumed, "the console page says that logon must be enabled again", nil, "TestOtherSide_logonOfARestoredUser"},
		{"RestoreTakenName", "a user whose name is taken is not restored: EntityAlreadyExists.User", isAssumed, "no source", []any{"conflict", "renamed"}, "TestRestoreUser_whoseNameIsTaken"},

		{"LowerCaseStatuses", "the status of keys, service credentials and login profiles is Active or Inactive", isDocumented, "API reference; the status of a user is in lower case", nil, "TestOtherSide_statusesInLowerCase"},
		{"RefuseDeletingActiveKeys", "an active AccessKey can be deleted", isObserved, "official provider; the console refuses", nil, "TestRotation_completeCycle"},
		{"RefuseSameKeyStatus", "the status that a key has can be set again", isAssumed, "no source", nil, "TestOtherSide_keysThatAreDisabledMeanwhile"},
		{"RestoreKeysActive", "a restored AccessKey is inactive", isAssumed, "no source", nil, "TestRestoreKey_warnsOfAnActiveKey"},
		{"RestoreKeysWithoutPolicy", "a restored AccessKey keeps its network policy", isAssumed, "no source", nil, "TestOtherSide_policyOfARestoredKey"},
		{"KeepIdleCredentials", "idle users and AccessKeys are disabled", isDocumented, "API reference", nil, "TestRotation_completeCycle"},

		{"UnsetKeyPolicyNotFound", "an AccessKey without a policy has the document {}", isObserved, "official provider", nil, "TestAccessKeyPolicy_createReadUpdateDelete"},
		{"UnsetAccountPolicyNotFound", "an account without a policy has the document {}", isAssumed, "by analogy", nil, "TestNetworkPolicy_neverSetAndResetAreEqual"},
		{"NormalizeKeyPolicies", "network policies are returned as they were set", isAssumed, "no source", nil, "TestAccessKeyPolicy_createReadUpdateDelete"},
		{"AddressesPerStatement", "50 addresses in the whole policy", isAssumed, "the quota's name does not say", nil, "TestNetworkPolicy_invalidInputIsRefusedBeforeAnyCall"},
		{"AcceptUnknownStatements", "undocumented statements and fields are refused", isAssumed, "no source", nil, "TestNetworkPolicy_unmanagedValuesAreKept"},
		{"InactiveKeyPolicyOverrides", "an inactive policy of a key is no policy of its own", isAssumed, "no source", nil, "TestOtherSide_inactivePoliciesOfKeys"},

		{"AcceptUnbindingNothing", "unbinding a device that does not exist is EntityNotExist.User.MFADevice", isDocumented, "error table of 2021, for Ram; no source for Ims", nil, "TestOtherSide_devicesThatAreUnboundMeanwhile"},
		{"AcceptUsedCodes", "an MFA code is accepted once", isAssumed, "RFC 6238", nil, "TestMFADevice_createBindUnbindDelete"},
		{"RefuseOlderCodes", "MFA codes of two steps ago are accepted", isAssumed, "no source", nil, "TestMFADevice_clocksThatDiffer"},
		{"UnboundMFAResponse", "without a device Ram returns 404 and Ims IsMFAEnable=false", isObserved, "third-party tools, for Ram", []any{"not_found", "empty", "absent", "null"}, "TestMFAData"},

		{"PhoneAsNumbers", "AreaCode and PhoneNumber are strings", isDocumented, "SDK; one sample has numbers", nil, "TestVerification_setConfirmAndRemove"},
		{"VerificationNotFound", "GetVerificationInfo returns an empty response when nothing is set", isAssumed, "no source", nil, "TestVerification_setConfirmAndRemove"},

		{"ReportPolls", "a report is complete after two further calls", isAssumed, "no source", []any{-1, 3}, "TestAccAction_generatesTheReport"},
		{"RefuseEarlyReports", "a second credential report within four hours is COMPLETED", isAssumed, "no source", nil, "TestCredentialReport_isGeneratedOnceAndHasEveryUser"},
		{"UnlimitedReports", "no credential report for more than 3500 users", isDocumented, "API reference", nil, "TestALargeReportIsReadInOnePassWithBoundedMemory"},
		{"MissingReportEmpty", "a report that does not exist is 404", isAssumed, "no source", nil, "TestCredentialReport_isGeneratedOnceAndHasEveryUser"},
		{"ReportInBase32", "credential reports are in Base64", isDocumented, "reference and a third-party tool; one sample is Base32", nil, "TestCredentialReport_isGeneratedOnceAndHasEveryUser"},
		{"HeaderOnFirstPageOnly", "every page of a credential report has the header", isAssumed, "no source", nil, "TestCredentialReport_isGeneratedOnceAndHasEveryUser"},
		{"ExtraReportColumns", "credential reports have the documented columns", isDocumented, "API reference", nil, "TestAccCredentialReport_findsViolations"},
		{"ShowLoginDisabled", "inactive logon is FALSE in credential reports", isDocumented, "API reference; a third-party tool reads LOGIN_DISABLED", nil, "TestCredentialReport_isGeneratedOnceAndHasEveryUser"},
		{"PasswordExistFalse", "password_exist is N/A without a login profile", isDocumented, "API reference", nil, "TestCredentialReport_isGeneratedOnceAndHasEveryUser"},
	}
}

// Conditions returns the switches that are no assumptions: they set how fast, how stale and from where the service
// responds.
func Conditions() []string {
	return []string{
		"StaleReads", "PageCap", "Ordered", "EnforceRateLimits", "ReadsPerSecond", "WritesPerSecond", "AttachesPerSecond",
		"SessionsOnServerClock", "CallerAddress", "CallerVPC", "MissingFields", "MissingOperations",
	}
}

// Turn sets the assumption's switch to its first other side.
func (a Assumption) Turn(b *Behaviour) { a.turn(b, 0) }

func (a Assumption) turn(b *Behaviour, n int) {
	field := reflect.ValueOf(b).Elem().FieldByName(a.Switch)
	if len(a.Other) == 0 {
		field.SetBool(true)
		return
	}
	field.Set(reflect.ValueOf(a.Other[n%len(a.Other)]))
}

// OtherSide switches every assumption to its other side.
func OtherSide() Option { return WithBehaviour(turnAll) }

func turnAll(b *Behaviour) {
	for _, a := range Assumptions() {
		a.Turn(b)
	}
}

// RandomSides switches a random half of the assumptions to another side. The seed determines which.
func RandomSides(seed uint64) Option {
	return WithBehaviour(func(b *Behaviour) { turnHalf(b, seed) })
}

func turnHalf(b *Behaviour, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0x73696465)) //nolint:gosec // a test that can be repeated
	for _, a := range Assumptions() {
		if random.IntN(2) == 1 {
			a.turn(b, random.IntN(3))
		}
	}
}
