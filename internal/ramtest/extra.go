// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

// ExtraFields are three undocumented fields of each account-wide setting. They represent fields that the service may add in
// the future: Get returns them, Set accepts them, and a Set that omits them resets them. (assumed)
type ExtraFields struct {
	Flag   bool
	Number int
	Text   string
}

// extraParameters are the names of the extra fields in requests and responses. ExtraPreference is an object around one of
// them, which the service ignores as it ignores all unknown parameters. (assumed)
var extraParameters = []string{"ExtraFlag", "ExtraNumber", "ExtraText", "ExtraPreference"}

func (r *request) extraFields(next *ExtraFields) error {
	if r.server.behaviour.HideNewerFields {
		return nil
	}
	if r.has("ExtraText") {
		next.Text = r.text("ExtraText")
	}
	return first(r.boolean("ExtraFlag", &next.Flag), r.integer("ExtraNumber", 0, 1<<30, &next.Number))
}

func (r *request) putExtra(into reply, extra ExtraFields) {
	if r.server.behaviour.HideNewerFields {
		return
	}
	into["ExtraFlag"], into["ExtraNumber"], into["ExtraText"] = extra.Flag, extra.Number, extra.Text
}
