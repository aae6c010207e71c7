// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"fmt"
	"strings"
	"time"
)

// CredentialColumn is a column of the credential report, except the user column.
type CredentialColumn struct {
	Name string
	Time bool // the column holds times, not booleans
}

// CredentialColumns are the known columns, in order (documented).
var CredentialColumns = credentialColumns()

func credentialColumns() []CredentialColumn {
	columns := []CredentialColumn{
		{"user_creation_time", true},
		{"user_last_logon", true},
		{"password_exist", false},
		{"password_active", false},
		{"password_last_changed", true},
		{"password_next_rotation", true},
		{"mfa_active", false},
	}
	for _, key := range []string{
		"access_key_1", "access_key_2", "additional_access_key_1", "additional_access_key_2", "additional_access_key_3",
	} {
		columns = append(columns,
			CredentialColumn{key + "_exist", false}, CredentialColumn{key + "_active", false},
			CredentialColumn{key + "_last_rotated", true}, CredentialColumn{key + "_last_used", true})
	}
	return columns
}

// RootUser is the user in the row of the root account (documented).
const RootUser = "<root>"

// CredentialRow is the row of one user.
type CredentialRow struct {
	User  string                    // principal name, or RootUser
	Cells map[string]CredentialCell // by column name; without the columns that the report lacks
	Other map[string]string         // values of unknown columns, and raw values of Unreadable cells
}

// Name returns the user name, or "" for the root account.
func (r CredentialRow) Name() string {
	if r.User == RootUser {
		return ""
	}
	return nameIn(text(r.User))
}

// CredentialCell is one value, or a note that says why there is no value.
type CredentialCell struct {
	Time time.Time
	Is   bool
	Note CredentialNote
}

// CredentialNote explains why a cell has no value.
type CredentialNote string

// The notes of a report. NotSaid is an empty cell. Unreadable is a cell that holds neither
// a value of the column's type nor a known word.
const (
	NotReported   CredentialNote = "not_said"
	Never         CredentialNote = "never"
	NotApplicable CredentialNote = "not_applicable"
	LoginDisabled CredentialNote = "login_disabled"
	Unreadable    CredentialNote = "unreadable"
)

// credentialNotes maps the words of the service to notes (documented; LOGIN_DISABLED
// observed, NEVER assumed).
var credentialNotes = map[string]CredentialNote{
	"": NotReported, "-": Never, "NEVER": Never, "N/A": NotApplicable, "LOGIN_DISABLED": LoginDisabled,
}

// knownColumns maps each known column to whether it holds times.
var knownColumns = func() map[string]bool {
	kinds := map[string]bool{}
	for _, column := range CredentialColumns {
		kinds[column.Name] = column.Time
	}
	return kinds
}()

// row parses the row of one user.
func (f *reportFormat) row(record []string) (CredentialRow, error) {
	if len(record) != len(f.columns) {
		return CredentialRow{}, fmt.Errorf("has %d values for %d columns", len(record), len(f.columns))
	}
	row := CredentialRow{User: strings.TrimSpace(record[0]), Cells: make(map[string]CredentialCell, len(CredentialColumns))}
	if row.User == "" {
		return CredentialRow{}, errNoUser
	}
	for at, name := range f.columns[1:] {
		value := record[at+1]
		times, known := knownColumns[name]
		cell := parseCell(value, times)
		if !known || cell.Note == Unreadable {
			if row.Other == nil {
				row.Other = map[string]string{}
			}
			row.Other[name] = value
		}
		if known {
			row.Cells[name] = cell
		}
	}
	return row, nil
}

// timeLayouts are the formats of a time. Source: the first is documented, the others are
// assumed.
var timeLayouts = []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00"}

// parseCell parses a value, ignoring case.
func parseCell(value string, times bool) CredentialCell {
	value = strings.ToUpper(strings.TrimSpace(value))
	if note, ok := credentialNotes[value]; ok {
		return CredentialCell{Note: note}
	}
	if times {
		for _, layout := range timeLayouts {
			if at, err := time.Parse(layout, value); err == nil {
				return CredentialCell{Time: at.UTC()}
			}
		}
		return CredentialCell{Note: Unreadable}
	}
	if value != "TRUE" && value != "FALSE" {
		return CredentialCell{Note: Unreadable}
	}
	return CredentialCell{Is: value == "TRUE"}
}
