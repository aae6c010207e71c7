// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package move converts states of other providers, for moved blocks.
package move

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// FormerType is a resource type of another provider whose state a moved block can convert to
// a resource type of this provider.
type FormerType struct {
	Name       string
	Required   []string // attributes of the new type that identify the object
	Attributes []FormerAttribute
}

// FormerAttribute describes the conversion of one attribute of a former type.
type FormerAttribute struct {
	Name    string
	Targets []string // attributes of the new type; empty if the value is dropped
	Docs    string   // description of the change for the guide
	// Convert copies the value to the new state. It is not called for null.
	Convert func(ctx context.Context, m *State, name string) error
	// Warn returns a warning about a value that is not copied, or an empty summary. It may be
	// nil.
	Warn func(m *State) (summary, detail string)
}

// typePrefix is the prefix of the resource types of this provider.
const typePrefix = "ram"

// Movers returns state movers for the former types and for the resource type itself. Some
// CLIs request a move even if only the address of the object or of the provider changes
// (observed: OpenTofu 1.12.4, reported of Terraform 1.15).
func Movers(ctx context.Context, target resource.Resource, formerTypes map[string][]FormerType) []resource.StateMover {
	var own resource.MetadataResponse
	target.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: typePrefix}, &own)
	former := formerTypes[own.TypeName]
	return []resource.StateMover{{StateMover: func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
		i := slices.IndexFunc(former, func(f FormerType) bool { return f.Name == req.SourceTypeName })
		switch {
		case req.SourceTypeName == own.TypeName && isOurs(req.SourceProviderAddress):
			moveOwnState(ctx, req, resp)
		case i >= 0 && hasFormerTypes(req.SourceProviderAddress):
			moveFormerState(ctx, former[i], req, resp)
		default:
			refuseMove(own.TypeName, former, req, &resp.Diagnostics)
		}
	}}}
}

// isOurs reports whether an address is that of this provider. It ignores host and namespace,
// which depend on the registry or mirror from which the provider was installed.
func isOurs(address string) bool {
	return address[strings.LastIndexByte(address, '/')+1:] == typePrefix
}

// hasFormerTypes reports whether a provider address belongs to the former types. It accepts
// alicloud on any host and in any namespace, because mirrors have their own namespaces; the
// bare name, which is all that OpenTofu before 1.12.4 passes (observed); and this provider,
// because state replace-provider does not change the values.
func hasFormerTypes(address string) bool {
	return isOurs(address) || address[strings.LastIndexByte(address, '/')+1:] == "alicloud"
}

// moveOwnState copies a state of the same type unchanged, including identity and private
// state.
func moveOwnState(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	what := "Cannot move the " + req.SourceTypeName
	if version := resp.TargetState.Schema.GetVersion(); req.SourceSchemaVersion != version {
		resp.Diagnostics.AddError(what, fmt.Sprintf(
			"The state has the schema version %d, and this release of the provider %d. Nothing was moved.\n\n"+
				"Remove the moved block, apply once with this release, and move the object after that.", req.SourceSchemaVersion, version))
		return
	}
	state, err := req.SourceRawState.Unmarshal(resp.TargetState.Schema.Type().TerraformType(ctx))
	if err != nil { // the error names the attribute and may quote its value
		resp.Diagnostics.AddError(what, "The state does not have the schema of this release of the provider. Nothing was moved.\n\n"+
			"Remove the moved block, apply once with this release, and move the object after that.")
		return
	}
	resp.TargetState.Raw, resp.TargetPrivate = state, req.SourcePrivate
	identity := resp.TargetIdentity
	resp.TargetIdentity = nil // the next read fills it in
	if identity == nil || req.SourceIdentity == nil || len(req.SourceIdentity.JSON) == 0 {
		return
	}
	if identity.Raw, err = req.SourceIdentity.Unmarshal(identity.Schema.Type().TerraformType(ctx)); err == nil && !identity.Raw.IsNull() {
		resp.TargetIdentity = identity
	}
}

// refuseMove reports which states can be moved.
func refuseMove(own string, former []FormerType, req resource.MoveStateRequest, diags *diag.Diagnostics) {
	supported := "only a state of its own type"
	if len(former) > 0 {
		names := []string{}
		for _, f := range former {
			names = append(names, f.Name)
		}
		supported = strings.Join(names, " and ") + " of the provider aliyun/alicloud, and states of its own type"
	}
	advice := "To manage the object with " + own + ", remove the old resource from the state with a removed block that has destroy = false, and import the object."
	if slices.ContainsFunc(former, func(f FormerType) bool { return f.Name == req.SourceTypeName }) {
		advice = fmt.Sprintf("If the provider is a copy of aliyun/alicloud, move the state to that name, and plan again: terraform state replace-provider '%s' aliyun/alicloud. "+
			"A removed block and an import would lose the secret of an AccessKey.", req.SourceProviderAddress)
	}
	diags.AddError("Cannot move the "+req.SourceTypeName, fmt.Sprintf(
		"%s can be moved from %s. This state is a %s of the provider %s, schema version %d. Nothing was moved.\n\n%s",
		own, supported, req.SourceTypeName, req.SourceProviderAddress, req.SourceSchemaVersion, advice))
}

// State is a state during its conversion. A move knows neither the account nor the
// configuration. Attributes that depend on them stay null until the next read.
type State struct {
	Former FormerType
	Old    map[string]json.RawMessage
	kinds  map[string]attr.Type
	Into   tf.Values
	Diags  *diag.Diagnostics
}

func moveFormerState(ctx context.Context, former FormerType, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	m := &State{Former: former, Into: tf.Values{}, Diags: &resp.Diagnostics}
	if err := json.Unmarshal(req.SourceRawState.JSON, &m.Old); err != nil || m.Old == nil {
		m.fail("It is not a JSON object. It may have been written by Terraform 0.11 or older.", "Apply once with the old provider and a newer version of Terraform, and move the object after that.")
		return
	}
	object, ok := resp.TargetState.Schema.Type().(attr.TypeWithAttributeTypes)
	if !ok {
		m.fail(fmt.Sprintf("The schema to move to is a %T.", resp.TargetState.Schema.Type()), "This is a bug in the provider; please report it.")
		return
	}
	m.kinds = object.AttributeTypes()
	for name, a := range resp.TargetState.Schema.GetAttributes() {
		m.Into[name] = m.initial(ctx, name, a)
	}
	m.carry(ctx)
	m.check(req.SourceSchemaVersion)
	if resp.Diagnostics.HasError() {
		return
	}
	state := m.Into.Object(object, &resp.Diagnostics)
	raw, err := state.ToTerraformValue(ctx)
	if err != nil {
		m.fail(err.Error(), "This is a bug in the provider; please report it.")
		return
	}
	resp.TargetState.Raw, resp.TargetIdentity = raw, nil
}

// fail reports why nothing was moved. It quotes no value, because the old state may contain
// secrets.
func (m *State) fail(why, advice string) {
	m.Diags.AddError("Cannot move the "+m.Former.Name, "Its state cannot be read. "+why+" Nothing was moved.\n\n"+advice)
}

// initial returns the value of an attribute that the old state does not have: the default of
// an argument that only this provider has, as after an import; otherwise null.
func (m *State) initial(ctx context.Context, name string, attribute any) attr.Value {
	switch a := attribute.(type) {
	case interface{ StringDefaultValue() defaults.String }:
		if d := a.StringDefaultValue(); d != nil {
			var resp defaults.StringResponse
			d.DefaultString(ctx, defaults.StringRequest{}, &resp)
			return resp.PlanValue
		}
	case interface{ BoolDefaultValue() defaults.Bool }:
		if d := a.BoolDefaultValue(); d != nil {
			var resp defaults.BoolResponse
			d.DefaultBool(ctx, defaults.BoolRequest{}, &resp)
			return resp.PlanValue
		}
	}
	null, err := m.kinds[name].ValueFromTerraform(ctx, tf.Null(ctx, m.kinds[name]))
	if err != nil {
		m.fail(err.Error(), "This is a bug in the provider; please report it.")
	}
	return null
}

// carry converts the old state, attribute by attribute.
func (m *State) carry(ctx context.Context) {
	for _, a := range m.Former.Attributes {
		if IsBlank(m.Old[a.Name], "null") {
			continue
		}
		if a.Convert != nil {
			if err := a.Convert(ctx, m, a.Name); err != nil {
				m.fail(fmt.Sprintf("Its value of %s %s.", a.Name, err), "Apply once with the old provider, which reads the object again, and move the object after that.")
			}
		}
		if a.Warn == nil || m.Nothing(a.Name) {
			continue
		}
		if summary, detail := a.Warn(m); summary != "" {
			m.Diags.AddWarning(summary, detail)
		}
	}
}

// check reports missing attributes, and unknown attributes of the old state.
func (m *State) check(version int64) {
	for _, name := range m.Former.Required {
		if tf.String(m.Into[name]) == "" {
			m.fail(fmt.Sprintf("It does not identify the object: it contains no value for %s.", name), "Import the object instead.")
		}
	}
	strange := []string{}
	for name := range m.Old {
		known := slices.ContainsFunc(m.Former.Attributes, func(a FormerAttribute) bool { return a.Name == name })
		if !known && !m.Nothing(name) {
			strange = append(strange, name)
		}
	}
	slices.Sort(strange)
	if len(strange) > 0 {
		m.Diags.AddWarning("Some attributes of the "+m.Former.Name+" were not moved", fmt.Sprintf(
			"Its state contains attributes that this release of the provider does not know. They were not moved: %s. The account is unchanged.", strings.Join(strange, ", ")))
	}
	if version != 0 {
		m.Diags.AddWarning("The "+m.Former.Name+" has a newer schema", fmt.Sprintf(
			"Its state has the schema version %d, which this release of the provider does not know. Its attributes were moved by name; check the plan carefully.", version))
	}
}

// Nothing reports whether the old state has no value for an attribute. The old SDK writes the
// zero value for an attribute that is not configured.
func (m *State) Nothing(name string) bool {
	return IsBlank(m.Old[name], "null", `""`, "false", "0", "[]", "{}")
}

// IsBlank reports whether a JSON value is null or one of the given texts.
func IsBlank(raw json.RawMessage, blanks ...string) bool {
	return len(raw) == 0 || slices.Contains(blanks, string(raw))
}

// WrongValue means that a value has an unexpected form. It does not quote the value.
type WrongValue struct{ Wanted string }

func (w *WrongValue) Error() string { return "is not " + w.Wanted }

// Read returns an attribute of the old state, converted to a type. It accepts strings for
// numbers and booleans, which older SDKs write. An empty string counts as null.
func (m *State) Read(ctx context.Context, name string, kind attr.Type) (attr.Value, error) {
	raw, as := m.Old[name], kind.TerraformType(ctx)
	if string(raw) == `""` && !as.Is(tftypes.String) {
		raw = json.RawMessage("null")
	}
	v, err := (&tfprotov6.RawState{JSON: raw}).UnmarshalWithOpts(as, tfprotov6.UnmarshalOpts{ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}})
	if err != nil {
		return nil, &WrongValue{Wanted: form(as)}
	}
	value, err := kind.ValueFromTerraform(ctx, v)
	if err != nil {
		return nil, &WrongValue{Wanted: form(as)}
	}
	return value, nil
}

// form describes a type for diagnostics.
func form(kind tftypes.Type) string {
	switch {
	case kind.Is(tftypes.Bool):
		return "true or false"
	case kind.Is(tftypes.Number):
		return "a whole number"
	case kind.Is(tftypes.String):
		return "a text"
	case kind.Is(tftypes.Set{}):
		return "a list of strings"
	default:
		return "of the expected type"
	}
}

// Text returns a string attribute, or "" for null and for a value that is not a string.
func (m *State) Text(ctx context.Context, name string) string {
	if IsBlank(m.Old[name], "null") {
		return ""
	}
	v, err := m.Read(ctx, name, types.StringType)
	if err != nil {
		return ""
	}
	return tf.String(v)
}

// CopyAs copies a value to an attribute with the same meaning.
func (m *State) CopyAs(ctx context.Context, name, as string) error {
	v, err := m.Read(ctx, name, m.kinds[as])
	if err == nil && !v.IsNull() {
		m.Into[as] = v
	}
	return err
}
