// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// CredentialColumn is a column of the credential report, other than that of the user.
type CredentialColumn struct {
	Name string
	Time bool // holds times; else booleans
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
	User  string                    // the principal name, or RootUser
	Cells map[string]CredentialCell // by the names of CredentialColumns; without the columns that the report lacks
	Other map[string]string         // columns that this client does not know, as they are
}

// Name is the user name, "" for the root account.
func (r CredentialRow) Name() string {
	if r.User == RootUser {
		return ""
	}
	return nameIn(text(r.User))
}

// CredentialCell is one value, or a note that explains why there is none.
type CredentialCell struct {
	Time time.Time
	Is   bool
	Note CredentialNote
}

// CredentialNote explains why there is no value.
type CredentialNote string

// The notes of a report. NotSaid is an empty cell.
const (
	// The notes of a report. NotSaid is an empty cell.
	NotSaid       CredentialNote = "not_said"
	Never         CredentialNote = "never"
	NotApplicable CredentialNote = "not_applicable"
	LoginDisabled CredentialNote = "login_disabled"
)

// credentialNotes are the words of the service (documented; LOGIN_DISABLED observed).
var credentialNotes = map[string]CredentialNote{
	"": NotSaid, "-": Never, "N/A": NotApplicable, "LOGIN_DISABLED": LoginDisabled,
}

var (
	errNoTime    = errors.New("is no time")
	errNoBoolean = errors.New("is no boolean")
)

// knownColumns are the known columns, and whether they hold times.
var knownColumns = func() map[string]bool {
	kinds := map[string]bool{}
	for _, column := range CredentialColumns {
		kinds[column.Name] = column.Time
	}
	return kinds
}()

// row reads the values of one user.
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
		if !known {
			if row.Other == nil {
				row.Other = map[string]string{}
			}
			row.Other[name] = value
			continue
		}
		cell, err := parseCell(value, times)
		if err != nil {
			return CredentialRow{}, &ReportError{Column: name, Value: value, Err: err}
		}
		row.Cells[name] = cell
	}
	return row, nil
}

// parseCell reads a value, in any case.
func parseCell(value string, times bool) (CredentialCell, error) {
	value = strings.ToUpper(strings.TrimSpace(value))
	if note, ok := credentialNotes[value]; ok {
		return CredentialCell{Note: note}, nil
	}
	if times {
		at, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return CredentialCell{}, errNoTime
		}
		return CredentialCell{Time: at.UTC()}, nil
	}
	if value != "TRUE" && value != "FALSE" {
		return CredentialCell{}, errNoBoolean
	}
	return CredentialCell{Is: value == "TRUE"}, nil
}
