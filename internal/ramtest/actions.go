// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "maps"

// action is one remote operation.
type action struct {
	run        handler
	write      bool
	parameters []string // from operations.json
	mandatory  []string // those of parameters that the vendor's own data call required
}

// table is the operations of one noun, by product and name, such as "Ims/SetPasswordPolicy".
type table map[string]action

// actions is every operation that the fake plays.
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
	accountAccessKeyPolicyActions,
	userSsoSettingsActions,
	mfaActions,
	passkeyActions,
	verificationActions,
	groupActions,
	userPolicyActions,
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
		all[name] = a
	}
	return all
}
