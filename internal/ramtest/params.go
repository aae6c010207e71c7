// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"io"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// incoming is a request as received: signed in its parameters (styles A and B), in its headers (style C), or unsigned.
type incoming struct {
	method string
	host   string
	path   string
	header http.Header
	query  url.Values
	form   url.Values
	body   []byte

	signedInHeaders bool
	action, version string
	format          string
	keyID           string
	token           string
	nonce, date     string

	params map[string]string // the operation's own parameters
	broken error             // error that occurred while reading the request
}

const largestBody = 4 << 20

// receive reads a request. Its errors are returned later, in the order of the checks.
func receive(r *http.Request) *incoming {
	in := &incoming{method: r.Method, host: r.Host, path: r.URL.Path, header: r.Header, params: map[string]string{}}
	in.query, in.broken = url.ParseQuery(r.URL.RawQuery)
	body, err := io.ReadAll(io.LimitReader(r.Body, largestBody+1))
	if err != nil || len(body) > largestBody {
		in.broken = invalid("Body")
	}
	in.body = body
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
		if in.form, err = url.ParseQuery(string(body)); err != nil {
			in.broken = invalid("Body")
		}
	} else if len(body) > 0 {
		in.broken = invalid("Content-Type")
	}
	if in.broken == nil {
		in.broken = in.twice()
	}
	in.common()
	return in
}

// twice refuses repeated parameters. (assumed: which value the service uses is unknown)
func (in *incoming) twice() error {
	for name, values := range in.query {
		if len(values)+len(in.form[name]) > 1 {
			return invalid(name)
		}
	}
	for name, values := range in.form {
		if len(values) > 1 {
			return invalid(name)
		}
	}
	return nil
}

// commonParameters are the parameters of every request that is signed in its parameters, and some that clients add.
// (documented)
var commonParameters = []string{
	"Action", "Version", "Format", "AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp",
	"Signature", "SecurityToken", "SignatureType", "BearerToken", "RegionId", "SourceIp", "SecureTransport",
}

// common separates the common parameters from those of the operation.
func (in *incoming) common() {
	all := map[string]string{}
	for name, values := range in.query {
		all[name] = values[0]
	}
	for name, values := range in.form {
		all[name] = values[0]
	}
	in.action, in.version, in.format = all["Action"], all["Version"], all["Format"]
	in.keyID, in.token = all["AccessKeyId"], all["SecurityToken"]
	in.nonce, in.date = all["SignatureNonce"], all["Timestamp"]
	authorization := in.header.Get("Authorization")
	if strings.HasPrefix(authorization, acs3+" ") || in.action == "" && in.header.Get("X-Acs-Action") != "" {
		in.signedInHeaders = true
		in.action, in.version = in.header.Get("X-Acs-Action"), in.header.Get("X-Acs-Version")
		in.keyID, in.token = credentialOf(authorization), in.header.Get("X-Acs-Security-Token")
		in.nonce, in.date = in.header.Get("X-Acs-Signature-Nonce"), in.header.Get("X-Acs-Date")
	}
	maps.DeleteFunc(all, func(name, _ string) bool { return slices.Contains(commonParameters, name) })
	in.params = all
}

// signedParameters returns all parameters except the signature.
func (in *incoming) signedParameters() map[string]string {
	all := map[string]string{}
	for _, values := range []url.Values{in.query, in.form} {
		for name, value := range values {
			if name != "Signature" {
				all[name] = value[0]
			}
		}
	}
	return all
}

func (in *incoming) parameter(name string) string {
	if value, ok := in.form[name]; ok {
		return value[0]
	}
	return in.query.Get(name)
}

var products = map[string]string{"2015-05-01": "Ram", "2019-08-15": "Ims", "2015-04-01": "Sts"}

// product returns the product of the version that the request names, else that of its host, else Ram.
func (in *incoming) product() string {
	if product, ok := products[in.version]; ok {
		return product
	}
	if product := in.hostProduct(); product != "" {
		return product
	}
	return "Ram"
}

// hostProduct returns the product of one of the service's host names. Any other host serves all products.
// sts.<region>.aliyuncs.com is Sts as well. (documented)
func (in *incoming) hostProduct() string {
	host, _, err := net.SplitHostPort(in.host)
	if err != nil {
		host = in.host
	}
	label, rest, _ := strings.Cut(host, ".")
	if rest != "aliyuncs.com" && !strings.HasSuffix(rest, ".aliyuncs.com") {
		return ""
	}
	return map[string]string{"ram": "Ram", "ims": "Ims", "sts": "Sts"}[label]
}
