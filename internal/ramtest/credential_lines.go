// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// What a cell of a credential report says instead of a value. (documented; LOGIN_DISABLED observed)
const (
	never         = "-"
	notApplicable = "N/A"
	loginDisabled = "LOGIN_DISABLED"
)

// The keys of a user by their columns. The additional ones are legacy. (documented)
var reportKeys = []string{"access_key_1", "access_key_2", "additional_access_key_1", "additional_access_key_2", "additional_access_key_3"}

// The columns, in order. Older reports lack the additional keys. (documented)
func (r *request) reportColumns() []string {
	columns := []string{
		"user", "user_creation_time", "user_last_logon",
		"password_exist", "password_active", "password_last_changed", "password_next_rotation", "mfa_active",
	}
	for _, key := range r.reportedKeys() {
		columns = append(columns, key+"_exist", key+"_active", key+"_last_rotated", key+"_last_used")
	}
	if r.server.behaviour.ExtraReportColumns {
		columns = append(columns, "passkeys", "display_name")
	}
	return columns
}

func (r *request) reportedKeys() []string {
	if r.server.behaviour.HideNewerFields {
		return reportKeys[:2]
	}
	return reportKeys
}

// The root account comes first (documented), then the users by name (assumed).
func (r *request) credentialLines() [][]string {
	lines := [][]string{r.reportColumns(), r.rootLine()}
	for _, name := range slices.Sorted(maps.Keys(r.account.Users)) {
		lines = append(lines, r.userLine(r.account.Users[name]))
	}
	return lines
}

// The root account has a password, of which the report does not tell all. (documented) The fake does not know when it
// was created and logged on. It says N/A and -, which is assumed.
func (r *request) rootLine() []string {
	line := []string{
		"<root>", notApplicable, never, "TRUE", notApplicable, never, notApplicable, truth(r.account.RootMFA),
	}
	line = append(line, r.keyCells(r.account.Keys)...)
	if r.server.behaviour.ExtraReportColumns {
		line = append(line, "0", "")
	}
	return line
}

func (r *request) userLine(user *User) []string {
	line := []string{r.principalName(user.Name), stamp(user.CreateDate), happened(user.LastLoginDate)}
	line = append(line, r.passwordCells(user)...)
	line = append(line, r.keyCells(user.Keys)...)
	if r.server.behaviour.ExtraReportColumns {
		line = append(line, strings.Repeat("*", len(user.Passkeys)), user.DisplayName)
	}
	return line
}

// password_exist to mfa_active. A user without a login profile has N/A in all of them. (documented; FALSE in the first is
// assumed: Behaviour.PasswordExistFalse)
func (r *request) passwordCells(user *User) []string {
	profile := user.LoginProfile
	if profile == nil {
		exist := notApplicable
		if r.server.behaviour.PasswordExistFalse {
			exist = "FALSE"
		}
		return []string{exist, notApplicable, notApplicable, notApplicable, notApplicable}
	}
	cells := []string{"TRUE", truth(profile.Status == "Active"), happened(profile.PasswordDate), never, truth(user.MFASerial != "")}
	if age := r.account.Policy.MaxPasswordAge; age > 0 && !profile.PasswordDate.IsZero() {
		cells[3] = stamp(profile.PasswordDate.AddDate(0, 0, age))
	}
	if profile.Status != "Active" && r.server.behaviour.ShowLoginDisabled {
		cells[1], cells[4] = loginDisabled, loginDisabled
	}
	return cells
}

// A key that there is not has N/A in every column but the first. (documented)
func (r *request) keyCells(keys []*AccessKey) []string {
	var cells []string
	for at := range r.reportedKeys() {
		if at >= len(keys) {
			cells = append(cells, "FALSE", notApplicable, notApplicable, notApplicable)
			continue
		}
		key := keys[at]
		cells = append(cells, "TRUE", truth(key.Status == "Active"), happened(key.CreateDate), happened(key.LastUsed))
	}
	return cells
}

func truth(b bool) string {
	if b {
		return "TRUE"
	}
	return "FALSE"
}

func happened(t time.Time) string {
	if t.IsZero() {
		return never
	}
	return stamp(t)
}
