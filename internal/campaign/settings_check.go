// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"slices"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func addTo(sets map[string]map[string]bool, name, value string) {
	if sets[name] == nil {
		sets[name] = map[string]bool{}
	}
	sets[name][value] = true
}

// addValues adds the values of the fields to those that they ever had.
func (r *settingRun) addValues(values map[string]string) {
	for name, value := range values {
		addTo(r.formerValues, name, value)
	}
}

// ours reports whether the provider made a change, not another administrator.
func ours(e ramtest.Event) bool { return e.Actor != "test" }

// ourEvents are the changes that the provider made in this step.
func (r *settingRun) ourEvents() []ramtest.Event {
	return slices.DeleteFunc(r.srv.History(), func(e ramtest.Event) bool { return !ours(e) })
}

// checkEvents checks each change of the step at the instant when it was made. A nil configuration is a destroy, or no
// operation.
func (r *settingRun) checkEvents(config acctest.Attributes, prior acctest.Object) {
	onDestroy := acctest.Attribute(prior.State, "on_destroy")
	for _, e := range r.srv.History() {
		if slices.Contains(r.kind.ignored, e.Field) {
			continue
		}
		for name, change := range r.kind.changes(e) {
			switch {
			case e.Object != r.kind.object && ours(e):
				r.violated("%s changed %s of %s", e.Actor, e.Field, e.Object)
			case e.Object != r.kind.object, !ours(e), change[0] == change[1]: // another spelling is no change
			case r.reverts(name, change): // no request can exclude it: the service has no conditional write
				r.figures.count("reverted between read and write")
			default:
				r.checkChange(name, change[0], change[1], config, onDestroy)
			}
			if e.Object == r.kind.object {
				addTo(r.formerValues, name, change[1])
			}
		}
	}
}

// reverts reports whether a change reverts an edit between the read and the write of one attempt. The next attempt
// has read the edit, so each edit excuses one change.
func (r *settingRun) reverts(name string, change [2]string) bool {
	n := slices.Index(r.between[name], [2]string{change[1], change[0]})
	if n < 0 {
		return false
	}
	r.between[name] = slices.Delete(r.between[name], n, n+1)
	return true
}

// checkChange checks one change by the provider.
func (r *settingRun) checkChange(name, before, after string, config acctest.Attributes, onDestroy string) {
	f := r.kind.field(name)
	if !r.manages(f, config) && r.invisible(f) {
		return // nothing shows that the field exists
	}
	switch {
	case config != nil && r.kind.clears && r.manages(f, r.managed) && !r.manages(f, config) && after == "":
	case config != nil:
		if !r.manages(f, config) {
			r.violated("the write changed %s from %s to %s, which the configuration does not manage", name, before, after)
		}
		if want := f.text(config[f.attribute]); after != want {
			r.violated("the write changed %s from %s to %s, not %s", name, before, after, want)
		}
	case f.attribute == "":
		r.violated("the destroy changed %s from %s to %s", name, before, after)
	case onDestroy == "null": // the type resets
	case onDestroy == "restore":
		if !r.manages(f, r.managed) {
			r.violated("the destroy restored %s from %s to %s, which is not managed", name, before, after)
		}
		if !r.formerValues[name][after] {
			r.violated("the destroy restored %s from %s to %s, which it never had", name, before, after)
		}
	case onDestroy == "reset":
		fresh := f.read(ramtest.NewAccount(acctest.AccountID))
		if after != fresh && !r.formerValues[name][after] {
			r.violated("the destroy reset %s from %s to %s, not %s", name, before, after, fresh)
		}
		if f.weaker != nil && r.weakest(f, after) {
			r.violated("the destroy reset %s from %s to %s, which is weaker than every value before", name, before, after)
		}
	default:
		r.violated("a destroy that retains changed %s from %s to %s", name, before, after)
	}
}

// manages reports whether a configuration manages a field.
func (r *settingRun) manages(f settingFields, config acctest.Attributes) bool {
	_, managed := config[f.attribute]
	return managed && f.attribute != ""
}

// invisible reports whether no response contains a field that older deployments lack, or
// that no source documents. Older deployments lack all of the newer fields.
func (r *settingRun) invisible(f settingFields) bool {
	switch {
	case f.attribute == "" || f.optional:
		return r.omits(r.hidden, f)
	case f.newer:
		return !slices.ContainsFunc(r.kind.fields, func(other settingFields) bool { return other.newer && !r.omits(r.hidden, other) })
	}
	return false
}

// omits reports whether responses without some fields and objects lack a field.
func (r *settingRun) omits(missing []string, f settingFields) bool {
	return slices.ContainsFunc(missing, func(name string) bool {
		return name == f.wire || slices.Contains(responseObjects[name], f.wire)
	})
}

// weakest reports whether a value is weaker than all that the field ever had.
func (r *settingRun) weakest(f settingFields, value string) bool {
	for was := range r.formerValues[f.name] {
		if !f.weaker(was, value) {
			return false
		}
	}
	return true
}
