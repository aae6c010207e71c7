// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package setting is the life cycle of a setting: something of which every account has exactly one.
package setting

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*Setting[struct{}])(nil)
	_ resource.ResourceWithIdentity    = (*Setting[struct{}])(nil)
	_ resource.ResourceWithImportState = (*Setting[struct{}])(nil)
	_ resource.ResourceWithModifyPlan  = (*Setting[struct{}])(nil)
	_ list.ListResourceWithConfigure   = (*Setting[struct{}])(nil)
)

// Setting is a resource that every account has exactly once. It cannot be created or
// deleted: its create adopts it, and changes only the attributes that the configuration
// sets; on_destroy determines what its destroy changes.
//
// S is the type of the setting in package ram. A new setting needs its Fields,
// Fetch, Refresh and Write.
type Setting[S any] struct {
	instance.Resource
	Name, Noun, Docs string
	// Object is what the resource manages, of which there is exactly one; "" while it is unknown.
	Object    string
	Fields    []Field[S]
	Derived   []Derived[S]
	Arguments map[string]schema.Attribute

	// Fetch reads the setting, from the cache if it can; Refresh bypasses the cache.
	Fetch, Refresh func(context.Context, *ram.Client) (S, error)
	// Write writes what merge makes of the live setting, which is read for each attempt
	// immediately before it is sent.
	Write func(ctx context.Context, c *ram.Client, merge ram.Merge[S], o WriteOptions) error
	// Complete reads the fields that another operation returns, bypassing the cache. It is called if one of
	// them is managed. It may be nil.
	Complete func(context.Context, *ram.Client, *S) error
	// Get is the operation that returns the setting; "" if its fields are not recorded.
	Get string
	// LockName is the lock of a write; "" is one of its own. Settings whose Risks depend on each other share one.
	LockName string
	// Risks returns the risks of a change, such as lock-outs. It may be nil.
	Risks func(context.Context, Change[S]) []Risk
	// DestroyWarning returns the warning of the plan of a destroy that changes the
	// setting from before to after, or "". It may be nil.
	DestroyWarning func(before, after S) string
}

// WriteOptions are what a write needs besides the values.
type WriteOptions struct {
	Known     []string // fields that an earlier reply had; a reply without one of them is refused
	Elsewhere bool     // whether a field is managed that another operation returns
}

// Derived is an attribute that the service computes from the fields.
type Derived[S any] struct {
	Name, Docs string
	Get        func(*S) attr.Value
}

// accountIdentity is the identity of a setting: its account.
type accountIdentity struct {
	AccountID types.String `tfsdk:"account_id"`
}

// What on_destroy may say.
const (
	Retain  = "retain"  // leave the account as it is
	Restore = "restore" // put back what was there before an attribute became managed
	Reset   = "reset"   // put what a new account has
)

func (s *Setting[S]) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + s.Name
}

func (s *Setting[S]) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"account_id": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "The id of the account of the setting.",
			PlanModifiers:       tf.StableID(),
		},
		"on_destroy": schema.StringAttribute{
			Optional: true, Computed: true,
			Default:    stringdefault.StaticString(Retain),
			Validators: []validator.String{stringvalidator.OneOf(Retain, Restore, Reset)},
			MarkdownDescription: "What destroying the resource does to the account. The value of the last apply is used. `" + Retain + "` (the default) leaves the account unchanged. `" + Restore +
				"` writes, for each managed attribute, the value from before the adoption; a setting that was imported or moved has no such values. `" + Reset + "` writes the values of a new account, except those that are weaker than the values that the provider found.",
		},
		"reset_may_weaken": schema.SetAttribute{
			ElementType: types.StringType, Optional: true,
			Validators: []validator.Set{setvalidator.ValueStringsAre(stringvalidator.OneOf(s.fieldNames()...))},
			MarkdownDescription: "Attributes that `on_destroy = \"" + Reset + "\"` may make less secure. Every other attribute keeps its value if the value of a new account is weaker than the value from before the adoption or, for an attribute that was never managed, than the current value. " +
				"The service has changed the values of new accounts, and does not return the values that an account started with, so the provider writes the older values. It is never sent to the service.",
		},
		"timeouts": tf.TimeoutsAttribute(ctx),
	}
	maps.Copy(attributes, s.Arguments)
	for _, f := range s.Fields {
		attributes[f.Name] = f.Resource
	}
	for _, d := range s.Derived {
		attributes[d.Name] = schema.StringAttribute{Computed: true, MarkdownDescription: d.Docs}
	}
	resp.Schema = schema.Schema{MarkdownDescription: s.Docs + s.datedDocs(), Attributes: attributes}
}

func (s *Setting[S]) fieldNames() []string {
	names := []string{}
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	return names
}

func (s *Setting[S]) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_id": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The id of the account of the setting.",
		},
	}}
}

func (s *Setting[S]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := req.ID
	if id == "" {
		id = tf.Get[accountIdentity](ctx, req.Identity, &resp.Diagnostics).AccountID.ValueString()
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	account, ok := s.CheckAccount(ctx, s.Operation("import", "The state is unchanged."), "", &resp.Diagnostics)
	if !ok {
		return
	}
	if id != account && id != "current" {
		resp.Diagnostics.AddError("Cannot import the "+s.Noun, fmt.Sprintf(
			"The import is for account %q, but the credentials belong to account %q. Nothing was imported.\n\n"+
				"Import with the id of the account of the credentials or with \"current\", or use the credentials of account %[1]q.", id, account))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_id"), account)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("on_destroy"), Retain)...)
	if _, guarded := s.Arguments["allow_lock_out"]; guarded {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("allow_lock_out"), false)...)
	}
	tf.Set(ctx, accountIdentity{AccountID: types.StringValue(account)}, resp.Identity, &resp.Diagnostics)
}

func (s *Setting[S]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := s.Values(ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts().Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	const unchanged = "The state is unchanged."
	id, ok := s.CheckAccount(ctx, s.Operation("read", unchanged), tf.String(state["account_id"]), &resp.Diagnostics)
	if !ok {
		return
	}
	live, err := s.Fetch(ctx, s.Client)
	if err == nil {
		err = s.readElsewhere(ctx, state, &live)
	}
	if diagnostics.Report(&resp.Diagnostics, s.Operation("read", unchanged), err) {
		return
	}
	s.RecordCaptured(ReadAdoption(ctx, req.Private, &resp.Diagnostics))
	s.recordFields(ctx, resp.Private, &resp.Diagnostics)
	state["account_id"] = types.StringValue(id)
	s.Show(state, &live)
	s.save(ctx, state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// readElsewhere reads the fields that another operation returns, if one of them is in v.
func (s *Setting[S]) readElsewhere(ctx context.Context, v tf.Values, live *S) error {
	if !s.needsElsewhere(v) {
		return nil
	}
	return s.Complete(ctx, s.Client, live)
}

// needsElsewhere reports whether a field that another operation returns is in v.
func (s *Setting[S]) needsElsewhere(v tf.Values) bool {
	return s.Complete != nil && slices.ContainsFunc(s.Fields, func(f Field[S]) bool { return f.Elsewhere != "" && v[f.Name] != nil && !v[f.Name].IsNull() })
}

// refuseAbsent refuses to manage a field that the account does not have.
func (s *Setting[S]) refuseAbsent(verb, state string, config tf.Values, live *S, diags *diag.Diagnostics) {
	for _, f := range s.ManagedFields(config) {
		if f.Elsewhere != "" && tf.IsAbsent(f.Get(live)) {
			diags.AddAttributeError(path.Root(f.Name), "Cannot "+verb+" the "+s.Noun, fmt.Sprintf(
				"The service does not return %s for this account. %s %s\n\nRemove the attribute from the configuration.", f.Name, f.Elsewhere, state))
		}
	}
}

// Show writes the values that were read to v. A value in v that means the same keeps its notation.
func (s *Setting[S]) Show(v tf.Values, live *S) {
	for _, f := range s.Fields {
		v[f.Name] = f.show(v[f.Name], f.Get(live))
	}
	for _, d := range s.Derived {
		v[d.Name] = d.Get(live)
	}
}

// Operation describes an operation for report.
func (s *Setting[S]) Operation(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the " + s.Noun, State: state}
}

// Values reads the attributes of a plan, state or configuration.
func (s *Setting[S]) Values(ctx context.Context, from interface {
	Get(context.Context, any) diag.Diagnostics
}, diags *diag.Diagnostics,
) tf.Values {
	return maps.Clone(tf.Get[types.Object](ctx, from, diags).Attributes())
}

func (s *Setting[S]) save(ctx context.Context, v tf.Values, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	id, _ := v["account_id"].(types.String)
	if o := v.Object(state.Schema.Type(), diags); !diags.HasError() {
		tf.Save(ctx, accountIdentity{AccountID: id}, o, state, identity, diags)
	}
}

// AccountDefaults are the fields as a new account has them.
func (s *Setting[S]) AccountDefaults() tf.Values {
	v := tf.Values{}
	for _, f := range s.Fields {
		v[f.Name] = f.AccountDefault
	}
	return v
}
