// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// create creates a user. If the response is lost, the name shows whether the user was created:
// it did not exist before, or is not older than the request, and a name is unique in an account.
func (r *userResource) create(ctx context.Context, want ram.User, account string, diags *diag.Diagnostics) (ram.User, bool) {
	f := diagnostics.Operation{Name: "create the user", State: "Nothing was created."}
	there, taken, err := r.Client.NameTaken(ctx, want.Name)
	if diagnostics.Report(diags, f, err) {
		return ram.User{}, false
	}
	if taken {
		reportNameTaken(there, account, diags)
		return ram.User{}, false
	}
	began := r.ServerNow()
	// One interrupt must not part the user from the state.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*instance.SendLimit)
	defer cancel()
	for unknowns := range 2 {
		var created ram.User
		created, err = r.Client.CreateUser(ctx, want)
		switch {
		case err == nil:
			return created, true
		case ram.Exists(err) && unknowns == 0:
			there.Name = want.Name
			reportNameTaken(there, account, diags)
			return ram.User{}, false
		case !ram.Exists(err) && !ram.OutcomeUnknown(err):
			diagnostics.Report(diags, f, err)
			return ram.User{}, false
		}
		f.State = fmt.Sprintf("It is unknown whether the user was created. If account %s has a user %q now, import it: terraform import <address> %[2]s", account, want.Name)
		found, lost := r.WaitUntil(ctx, instance.LagWindow, func(ctx context.Context) (bool, error) {
			created, err := r.Client.RefreshUser(ctx, want.Name)
			if ram.NotFound(err, "User") {
				return false, nil
			}
			there = created
			return err == nil, err
		})
		if diagnostics.Report(diags, f, lost) {
			return ram.User{}, false
		}
		if found {
			older := !there.CreateDate.IsZero() && there.CreateDate.Before(began.Add(-2*time.Second)) // dates are known to the second
			if older || !sameUser(storedBy(there, want), there) {
				reportNameTaken(there, account, diags)
				return ram.User{}, false
			}
			return there, true
		}
	}
	diagnostics.Report(diags, f, err)
	return ram.User{}, false
}

// reportNameTaken reports that the name is another user's.
func reportNameTaken(there ram.User, account string, diags *diag.Diagnostics) {
	id := ""
	if there.ID != "" {
		id = fmt.Sprintf(", with the id %s, created on %s", there.ID, there.CreateDate.UTC().Format("2006-01-02 15:04 MST"))
	}
	diags.AddAttributeError(path.Root("name"), "Cannot create the user", fmt.Sprintf(
		"Account %s already has a RAM user %q%s. Nothing was created, and that user was not changed.\n\n"+
			"To manage it with Terraform, import it:\n\n  terraform import <address> %[2]s\n\nFor another user, choose another name.", account, there.Name, id))
}

// sameUser reports whether all that one user says of itself is what the other has. What
// the first leaves out may be anything, as the service gives a display name by itself.
func sameUser(want, have ram.User) bool { return len(differentIn(want, have)) == 0 }

// differentIn returns the attributes in which a user differs from the one that was written.
func differentIn(want, have ram.User) (attributes []string) {
	for _, a := range []struct {
		name string
		same bool
	}{
		{"name", want.Name == have.Name},
		{"display_name", want.DisplayName == "" || want.DisplayName == have.DisplayName},
		{"mobile_phone", want.MobilePhone == have.MobilePhone},
		{"email", want.Email == have.Email},
		{"comments", want.Comments == have.Comments},
		{"tags", maps.Equal(ownTags(want.Tags), ownTags(have.Tags))},
	} {
		if !a.same {
			attributes = append(attributes, a.name)
		}
	}
	return attributes
}

// unstored are the contacts that a user should have and that the service did not store. It
// has them on its China site only (documented); others may ignore them (assumed).
func unstored(want, have ram.User) (attributes []string) {
	if want.Email != "" && have.Email == "" {
		attributes = append(attributes, "email")
	}
	if want.MobilePhone != "" && have.MobilePhone == "" {
		attributes = append(attributes, "mobile_phone")
	}
	return attributes
}

// storedBy is a user without the contacts that the service did not store.
func storedBy(have, want ram.User) ram.User {
	for _, attribute := range unstored(want, have) {
		*textOf(&want, attribute) = ""
	}
	return want
}

// textOf is the text of a user that an attribute sets, and nil for the other attributes.
func textOf(user *ram.User, attribute string) *string {
	switch attribute {
	case "display_name":
		return &user.DisplayName
	case "mobile_phone":
		return &user.MobilePhone
	case "email":
		return &user.Email
	case "comments":
		return &user.Comments
	}
	return nil
}

// textsIn returns the texts in which a user differs from the one that was written.
func textsIn(want, have ram.User) []string {
	return slices.DeleteFunc(differentIn(want, have), func(attribute string) bool { return textOf(&want, attribute) == nil })
}

// differsOnlyIn reports whether a user differs from the one that was written, and in nothing
// but these attributes.
func differsOnlyIn(attributes []string, want, have ram.User) bool {
	different := differentIn(want, have)
	return len(different) > 0 && !slices.ContainsFunc(different, func(attribute string) bool { return !slices.Contains(attributes, attribute) })
}

// sentOf returns the planned user, with the present values of what an update did not send
// because the user had it before. Without a user before, all was sent.
func sentOf(before *userModel, planned, present ram.User) ram.User {
	if before == nil {
		return planned
	}
	had := before.user()
	for attribute := range before.optionals() {
		if text := textOf(&planned, attribute); *textOf(&had, attribute) == *text {
			*text = *textOf(&present, attribute)
		}
	}
	if maps.Equal(had.Tags, planned.Tags) {
		planned.Tags = present.Tags
	}
	return planned
}

// warnUnsent warns of attributes that changed since the plan and that an update did not send.
func warnUnsent(planned, sent, seen ram.User, diags *diag.Diagnostics) {
	unconfirmed := differentIn(sent, seen)
	changed := slices.DeleteFunc(differentIn(planned, seen), func(attribute string) bool { return slices.Contains(unconfirmed, attribute) })
	if len(changed) > 0 {
		diags.AddWarning("The user changed since the plan", fmt.Sprintf(
			"Outside Terraform, these attributes of the user %q changed since the plan: %s. This apply did not send them: the account keeps the new values, and the next refresh shows them.", seen.Name, strings.Join(changed, ", ")))
	}
}

// showsWrite reports whether a read is not older than a write, by the times of the last
// change, so that what it lacks is not merely late.
func showsWrite(written, read ram.User) bool {
	return !written.UpdateDate.IsZero() && !read.UpdateDate.Before(written.UpdateDate)
}

// explainUnstored explains why a text does not reach the service.
func explainUnstored(attribute string, want, have ram.User, state string) string {
	wanted, returned := *textOf(&want, attribute), *textOf(&have, attribute)
	switch {
	case wanted == "":
		return fmt.Sprintf("The service accepted an empty value of %[1]s, and still returns the former value, after two requests: one to Ims and one to Ram. %[2]s\n\n"+
			"Set another value for %[1]s. To keep the value, remove the user from the state and import it without the attribute.", attribute, state)
	case returned == "" && (attribute == "email" || attribute == "mobile_phone"):
		return fmt.Sprintf("The service accepted the request and did not store %s: it stores contacts of users on its China site only, or another client removed it since. %s\n\nRemove %[1]s from the configuration.", attribute, state)
	}
	return fmt.Sprintf("The service accepted the request, and returns %[1]s %[3]q instead of %[2]q. It did not store the value, it stores another form of it, or another client changed it since. %[4]s\n\n"+
		"Apply again. If the service returns the same value after that, use it as %[1]s, or remove %[1]s from the configuration.", attribute, wanted, returned, state)
}

// unstoredLimit is how long a text may read differently that the response to the write does
// not have either, before it counts as not stored (assumed).
const unstoredLimit = 5 * time.Second

// confirmation is what reads show after a write.
type confirmation struct {
	want, seen ram.User // what was sent, and what the last read returned
	lost       []string // the texts that the service did not store
	shows      bool     // the service shows the user as it was written
}

// confirm waits until the user reads as it was written, so that what follows in the
// same run, and the next plan, find it so. A text counts as not stored if all reads of a
// few seconds return another value, and either the response to the write did not have it
// either, or the response had it, and the reads are not older than the write.
// What an update did not send, because before has it already, may have changed since the plan.
func (r *userResource) confirm(ctx context.Context, before *userModel, written userModel, returned ram.User, diags *diag.Diagnostics) confirmation {
	planned, limit := written.user(), instance.ConfirmLimit
	want := planned
	refused := textsIn(sentOf(before, planned, returned), returned)
	if len(refused) > 0 {
		limit = unstoredLimit
	}
	var seen ram.User
	var current time.Time // when a read first had the time of the write
	shows, err := r.WaitUntil(ctx, limit, func(ctx context.Context) (bool, error) {
		// By the name, which is how everything that belongs to the user finds it.
		named, err := r.Client.RefreshUser(ctx, want.Name)
		if ram.NotFound(err, "User") || err == nil && named.ID != want.ID {
			return false, nil
		}
		seen = named
		want = sentOf(before, planned, seen)
		if err != nil || sameUser(want, seen) {
			return err == nil, err
		}
		if current.IsZero() && showsWrite(returned, seen) {
			current = r.Client.Now()
		}
		if texts := textsIn(want, seen); !current.IsZero() && r.Client.Now().Sub(current) >= unstoredLimit && differsOnlyIn(texts, want, seen) {
			refused = texts
			return true, nil
		}
		return false, nil
	})
	if seen.ID != "" {
		warnUnsent(planned, want, seen, diags)
	}
	if err == nil && differsOnlyIn(refused, want, seen) {
		return confirmation{want: want, seen: seen, lost: textsIn(want, seen)}
	}
	const summary, kept = "Cannot confirm the user", "The state has the written values; the next refresh reads the account."
	switch {
	case err != nil:
		diags.AddWarning(summary, "The service accepted the request, but reading the user back failed. "+kept+"\n\n"+diagnostics.Explain(err))
	case !shows && seen.ID == "":
		diags.AddWarning(summary, fmt.Sprintf("The service accepted the request, but still does not show a user %q. %s", want.Name, kept))
	case !shows:
		diags.AddWarning(summary, fmt.Sprintf("The service accepted the request, but still returns other values than the written ones: %s. %s", strings.Join(differentIn(want, seen), ", "), kept))
	}
	return confirmation{want: want, seen: seen, shows: shows}
}
