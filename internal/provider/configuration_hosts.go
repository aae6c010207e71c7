// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// argumentOrVariable is the value of an argument, or else of the first variable that has one,
// and where it is from. Empty is not set.
func (p *ramProvider) argumentOrVariable(argument types.String, variables ...string) (value, variable string) {
	if value = strings.TrimSpace(argument.ValueString()); value != "" {
		return value, ""
	}
	for _, variable := range variables {
		if value = strings.TrimSpace(p.environment.Getenv(variable)); value != "" {
			return value, variable
		}
	}
	return "", ""
}

// fault reports a value on its argument, or with the variable that it is from.
func fault(diags *diag.Diagnostics, at path.Path, variable, detail string) {
	if variable != "" {
		diags.AddError(cannotConfigure, "The environment variable "+variable+" is wrong: "+detail)
		return
	}
	diags.AddAttributeError(at, cannotConfigure, detail)
}

var regionVariables = []string{"ALIBABA_CLOUD_REGION", "ALIBABA_CLOUD_REGION_ID", "ALICLOUD_REGION"}

// regionName is the form of a region. It becomes part of a host name.
var regionName = tf.NewLazyRegexp(`^[a-z]{2}(-[a-z0-9]+)+$`)

func (p *ramProvider) region(argument types.String, diags *diag.Diagnostics) string {
	value, variable := p.argumentOrVariable(argument, regionVariables...)
	if value != "" && !regionName.MatchString(value) {
		fault(diags, path.Root("region"), variable, "the region must be a region ID, such as `cn-hangzhou`.")
	}
	return value
}

func (p *ramProvider) caBundle(argument types.String, diags *diag.Diagnostics) []byte {
	file := strings.TrimSpace(argument.ValueString())
	if file == "" {
		return nil
	}
	content, err := p.environment.ReadFile(file)
	if err != nil {
		diags.AddAttributeError(path.Root("ca_bundle_file"), cannotConfigure, fmt.Sprintf("The file %s cannot be read. Check that it exists and that this user may read it.", file))
		return nil
	}
	if !x509.NewCertPool().AppendCertsFromPEM(content) {
		diags.AddAttributeError(path.Root("ca_bundle_file"), cannotConfigure, fmt.Sprintf("The file %s holds no certificate in PEM.", file))
	}
	return content
}

func (p *ramProvider) endpoints(block *endpoints, diags *diag.Diagnostics) ram.Endpoints {
	if block == nil {
		block = &endpoints{}
	}
	return ram.Endpoints{
		Ram: p.endpoint("ram", block.Ram, "RAM_ENDPOINT", diags),
		Ims: p.endpoint("ims", block.Ims, "IMS_ENDPOINT", diags),
		Sts: p.endpoint("sts", block.Sts, "STS_ENDPOINT", diags),
	}
}

func (p *ramProvider) endpoint(service string, argument types.String, variable string, diags *diag.Diagnostics) *url.URL {
	value, variable := p.argumentOrVariable(argument, variable)
	if value == "" {
		return nil
	}
	at := path.Root("endpoints").AtName(service)
	endpoint, foreign, err := ram.ParseEndpoint(value)
	if err != nil {
		fault(diags, at, variable, "the endpoint of "+service+" cannot be used: "+err.Error()+".")
		return nil
	}
	if foreign {
		warnForeign(diags, at, variable, service, endpoint)
	}
	return endpoint
}

func warnForeign(diags *diag.Diagnostics, at path.Path, variable, service string, endpoint *url.URL) {
	summary := fmt.Sprintf("The endpoint %s does not belong to Alibaba Cloud", endpoint.Host)
	detail := fmt.Sprintf("All calls to %s, with their signatures and some with passwords, go to %s. Make sure that you trust this host.", service, endpoint.Host)
	if variable != "" {
		diags.AddWarning(summary, detail+" It is set by the environment variable "+variable+".")
		return
	}
	diags.AddAttributeWarning(at, summary, detail)
}
