// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// actsOnInstance has the provider instance of an action.
type actsOnInstance struct{ *instance.Instance }

func (a *actsOnInstance) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.Instance = instance.FromProviderData(req.ProviderData, &resp.Diagnostics)
}

// invocation has the arguments of all actions.
type invocation struct {
	AccountID types.String   `tfsdk:"account_id"`
	Timeouts  timeouts.Value `tfsdk:"timeouts"`
}

// userInvocation has the arguments of all actions on a user.
type userInvocation struct {
	invocation

	UserName types.String `tfsdk:"user_name"`
}

// keyIDForm is the form of an AccessKey id: letters and digits (observed).
var keyIDForm = tf.NewLazyRegexp(`^[A-Za-z0-9.]{1,64}$`)

func keyIDChecks() []validator.String {
	return []validator.String{keyIDForm.Validator("must be the id of an AccessKey pair, such as LTAI5tExample")}
}

// invocationAttributes are the attributes of invocation, and those of the action itself.
func invocationAttributes(ctx context.Context, longest time.Duration, own map[string]schema.Attribute) map[string]schema.Attribute {
	bounds, ok := timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		InvokeDescription: fmt.Sprintf("The maximum time for the action, such as `30s` or `10m`. The default is `%dm`.", int(longest.Minutes())),
	}).(schema.SingleNestedAttribute)
	if !ok {
		panic("timeouts is not a nested attribute")
	}
	bounds.MarkdownDescription = "The time limit of the action. It is never sent to the service."
	if invoke, ok := bounds.Attributes["invoke"].(schema.StringAttribute); ok {
		invoke.Validators = append(invoke.Validators, positiveDuration{})
		bounds.Attributes["invoke"] = invoke
	}
	attributes := map[string]schema.Attribute{
		"account_id": schema.StringAttribute{
			Optional: true, Validators: []validator.String{instance.AccountIDPattern.Validator("must be the 16 digits of an account id")},
			MarkdownDescription: "The id of the account. If the credentials belong to another account, the action fails and changes nothing.",
		},
		"timeouts": bounds,
	}
	maps.Copy(attributes, own)
	return attributes
}

// userInvocationAttributes are the attributes of userInvocation, and those of the action itself.
func userInvocationAttributes(ctx context.Context, own map[string]schema.Attribute) map[string]schema.Attribute {
	attributes := invocationAttributes(ctx, tf.DefaultTimeout, own)
	attributes["user_name"] = schema.StringAttribute{
		Required: true, Validators: owner.UserNameValidators(),
		MarkdownDescription: "The name of the RAM user, such as `alice` (not the principal name). It cannot be the user that Terraform runs as, or whose key it uses.",
	}
	return attributes
}

// positiveDuration rejects a timeout that has passed before the action begins.
type positiveDuration struct{}

func (positiveDuration) Description(context.Context) string { return "must be longer than 0s" }

func (p positiveDuration) MarkdownDescription(ctx context.Context) string { return p.Description(ctx) }

func (p positiveDuration) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	limit, err := time.ParseDuration(req.ConfigValue.ValueString())
	if err == nil && limit <= 0 { // a value that is no duration has its own error
		resp.Diagnostics.AddAttributeError(req.Path, "Cannot use the timeout", fmt.Sprintf("The timeout %s %s. Nothing was changed.", req.ConfigValue, p.Description(ctx)))
	}
}

// bounded limits ctx to the practitioner's timeout.
func (o invocation) bounded(ctx context.Context, longest time.Duration, diags *diag.Diagnostics) (context.Context, context.CancelFunc) {
	d, more := o.Timeouts.Invoke(ctx, longest)
	diags.Append(more...)
	return context.WithTimeout(ctx, d)
}

// A progress reports the progress of an action.
type progress func(format string, arguments ...any)

func progressOf(resp *action.InvokeResponse) progress {
	return func(format string, arguments ...any) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, arguments...)})
	}
}

// runAgain explains how to continue an action that did not finish.
const runAgain = "Run the same command again to continue; every step can be repeated."

// afterRequest returns what exists now, after a request that failed: unchanged if the service
// refused it, and unknown if the request may have taken effect.
func afterRequest(err error, unchanged, unknown string) string {
	state := unchanged
	if ram.OutcomeUnknown(err) {
		state = unknown
	}
	return state + " " + runAgain
}

// failedAction describes an action before it begins.
func failedAction(what string) diagnostics.Operation {
	return diagnostics.Operation{Name: what, State: "Nothing was changed."}
}

// checkInvocation checks that the credentials belong to the configured account.
func (a *actsOnInstance) checkInvocation(ctx context.Context, f diagnostics.Operation, o invocation, diags *diag.Diagnostics) (account string, ok bool) {
	account, ok = a.CheckAccount(ctx, f, "", diags)
	if want := o.AccountID.ValueString(); ok && want != "" && want != account {
		diags.AddAttributeError(path.Root("account_id"), "Cannot "+f.Name, fmt.Sprintf(
			"account_id is %s, but the credentials belong to account %s. %s\n\nUse the credentials of account %[1]s.", want, account, f.State))
		return "", false
	}
	return account, ok
}

// subject finds the user whom an action is about.
func (a *actsOnInstance) subject(ctx context.Context, f diagnostics.Operation, o userInvocation, diags *diag.Diagnostics) (ram.User, bool) {
	account, ok := a.checkInvocation(ctx, f, o.invocation, diags)
	if !ok {
		return ram.User{}, false
	}
	user, err := a.Client.RefreshUser(ctx, o.UserName.ValueString())
	if ram.NotFound(err, "User") {
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf(
			"There is no RAM user %q in account %s. %s\n\nThe user may have been renamed or deleted. A deleted user is in the recycle bin for about a month, with its credentials, which cannot be used there.\n\n%s",
			o.UserName.ValueString(), account, f.State, diagnostics.Explain(err)))
		return ram.User{}, false
	}
	return user, !diagnostics.Report(diags, f, err)
}

// planned finds the user whom a planned action is about, if it is known and there
// already: it may be created in the same run.
func (a *actsOnInstance) planned(ctx context.Context, f diagnostics.Operation, o userInvocation, diags *diag.Diagnostics) (ram.User, bool) {
	if a.Instance == nil || diags.HasError() {
		return ram.User{}, false
	}
	if _, ok := a.checkInvocation(ctx, f, o.invocation, diags); !ok || o.UserName.IsUnknown() {
		return ram.User{}, false
	}
	user, err := a.Client.User(ctx, o.UserName.ValueString())
	if ram.NotFound(err, "User") {
		return ram.User{}, false
	}
	return user, !diagnostics.Report(diags, f, err)
}

// refuseOwnUser refuses to act on the user that Terraform runs as, or whose key it uses.
func (a *actsOnInstance) refuseOwnUser(ctx context.Context, f diagnostics.Operation, user ram.User, diags *diag.Diagnostics) bool {
	own, err := owner.IsOwnUser(ctx, a.Instance, user.ID)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if own {
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf(
			"Terraform runs as the user %q, or with credentials that are based on it. %s\n\nRun with the credentials of another user.", user.Name, f.State))
	}
	return !own
}

// planUser is the plan of an action on a user who must not be Terraform's own. It reports whether the user is known, and may be acted on.
func (a *actsOnInstance) planUser(ctx context.Context, f diagnostics.Operation, o userInvocation, diags *diag.Diagnostics) (user ram.User, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	user, found := a.planned(ctx, f, o, diags)
	return user, found && a.refuseOwnUser(ctx, f, user, diags)
}

// actionLockOut is the guard of an action that removes second factors, which noun names.
func actionLockOut(noun string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: factorLossDocs(noun) + "Without it, the action fails in this case and changes nothing.",
	}
}

// keysNamed names keys, with what they are.
func keysNamed(keys []ram.AccessKey) string {
	ids := []string{}
	for _, key := range keys {
		ids = append(ids, fmt.Sprintf("%s (%s)", key.ID, key.Status))
	}
	slices.Sort(ids)
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, ", ")
}

// planInvocation is the plan of an action on the account.
func (a *actsOnInstance) planInvocation(ctx context.Context, f diagnostics.Operation, o invocation, diags *diag.Diagnostics) {
	if a.Instance == nil || diags.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	a.checkInvocation(ctx, f, o, diags)
}

// idsAttribute names the credentials that an action is about. Null names all of the user's
// credentials, and an empty set none: an expression that found nothing must not act on all.
func idsAttribute(docs string, checks ...validator.String) schema.SetAttribute {
	return schema.SetAttribute{
		Optional: true, ElementType: types.StringType,
		Validators:          []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(checks...)},
		MarkdownDescription: docs,
	}
}

// namedIDs returns nil for all credentials of the user, and otherwise those that are named,
// which may be none.
func namedIDs(set types.Set) []string {
	if set.IsNull() {
		return nil
	}
	ids := []string{}
	for _, element := range set.Elements() {
		ids = append(ids, tf.String(element))
	}
	slices.Sort(ids)
	return ids
}

// namesNone reports whether the set is known and names no credential.
func namesNone(set types.Set) bool {
	return !set.IsNull() && !set.IsUnknown() && len(set.Elements()) == 0
}

// warnOfNone warns that a plan does nothing, such as: no AccessKey pair is disabled.
func warnOfNone(attribute, noun, done string, userName types.String, diags *diag.Diagnostics) {
	diags.AddAttributeWarning(path.Root(attribute), fmt.Sprintf("No %s of user %s will be %s", noun, cmp.Or(userName.ValueString(), "(known after apply)"), done), fmt.Sprintf(
		"The set %s is empty, so it selects no %s, and there is nothing to do.\n\nTo select all of the user's, omit %[1]s or set it to null.", attribute, noun))
}
