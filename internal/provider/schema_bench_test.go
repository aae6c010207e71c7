// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// BenchmarkFirstSchema measures the first requests of a CLI to a provider that has just started.
func BenchmarkFirstSchema(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		server := Server(New("test", func(string) string { return "" })())
		if _, err := server.GetProviderSchema(b.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
			b.Fatal(err)
		}
	}
}
