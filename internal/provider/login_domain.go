// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import "github.com/ram-security/terraform-provider-ram/internal/tf"

// aliasForm is the form of an alias: lower-case letters, digits and single dashes
// inside (documented). Of its length the sources say 32, 63 and 64; the service decides above 32.
var aliasForm = tf.NewLazyRegexp(`^([a-z0-9]+(-[a-z0-9]+)*)?$`)

// loginURLOf is the address of the logon page (documented: help page of the RAM user logon, January 2026).
func loginURLOf(domain string) string {
	return "https://signin.alibabacloud.com/" + domain + "/login.htm"
}

// domainOf is the default domain of an account with this alias, or of one without
// an alias with this id (documented).
func domainOf(alias string) string { return alias + ".onaliyun.com" }
