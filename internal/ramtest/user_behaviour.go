// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

// UserBehaviour are the switches for what nobody says of users and their credentials.
// As with [Behaviour], the zero value is what this package assumes.
type UserBehaviour struct {
	// NewUserNameMandatory lets Ram's UpdateUser refuse a request without NewUserName, as the text of 2024 has it.
	RequireNewUserName bool
	// LastLoginInMilliseconds lets ListUsers of Ims answer LastLoginDate as one of the vendor's samples does.
	LastLoginInMilliseconds bool

	// ProfilesWithoutPassword lets CreateLoginProfile do without Password, which one source lists as optional.
	PasswordOptional bool
	// MandatoryMFAShown answers MFABindRequired=true for everybody while the account's MFAOperationForLogin is mandatory.
	ShowMandatoryMFA bool
	// InactiveProfilesHidden lets Ram, which has no Status, answer 404 for a login profile that is Inactive.
	HideInactiveProfiles bool
	// ResetsMayReuse lets an administrator set a password that PasswordReusePrevention keeps the user from choosing.
	AllowReuseOnReset bool

	// ActiveKeysStay lets DeleteAccessKey refuse a key that is not Inactive, as the console does.
	RefuseDeletingActiveKeys bool
	// RestoredKeysActive restores keys as Active.
	RestoreKeysActive bool
	// RestoredKeysOpen forgets the network policy of a key that was in the recycle bin.
	RestoreKeysWithoutPolicy bool
	// RestoredLogonActive restores a user's login profile as Active.
	RestoreLogonActive bool
	// RecycleForAMonth keeps what is deleted for one calendar month, as the samples show, instead of the 30 days of the text.
	RecycleForAMonth bool

	// PunctualCodes accepts MFA codes of the step before and the present one only.
	RefuseOlderCodes bool

	// UnsetKeyPolicyNotFound answers EntityNotExist.AccessKeyPolicy for a key without a policy, instead of the document {}.
	UnsetKeyPolicyNotFound bool
	// KeyPolicyRewritten answers a key's policy with addresses sorted and /32 and /128 cut off.
	NormalizeKeyPolicies bool
	// AddressesPerStatement counts the quota of addresses for each statement, instead of for the whole policy.
	AddressesPerStatement bool

	// IdleStays keeps the system from switching off what has been idle for MaxIdleDays when the clock of the data moves.
	KeepIdleCredentials bool
	// CallerAddress is where the service sees callers come from. Empty: keys' network policies are kept and not enforced.
	CallerAddress string

	// PhoneInNumbers answers a security phone's AreaCode and PhoneNumber as numbers, as one of the vendor's samples does.
	PhoneAsNumbers bool
}
