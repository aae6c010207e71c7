// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// A procedure judges a control by more than one attribute of one setting.
type procedure struct {
	from  string // the evidence that it needs, as Markdown
	judge func(evidence) judgment
}

// judgment is the result of an audit.
type judgment struct {
	status string
	found  string   // JSON
	who    []string // the users, keys or policies that fail
	note   string
}

// inDays is the age from which an unused logon fails, and beyond which a key fails.
const inDays = 90 * 24 * time.Hour

func undecided(format string, arguments ...any) judgment {
	return judgment{status: notEvaluated, found: "null", note: fmt.Sprintf(format, arguments...)}
}

func missing(name string) judgment { return undecided("settings.%s is not given.", name) }

// ofRoot judges the row of the root account.
func ofRoot(judge func(row rowEvidence) judgment) *procedure {
	return &procedure{"`credential_report`, row `<root>`", func(e evidence) judgment {
		switch {
		case e.report == nil:
			return missing(fromReport)
		case e.report.root == nil:
			return undecided("The credential report has no row of the root account, so it is not complete.")
		default:
			return judge(*e.report.root)
		}
	}}
}

// The results of one user.
type finding int

const (
	notReported finding = iota // the report does not say
	no
	yes
)

// ofUsers judges each user by a row of the report. The control fails if the response
// for a user is yes, and is not evaluated if the report does not say.
func ofUsers(fails func(row rowEvidence, now time.Time) finding) *procedure {
	return &procedure{"`credential_report`, each user", func(e evidence) judgment {
		switch {
		case e.report == nil:
			return missing(fromReport)
		case e.report.generated.IsZero():
			return undecided("settings.%s.generated_time is not given. Ages count from it.", fromReport)
		}
		found, silent := []string{}, []string{}
		for _, row := range e.report.users {
			switch fails(row, e.report.generated) {
			case yes:
				found = append(found, row.user)
			case notReported:
				silent = append(silent, row.user)
			case no:
			}
		}
		return judgeNames(found, silent, "The report does not say it for")
	}}
}

// judgeNames is the judgment of a control that fails for each of the names found, where
// others could not be judged.
func judgeNames(found, silent []string, why string) judgment {
	slices.Sort(found)
	slices.Sort(silent)
	j := judgment{status: passed, found: asJSON(found), who: found}
	if len(silent) > 0 {
		j.status, j.note = notEvaluated, why+" "+strings.Join(silent, ", ")+"."
	}
	if len(found) > 0 {
		j.status = failed
	}
	return j
}

// rootUnused judges the logon of the root account. CIS describes an alarm and no
// date; its scanners fail each logon.
func rootUnused(row rowEvidence) judgment {
	at, logged := row.at["user_last_logon"]
	switch {
	case logged:
		return judgment{status: failed, found: asJSON(at.UTC().Format(time.RFC3339)), who: []string{row.user}}
	case row.notes["user_last_logon"] == "never":
		return judgment{status: passed, found: "null"}
	default:
		return undecided("The report does not say when the root account last logged on.")
	}
}

// rootWithoutKeys judges the keys of the root account, disabled ones included.
func rootWithoutKeys(row rowEvidence) judgment {
	found, silent := []string{}, []string{}
	for _, key := range row.keys() {
		switch key.exists {
		case yes:
			found = append(found, key.name)
		case notReported:
			silent = append(silent, key.name)
		case no:
		}
	}
	return judgeNames(found, silent, "The report does not say whether these exist:")
}

func rootWithMFA(row rowEvidence) judgment {
	active, reported := row.is["mfa_active"]
	switch {
	case !reported:
		return undecided("The report does not say whether the root account has MFA.")
	case !active:
		return judgment{status: failed, found: "false", who: []string{row.user}}
	default:
		return judgment{status: passed, found: "true"}
	}
}

// withoutMFA reports whether a user can log on to the console with a password and has
// no MFA device.
func withoutMFA(row rowEvidence, _ time.Time) finding {
	console := row.console()
	active, reported := row.is["mfa_active"]
	switch {
	case console == no, reported && active, row.notes["mfa_active"] == "login_disabled":
		return no
	case console == yes && reported:
		return yes
	default:
		return notReported
	}
}

// notLoggedOn reports whether a user can log on to the console with a password and
// has not done so for 90 days. For a user that never did, they count from its creation.
func notLoggedOn(row rowEvidence, now time.Time) finding {
	since, reported := row.at["user_last_logon"]
	if !reported && row.notes["user_last_logon"] == "never" {
		since, reported = row.at["user_creation_time"]
	}
	console := row.console()
	switch {
	case console == no, reported && now.Sub(since) < inDays:
		return no
	case console == yes && reported:
		return yes
	default:
		return notReported
	}
}

// withOldKey reports whether a user has a key, active or not, that was created more
// than 90 days ago.
func withOldKey(row rowEvidence, now time.Time) finding {
	worst := no
	for _, key := range row.keys() {
		switch {
		case key.exists == no:
		case key.exists == yes && !key.created.IsZero() && now.Sub(key.created) > inDays:
			return yes
		case key.exists == notReported || key.created.IsZero():
			worst = notReported
		}
	}
	return worst
}

// console reports whether a user can log on to the console with a password. The report
// has N/A in the columns of the password of a user without one (documented).
func (row rowEvidence) console() finding {
	for _, column := range []string{"password_exist", "password_active"} {
		is, reported := row.is[column]
		switch note := row.notes[column]; {
		case reported && !is, note == "login_disabled", note == "not_applicable" && column == "password_exist":
			return no
		}
	}
	if row.is["password_active"] {
		return yes
	}
	if _, exists := row.is["password_exist"]; !exists && row.notes["password_active"] == "not_applicable" {
		return no
	}
	return notReported
}

// keyEvidence is an AccessKey pair of a report.
type keyEvidence struct {
	name    string
	exists  finding
	created time.Time // zero: the report does not say
}

// keys are the places for keys in a report. Only old accounts have additional ones: a
// report without their columns has none.
func (row rowEvidence) keys() []keyEvidence {
	list := []keyEvidence{}
	for _, name := range []string{"access_key_1", "access_key_2", "additional_access_key_1", "additional_access_key_2", "additional_access_key_3"} {
		exists, reported := row.is[name+"_exist"]
		note := row.notes[name+"_exist"]
		key := keyEvidence{name: name, created: row.at[name+"_last_rotated"]}
		switch {
		case reported && exists:
			key.exists = yes
		case reported, note == "not_applicable", note == "" && strings.HasPrefix(name, "additional"):
			key.exists = no
		}
		list = append(list, key)
	}
	return list
}

// attachedAdministrators judges custom policies: those that allow everything and are
// attached. A system policy is not part of the control.
func attachedAdministrators(e evidence) judgment {
	if e.policies == nil {
		return missing(fromPolicies)
	}
	found, silent := []string{}, []string{}
	for _, p := range e.policies.items {
		if p.kind == systemPolicy || p.attachments == 0 {
			continue
		}
		switch all, err := grantsAll(p.document); {
		case err != nil || all && p.attachments < 0:
			silent = append(silent, p.name)
		case all:
			found = append(found, p.name)
		}
	}
	j := judgeNames(found, silent, "The document or the number of attachments is not readable for")
	if e.policies.filtered {
		j = j.ofPart(fromPolicies)
	}
	return j
}

// directPolicies judges the policies of users: those that are not attached to a group.
func directPolicies(e evidence) judgment {
	if e.access == nil {
		return missing(fromAccess)
	}
	found := []string{}
	for _, user := range e.access.items {
		if len(user.direct) > 0 {
			found = append(found, user.user)
		}
	}
	j := judgeNames(found, nil, "")
	if e.access.filtered {
		j = j.ofPart(fromAccess)
	}
	return j
}

// ofPart is the judgment if a data source with a filter does not list everything: what fails
// fails, and what passes is not evaluated.
func (j judgment) ofPart(name string) judgment {
	if j.status == passed {
		j.status, j.found = notEvaluated, "null"
	}
	j.note = strings.TrimSpace(j.note + fmt.Sprintf(" settings.%s has a filter, and does not list everything.", name))
	return j
}

// The shortest prefixes of a known network. IANA assigns no wider blocks: /8 of IPv4,
// and /12 of IPv6, to a regional registry.
const knownIPv4, knownIPv6 = 8, 12

// allKnown reports whether a list has networks, and each is one that IANA may have
// assigned as a whole.
func allKnown(list []string) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(s string) bool {
		prefix, err := network.ParseLive(s)
		return err != nil || prefix.Addr().Is4() && prefix.Bits() < knownIPv4 || prefix.Addr().Is6() && prefix.Bits() < knownIPv6
	})
}

// knownNetworks passes sets of known networks.
func knownNetworks() rule {
	return rule{
		fmt.Sprintf(`{"description":"IP networks, IPv4 /%d and IPv6 /%d or longer","minItems":1}`, knownIPv4, knownIPv6),
		func(v attr.Value) bool { return allKnown(tf.Strings(v)) },
	}
}

// keysFromKnownNetworks judges the network policy of the account's keys. Addresses
// inside of a VPC say nothing, because each VPC may have them; the id of the VPC does.
func keysFromKnownNetworks(e evidence) judgment {
	policy := e.settings[inKeyPolicy]
	status, classic, vpcs := policy["status"], policy["classic_allow_list"], policy["vpc_allow_list"]
	if tf.IsAbsent(status) {
		return missing(inKeyPolicy + ".status")
	}
	found := asJSON(map[string]any{"status": tf.String(status), "classic_allow_list": tf.JSONValue(classic), "vpc_allow_list": tf.JSONValue(vpcs)})
	byVPC := tf.StringsByKey(vpcs)
	_, everyVPC := byVPC["AllowAllVPC"]
	networks := tf.Strings(classic)
	switch {
	case tf.String(status) != "Active", everyVPC, len(networks) > 0 && !allKnown(networks):
		return judgment{status: failed, found: found}
	case tf.IsAbsent(classic) || tf.IsAbsent(vpcs):
		return judgment{status: notEvaluated, found: found, note: "Not all of classic_allow_list and vpc_allow_list are given."}
	case len(networks)+len(byVPC) == 0:
		return judgment{status: failed, found: found}
	default:
		return judgment{status: passed, found: found}
	}
}

// longEnough judges the length of passwords by SP 800-63B-4: 15 characters, or 8
// where each logon needs a second factor.
func longEnough(e evidence) judgment {
	length, mfa := e.settings[inPolicy]["minimum_password_length"], e.settings[inPreference]["mfa_operation_for_login"]
	if tf.IsAbsent(length) {
		return missing(inPolicy + ".minimum_password_length")
	}
	j := judgment{status: passed, found: tf.Display(length)}
	switch n := integer(length); {
	case n >= 15:
	case n < 8 || !tf.IsAbsent(mfa) && tf.String(mfa) != access.Mandatory:
		j.status = failed
	case tf.IsAbsent(mfa):
		j.status, j.note = notEvaluated, "8 characters are enough with MFA at each logon, and settings."+inPreference+".mfa_operation_for_login is not given."
	}
	return j
}

// The statuses of a control.
const (
	passed       = "passed"
	failed       = "failed"
	notEvaluated = "not_evaluated"
)
