// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "maps"

// action is one remote operation.
type action struct {
	run        handler
	write      bool
	extra      bool     // it takes the extra parameters of a setting
	parameters []string // from operations.json
	mandatory  []string // those that the vendor's own data call required
}

// table is the operations of one noun, by product and name, such as "Ims/SetPasswordPolicy".
type table map[string]action

// actions are the operations that the fake has.
var actions = join(
	securityPreferenceActions,
	passwordPolicyActions,
	accountAliasActions,
	accountSummaryActions,
	credentialReportActions,
	governanceReportActions,
	stsActions,
	userActions,
	tagActions,
	loginProfileActions,
	accessKeyActions,
	accessKeyPolicyActions,
	userSsoSettingsActions,
	mfaActions,
	passkeyActions,
	verificationActions,
	groupActions,
	policyActions,
	attachmentActions,
	roleActions,
	serviceCredentialActions,
	recycledKeyActions,
	recycledUserActions,
)

func join(tables ...table) table {
	all := table{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	for name, a := range all {
		a.parameters, a.mandatory = operations[name].parameters()
		if a.extra {
			a.parameters = append(a.parameters, extraParameters...)
		}
		all[name] = a
	}
	return all
}
