// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

// NetworkBehaviour are the switches for what nobody says of network policies and of single sign-on.
// As with [Behaviour], the zero value is what this package assumes.
type NetworkBehaviour struct {
	// UnsetAccountPolicyNotFound answers EntityNotExist.AccessKeyPolicy for an account without a policy, instead of the document {}.
	UnsetAccountPolicyNotFound bool
	// NewerStatements takes statements of a type that is not documented.
	AcceptUnknownStatements bool
	// InactivePoliciesShield keeps the account's policy away from a key that has one of its own even while that is Inactive.
	InactiveKeyPolicyOverrides bool

	// OmittedSsoSettingsReset lets SetUserSsoSettings put what the request leaves out back to its default.
	OmittedSsoSettingsReset bool
	// EmptySsoTextsKeep lets an empty MetadataDocument or AuxiliaryDomain change nothing, instead of taking it away.
	EmptySsoTextKeepsValue bool
}
