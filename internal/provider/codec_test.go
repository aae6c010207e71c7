// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// modelTest compares the conversions of a model and one schema.
type modelTest func(*testing.T, tfsdk.Config)

// modelTests are the models of each resource type and of its identity. Those of the types that
// are not here are objects of the framework.
var modelTests = map[string]struct{ state, identity modelTest }{
	userKind:         {compareModel[userModel], compareModel[nameIdentity]},
	profileKind:      {compareModel[loginProfileModel], compareModel[owner.UserIdentity]},
	credentialType:   {compareModel[serviceCredentialModel], compareModel[serviceCredentialIdentity]},
	accessKey:        {compareModel[accessKeyModel], compareModel[accessKeyIdentity]},
	deviceKind:       {compareModel[virtualMFADeviceModel], compareModel[deviceIdentity]},
	bindingKind:      {compareModel[mfaBindingModel], compareModel[owner.UserIdentity]},
	verificationKind: {compareModel[verificationModel], compareModel[owner.UserIdentity]},
	groupMembersKind: {compareModel[groupMembersModel], compareModel[groupMembersIdentity]},
	policySetKind:    {compareModel[policySetModel], compareModel[policySetIdentity]},
	exclusiveKind:    {compareModel[exclusiveModel], compareModel[owner.UserIdentity]},
	rotationKind:     {compareModel[rotationModel], compareModel[owner.UserIdentity]},
	"ram_group":      {compareModel[groupModel], compareModel[nameIdentity]},
}

// The provider converts between models and objects as the framework does, whatever the values
// are, and with half of its allocations. Other tests would disturb their count.
func TestCodec_convertsAsTheFramework(t *testing.T) { //nolint:paralleltest // it counts allocations
	for _, create := range resources { //nolint:paralleltest // it counts allocations
		r := create()
		var meta resource.MetadataResponse
		r.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "ram"}, &meta)
		t.Run(meta.TypeName, func(t *testing.T) {
			var resp resource.SchemaResponse
			r.Schema(t.Context(), resource.SchemaRequest{}, &resp)
			var identity resource.IdentitySchemaResponse
			r.(resource.ResourceWithIdentity).IdentitySchema(t.Context(), resource.IdentitySchemaRequest{}, &identity)
			tests, ok := modelTests[meta.TypeName]
			if !ok {
				compareConversions[types.Object](t, tfsdk.Config{Schema: resp.Schema})
				return
			}
			tests.state(t, tfsdk.Config{Schema: resp.Schema})
			tests.identity(t, tfsdk.Config{Schema: identity.IdentitySchema})
		})
	}
}

// Models with fields that only the framework converts are converted by it.
func TestCodec_leavesOtherModelsToTheFramework(t *testing.T) {
	t.Parallel()
	var data datasource.SchemaResponse
	(&recycledKeysData{}).Schema(t.Context(), datasource.SchemaRequest{}, &data)
	compareConversions[recycledKeysModel](t, tfsdk.Config{Schema: data.Schema})
	var order action.SchemaResponse
	(&deactivateKeys{}).Schema(t.Context(), action.SchemaRequest{}, &order)
	compareConversions[deactivateKeysModel](t, tfsdk.Config{Schema: order.Schema})
	compareConversions[userModel](t, tfsdk.Config{Schema: data.Schema}) // it does not fit
	compareConversions[accessKeyModel](t, tfsdk.Config{Schema: configurationSchema()})
}

func compareModel[M any](t *testing.T, of tfsdk.Config) {
	t.Helper()
	compareConversions[M](t, of)
	ctx := t.Context()
	of.Raw = randomValue(rand.New(rand.NewPCG(1, 1)), of.Schema.Type().TerraformType(ctx), true)
	var model M
	var diags diag.Diagnostics
	read := testing.AllocsPerRun(10, func() { model = tf.Get[M](ctx, of, &diags) })
	plan := tfsdk.Plan{Schema: of.Schema}
	written := testing.AllocsPerRun(10, func() { tf.Set(ctx, model, &plan, &diags) })
	if most := testing.AllocsPerRun(10, func() { diags.Append(of.Get(ctx, &model)...) }) / 2; read > most {
		t.Errorf("%T: a read makes %v allocations, more than %v", model, read, most)
	}
	if most := testing.AllocsPerRun(10, func() { diags.Append(plan.Set(ctx, model)...) }) / 2; written > most {
		t.Errorf("%T: a write makes %v allocations, more than %v", model, written, most)
	}
	expect(t, "errors", diags.HasError(), false)
}

// compareConversions compares the conversions of many values to those of the framework.
func compareConversions[M any](t *testing.T, of tfsdk.Config) {
	t.Helper()
	kind := of.Schema.Type().TerraformType(t.Context())
	values := []tftypes.Value{tftypes.NewValue(kind, nil), tftypes.NewValue(kind, tftypes.UnknownValue), {}}
	for seed := range uint64(200) {
		values = append(values, randomValue(rand.New(rand.NewPCG(seed, 0)), kind, true))
	}
	for _, of.Raw = range values {
		var want M
		wanted := of.Get(t.Context(), &want)
		var diags diag.Diagnostics
		got := tf.Get[M](t.Context(), of, &diags)
		if !reflect.DeepEqual(got, want) || !sameDiagnostics(diags, wanted) {
			t.Fatalf("%v is read as\n%+v %v, by the framework as\n%+v %v", of.Raw, got, diags, want, wanted)
		}
		compareWrite(t, want, of)
	}
	var zero M
	compareWrite(t, zero, of)
}

func compareWrite(t *testing.T, model any, of tfsdk.Config) {
	t.Helper()
	want, got := tfsdk.Plan(of), tfsdk.Plan(of)
	wanted := want.Set(t.Context(), model)
	var diags diag.Diagnostics
	tf.Set(t.Context(), model, &got, &diags)
	if !got.Raw.Equal(want.Raw) || !sameDiagnostics(diags, wanted) {
		t.Fatalf("%+v is written as\n%v %v, by the framework as\n%v %v", model, got.Raw, diags, want.Raw, wanted)
	}
}

// randomValue returns a value of a type: null, unknown, zero or another one. An object that
// is whole is neither null nor unknown.
func randomValue(random *rand.Rand, of tftypes.Type, whole bool) tftypes.Value {
	form := random.IntN(4)
	switch {
	case !whole && form == 0:
		return tftypes.NewValue(of, nil)
	case !whole && form == 1:
		return tftypes.NewValue(of, tftypes.UnknownValue)
	}
	text := []string{"", "alice", "é\x00"}[random.IntN(3)]
	switch of := of.(type) {
	case tftypes.Object:
		attributes := map[string]tftypes.Value{}
		for name, kind := range of.AttributeTypes {
			attributes[name] = randomValue(random, kind, false)
		}
		return tftypes.NewValue(of, attributes)
	case tftypes.Map:
		elements := map[string]tftypes.Value{}
		for range form - 1 {
			elements[text] = randomValue(random, of.ElementType, false)
		}
		return tftypes.NewValue(of, elements)
	case tftypes.Set:
		return tftypes.NewValue(of, randomList(random, of.ElementType, form-1))
	case tftypes.List:
		return tftypes.NewValue(of, randomList(random, of.ElementType, form-1))
	}
	switch {
	case of.Is(tftypes.Bool):
		return tftypes.NewValue(of, form == 2)
	case of.Is(tftypes.Number):
		return tftypes.NewValue(of, form*(form-2)) // 0 or 3
	default:
		return tftypes.NewValue(of, text)
	}
}

func randomList(random *rand.Rand, of tftypes.Type, length int) []tftypes.Value {
	list := []tftypes.Value{}
	for range length {
		list = append(list, randomValue(random, of, false))
	}
	return list
}

// sameDiagnostics compares without the order of attributes, which is that of a map.
func sameDiagnostics(a, b diag.Diagnostics) bool {
	count := func(all diag.Diagnostics) (errors int) {
		for _, one := range all {
			if one.Severity() == diag.SeverityError {
				errors++
			}
		}
		return errors
	}
	return count(a) == count(b) && slices.EqualFunc(a, b, func(x, y diag.Diagnostic) bool { return x.Summary() == y.Summary() })
}
