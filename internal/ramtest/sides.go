// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// SidesVariable is the environment variable that switches assumptions to their other side for every server that [New]
// starts, to run all tests on that side. "other" switches all of them, a number is the seed of a random half, and a
// comma-separated list names the switches.
const SidesVariable = "RAM_TEST_SIDES"

// refused are the assumptions whose other side the provider refuses, so that a test on that side ends at the first request.
// An absent list of keys, members or policies does not count as empty, because an object that is not in the list counts as
// deleted.
const refused = "OmitEmptyLists"

// firstSides are the tests that assert the first side of an assumption, with the switches that they therefore do not
// change. All other tests pass on both sides.
var firstSides = map[string]string{
	"TestNotFound_kindsOfAUser":                              "AcceptUnbindingNothing",
	"TestMFADevice_createBindUnbindDelete":                   "AcceptUnbindingNothing",
	"TestMasks_moreThanDocumented":                           "RefuseIPv6Masks",
	"TestNetworkPolicy_invalidInputIsRefusedBeforeAnyCall":   "AddressesPerStatement",
	"TestPublicKeys_useTheRAMAPI":                            "HidePublicKeys NormalizeMasks",
	"TestPublicKeys_faults":                                  "HidePublicKeys NormalizeMasks",
	"TestSettingWrite_readsImmediatelyBeforeEachRequest":     "HidePublicKeys",
	"TestSettingWrite_readsOtherOperationsFirst":             "HidePublicKeys",
	"TestSettingWrite_needsAllNewerFieldsOnceOneWasReturned": "HideNewerFields",
	"TestSettingWrite_readsAgainWhatAnUnchangedSettingLacks": "HideNewerFields",
	"TestSettingWrite_reportsChangesOfUnknownFields":         "HideNewerFields",
	"TestSettingWrite_warnsOfFieldsThatTheWriteLacked":       "HideNewerFields",
	"TestAccess_actionsKeepTheLastSecondFactor":              "HideNewerFields",
	"TestAccessKey_isCreatedUpdatedAndDeleted":               "RefuseDeletingActiveKeys",
	"TestALargeReportIsReadInOnePassWithBoundedMemory":       "HideNewerFields ExtraReportColumns",
	"TestLoginProfile_createUpdateDelete":                    "HideNewerFields ResetPasswordsInitial",
	"TestARecycledKeyIsListedRestoredAndPurged":              "RefuseDeletingActiveKeys RestoreKeysActive",
	"TestAServiceCredentialIsCreatedChangedAndDeleted":       "RefuseDeletingActiveCredentials UniqueCredentialNames HideExpiredCredentials",
	"TestUser_createReadUpdateDelete":                        "IgnoreContacts EchoContacts IgnoreClearing EchoClearing",
	"TestAccessKey_neverListedDoesNotCountAsDeleted":         "RefuseDeletingActiveKeys",
	"TestAccountAlias_aChangeIsOneCall":                      "AliasMustBeCleared",
	"TestAccountAlias_singleSignOn":                          "AliasMustBeCleared",
	"TestAction_actsOnceAndReportsIt":                        "RestoreKeysActive",
	"TestAction_faultsAtTheWrite":                            "RestoreKeysActive",
	"TestAction_waitsForStaleReads":                          "RestoreKeysActive",
	"TestAnAccountThatIsTooLargeHasNoCredentialReport":       "UnlimitedReports",
	"TestApply_readsLessThanItWrites":                        "RefuseOlderCodes",
	"TestCredentialReport_isGeneratedOnceAndHasEveryUser":    "HideNewerFields ExtraReportColumns ReportPolls RefuseEarlyReports",
	"TestCredentialReport_tooManyUsers":                      "UnlimitedReports",
	"TestDestroy_resetDoesNotWeakenUnmanagedValues":          "NormalizeMasks HideNewerFields",
	"TestEvaluate_dataSources":                               "HideNewerFields",
	"TestCache_everyWriteInvalidatesWhatItChanges":           "AliasMustBeCleared RefuseDeletingActiveKeys",
	"TestFault_permanentIsAnErrorAndTheNextApplyConverges":   "NormalizeMasks AliasMustBeCleared",
	"TestFault_temporaryIsRetried":                           "NormalizeMasks AliasMustBeCleared",
	"TestFault_waitsForStaleReads":                           "NormalizeMasks AliasMustBeCleared",
	"TestGenerateReport_faults":                              "RefuseEarlyReports",
	"TestGenerateReport_reportsProgress":                     "ReportPolls",
	"TestGovernanceReport_isGeneratedAndReadCompletely":      "ReportPolls MissingReportEmpty",
	"TestGovernanceReport_waitIsBounded":                     "ReportPolls MissingReportEmpty",
	"TestGroup_policiesOfEachPrincipal":                      "ListResourceGroupPolicies",
	"TestLockOut_initialPasswordsThatExpireAtOnce":           "HideNewerFields",
	"TestLockOut_warnsOfIPv6Masks":                           "RefuseIPv6Masks",
	"TestLockOut_warnsOfShorterIdleLimits":                   "HideNewerFields",
	"TestLoginProfile_missingUserAndMissingProfile":          "HideNewerFields",
	"TestMessages":                                        "HideNewerFields",
	"TestMove_updateWithoutARefresh":                      "AliasMustBeCleared",
	"TestNetworkPolicy_unmanagedValuesAreKept":            "NormalizeKeyPolicies AcceptUnknownStatements",
	"TestOtherSide_devicesOfDeletedProfiles":              "DeleteProfileUnbindsMFA",
	"TestOtherSide_logonOfARestoredUser":                  "RestoreLogonActive UserConflicts",
	"TestOtherSide_emptyListsAreLeftOut":                  "OmitIsTruncated",
	"TestAResponseWithoutServiceCredentialsIsNoEmptyList": "OmitIsTruncated",
	"TestAnIncompleteListIsRefused":                       "OmitIsTruncated",
	"TestOtherSide_longAliases":                           "ShortAliasesOnly",
	"TestOtherSide_masks":                                 "NormalizeMasks RefuseIPv6Masks LongMasks AcceptMaskSeparators VerificationTypesAsText",
	"TestOtherSide_passwordsThatAreInitial":               "HideNewerFields ResetPasswordsInitial",
	"TestOtherSide_policyOfARestoredKey":                  "RestoreKeysWithoutPolicy RefuseDeletingActiveKeys",
	"TestAccessKeyPolicy_adoptsAnExistingPolicy":          "NormalizeKeyPolicies AcceptUnknownStatements",
	"TestPermissions_guideListsThoseOfEachType":           "AliasMustBeCleared DeleteProfileUnbindsMFA",
	"TestFaults_readsAndSetsRecover":                      "HideNewerFields IgnoreLongTermLogin",
	"TestReports_areNotStale":                             "ReportPolls MissingReportEmpty RefuseEarlyReports",
	"TestServiceCredential_expires":                       "HideExpiredCredentials",
	"TestServiceCredential_faultTable":                    "UniqueCredentialNames",
	"TestServiceCredential_lifecycleOnBothSides":          "RefuseDeletingActiveCredentials UniqueCredentialNames HideExpiredCredentials CredentialsConflict",
	"TestSettingWrite_sendsBackUnknownFields":             "NormalizeMasks HideNewerFields",
	"TestSetting_warnsOfWeakerValues":                     "HideNewerFields",
	"TestSetting_zeroValuesAreSent":                       "HideNewerFields NormalizeMasks",
	"TestSetting_unmanagedValuesAreNeverChanged":          "NormalizeMasks",
	"TestSettings_resetIsANewAccount":                     "HideNewerFields",
	"TestTheCredentialReportOfTheFake":                    "ReportPolls HideNewerFields ExtraReportColumns",
	"TestTheGovernanceReportOfTheFake":                    "ReportPolls MissingReportEmpty",
	"TestPasswordPolicy_returnsWhatWasSet":                "HideNewerFields",
	"TestSecurityPreference_returnsWhatWasSet":            "HideNewerFields IgnoreLongTermLogin",
	"TestUnknownStatementsAreReturned":                    "NormalizeKeyPolicies AcceptUnknownStatements",
	"TestUserSsoSettingsAreWhatWasSet":                    "EmptySsoTextKeepsValue",
	"TestUserSso_everyZeroIsSent":                         "EmptySsoTextKeepsValue OmitEmptyFields",
	"TestUserSso_onDestroy":                               "EmptySsoTextKeepsValue",
	"TestUpgrade_readsOlderStates":                        "HideNewerFields OmitEmptyFields IgnoreLongTermLogin",
	"TestUser_changesInPlaceAndSendsOnlyWhatChanges":      "IgnoreContacts RefuseClearing EchoContacts IgnoreClearing EchoClearing",
	"TestUser_contactsThatTheSiteDoesNotStore":            "IgnoreContacts RefuseClearing EchoContacts IgnoreClearing EchoClearing",
	"TestUser_everyStepOfForceDestroyCanBeRepeated":       "DeleteProfileUnbindsMFA",
	"TestUser_createAndRead":                              "IgnoreContacts RefuseClearing EchoContacts IgnoreClearing EchoClearing",
	"TestNetworkPolicy_onDestroy":                         "NormalizeKeyPolicies AcceptUnknownStatements",
	"TestAccessKeyPolicy_retriesTemporaryFaults":          "NormalizeKeyPolicies AcceptUnknownStatements",
	"TestAccessKeyPolicy_createReadUpdateDelete":          "NormalizeKeyPolicies AcceptUnknownStatements",
	"TestUser_conflictsWithUnlistedObjects":               "UserConflicts",
	"TestUser_dependantsAreRemovedBeforeTheUser":          "UserConflicts",
	"TestWhatHappens":                                     "AliasMustBeCleared RestoreKeysActive",
}

// sides switches the assumptions that a value of [SidesVariable] selects, except those whose first side the test asserts.
func sides(text, test string) Option {
	test, _, _ = strings.Cut(test, "/")
	kept := append(strings.Fields(firstSides[test]), refused)
	return WithBehaviour(func(b *Behaviour) {
		first := *b
		selectSides(b, text)
		for _, name := range kept {
			reflect.ValueOf(b).Elem().FieldByName(name).Set(reflect.ValueOf(first).FieldByName(name))
		}
	})
}

func selectSides(b *Behaviour, text string) {
	if text == "other" {
		turnAll(b)
		return
	}
	if seed, err := strconv.ParseUint(text, 10, 64); err == nil {
		turnHalf(b, seed)
		return
	}
	for _, a := range Assumptions() {
		if slices.Contains(strings.Split(text, ","), a.Switch) {
			a.Turn(b)
		}
	}
}
