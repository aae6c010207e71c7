// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	_ "embed"
	"encoding/json"
	"maps"
	"strings"
)

// action is one remote operation.
type action struct {
	run        handler
	write      bool
	extra      bool     // accepts the extra parameters of a setting
	parameters []string // from operations.json
	mandatory  []string // parameters that the vendor's own data call required
}

// table has operations by product and name, such as "Ims/SetPasswordPolicy".
type table map[string]action

// actions are the operations that the fake implements.
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

// operationsJSON contains the parameters of all operations of the vendor's description of April 2026, and those that later
// SDKs and pages add. ":" starts the type of a parameter, "!" marks it as required.
//
//go:embed operations.json
var operationsJSON []byte

// implemented returns the operations of the service, and whether the fake implements them.
func implemented() map[string]bool {
	all := map[string]bool{}
	for name := range operations {
		_, all[name] = actions[name]
	}
	return all
}

// operation is the parameter list of one operation, as in operations.json.
type operation []string

var operations = readOperations()

func readOperations() map[string]operation {
	var read map[string]operation
	if err := json.Unmarshal(operationsJSON, &read); err != nil {
		panic(err)
	}
	return read
}

func (o operation) parameters() (all, mandatory []string) {
	for _, text := range o {
		name, _, _ := strings.Cut(strings.TrimSuffix(text, "!"), ":")
		if strings.Contains(text, ":RepeatList") {
			name += ".*"
		}
		all = append(all, name)
		if strings.HasSuffix(text, "!") {
			mandatory = append(mandatory, name)
		}
	}
	return all, mandatory
}
