// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"fmt"
	"maps"
	"net/url"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

// signHMACSHA1 returns the signed form of one attempt, with a new nonce and time. The form
// also holds the common parameters, which keeps the session token out of the URL and out of
// proxy logs. The gateway merges query and form before it verifies the signature (observed:
// the vendor's own samples post all parameters in the form).
//
// This file is the only one that uses the vendor's SDK, and it uses it only to sign.
func signHMACSHA1(op operation, key Key, region string, params map[string]string) (url.Values, error) {
	request := requests.NewCommonRequest()
	request.Method = requests.POST
	request.Product = string(op.product)
	request.Version = versions[op.product]
	request.ApiName = op.action
	request.AcceptFormat = "JSON"
	request.FormParams = maps.Clone(params)
	if request.FormParams == nil {
		request.FormParams = map[string]string{}
	}
	request.TransToAcsRequest()
	if err := auth.Sign(request, nil, region, signingKey(key)); err != nil {
		return nil, fmt.Errorf("cannot sign: %w", err)
	}
	form := url.Values{}
	for name, value := range request.QueryParams {
		form.Set(name, value)
	}
	for name, value := range request.FormParams {
		form.Set(name, value)
	}
	return form, nil
}

// signingKey passes a key to the SDK. The providers of the SDK would read an empty part
// from the environment.
type signingKey Key

// GetCredentials returns the key.
func (k signingKey) GetCredentials() (*credentials.Credentials, error) {
	return &credentials.Credentials{AccessKeyId: k.ID, AccessKeySecret: k.Secret, SecurityToken: k.Token}, nil
}

// GetProviderName returns a name that the SDK requires but does not use here.
func (signingKey) GetProviderName() string { return "static" }
