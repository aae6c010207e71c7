// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package tf

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A process that serves many providers does not cache an unlimited number of codecs.
func TestCodecs_areBounded(t *testing.T) {
	t.Parallel()
	type model struct {
		Name types.String `tfsdk:"name"`
	}
	for range 2 * mostCodecs {
		of := schema.Schema{Attributes: map[string]schema.Attribute{"name": schema.StringAttribute{}}}
		first, second := codecFor(t.Context(), reflect.TypeFor[model](), of), codecFor(t.Context(), reflect.TypeFor[model](), of)
		if first == nil || first != second {
			t.Fatalf("codec %v, second codec %v", first, second)
		}
	}
	codecs.RLock()
	defer codecs.RUnlock()
	if len(codecs.known) > mostCodecs {
		t.Errorf("%d codecs are saved", len(codecs.known))
	}
}
