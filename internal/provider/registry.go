// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

// resources are the constructors of all managed types.
var resources = []func() resource.Resource{
	func() resource.Resource { return newSecurityPreference() },
	func() resource.Resource { return newPasswordPolicy() },
	func() resource.Resource { return newAccountAlias() },
	func() resource.Resource { return newAccountAccessKeyPolicy() },
	func() resource.Resource { return newUserSsoSettings() },
	func() resource.Resource { return newAccessKeyPolicy() },
	func() resource.Resource { return newUser() },
	func() resource.Resource { return newGroup() },
	func() resource.Resource { return newMembership() },
	func() resource.Resource { return newAttachment() },
	func() resource.Resource { return newLoginProfile() },
	func() resource.Resource { return newAccessKey() },
	func() resource.Resource { return newServiceCredential() },
	func() resource.Resource { return newVirtualMFADevice() },
	func() resource.Resource { return newMFABinding() },
	func() resource.Resource { return newVerification() },
	func() resource.Resource { return newExclusive() },
	func() resource.Resource { return newGroupMembers() },
	func() resource.Resource { return newPolicySet() },
	func() resource.Resource { return newRotation() },
}

// listResources are the constructors of all types that can be listed.
var listResources = []func() list.ListResource{
	func() list.ListResource { return newSecurityPreference() },
	func() list.ListResource { return newPasswordPolicy() },
	func() list.ListResource { return newAccountAlias() },
	func() list.ListResource { return newAccountAccessKeyPolicy() },
	func() list.ListResource { return newUserSsoSettings() },
	func() list.ListResource { return newAccessKeyPolicy() },
	func() list.ListResource { return newUser() },
	func() list.ListResource { return newGroup() },
	func() list.ListResource { return newMembership() },
	func() list.ListResource { return newAttachment() },
	func() list.ListResource { return newLoginProfile() },
	func() list.ListResource { return newAccessKey() },
	func() list.ListResource { return newServiceCredential() },
	func() list.ListResource { return newVirtualMFADevice() },
	func() list.ListResource { return newMFABinding() },
	func() list.ListResource { return newVerification() },
}

// dataSources are the constructors of all types that only read.
var dataSources = []func() datasource.DataSource{
	func() datasource.DataSource { return setting.NewDataSource(newSecurityPreference()) },
	func() datasource.DataSource { return setting.NewDataSource(newPasswordPolicy()) },
	func() datasource.DataSource { return setting.NewDataSource(newAccountAlias()) },
	func() datasource.DataSource { return setting.NewDataSource(newAccountAccessKeyPolicy()) },
	func() datasource.DataSource { return setting.NewDataSource(newUserSsoSettings()) },
	func() datasource.DataSource { return &accessKeyPolicyData{} },
	func() datasource.DataSource { return &callerIdentityData{} },
	func() datasource.DataSource { return &usersData{} },
	func() datasource.DataSource { return &groupsData{} },
	func() datasource.DataSource { return &policiesData{} },
	func() datasource.DataSource { return &userAccessData{} },
	func() datasource.DataSource { return &loginProfileData{} },
	func() datasource.DataSource { return &accessKeysData{} },
	func() datasource.DataSource { return &serviceCredentialsData{} },
	func() datasource.DataSource { return &accountSummaryData{} },
	func() datasource.DataSource { return &virtualMFADevicesData{} },
	func() datasource.DataSource { return &userMFAData{} },
	func() datasource.DataSource { return &credentialReportData{} },
	func() datasource.DataSource { return &securityReportData{} },
	func() datasource.DataSource { return &governanceReportData{} },
	func() datasource.DataSource { return &recycledKeysData{} },
	func() datasource.DataSource { return &recycledUsersData{} },
	func() datasource.DataSource { return &passkeysData{} },
}

// functions are the constructors of all functions. They need no account.
var functions = []func() function.Function{
	func() function.Function { return baselineFunction{} },
	func() function.Function { return evaluateFunction{} },
	func() function.Function { return principalNameFunction{} },
	func() function.Function { return loginURLFunction{} },
	func() function.Function { return allowsFunction{} },
	func() function.Function { return parseARNFunction{} },
	func() function.Function { return totpFunction{} },
}

// ephemeralResources are the constructors of all types whose values reach neither plan nor state.
var ephemeralResources = []func() ephemeral.EphemeralResource{
	func() ephemeral.EphemeralResource { return newPasswordEphemeral() },
	func() ephemeral.EphemeralResource { return newDecryptedSecretEphemeral() },
}

// actions are the constructors of all steps that a person, or a trigger, orders.
var actions = []func() action.Action{
	func() action.Action { return &deactivateKeys{} },
	func() action.Action { return &deactivateServiceCredentials{} },
	func() action.Action { return &disableConsoleLogon{} },
	func() action.Action { return &unbindMFA{} },
	func() action.Action { return &deletePasskeys{} },
	func() action.Action { return &lockUser{} },
	func() action.Action { return &generateCredentialReport{} },
	func() action.Action { return &restoreKey{} },
	func() action.Action { return &purgeKey{} },
	func() action.Action { return &restoreUser{} },
	func() action.Action { return &purgeUser{} },
}
