// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

// newHTTPClient returns a client with its own transport, so that clients share no
// connections. It never follows a redirect, because that would send the form to another
// address (NET-03).
func newHTTPClient(pool *x509.CertPool) *http.Client {
	// Only HTTP/1.1 is enabled, because its rules for repeated requests are simple.
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			Protocols:              protocols,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool},
			TLSHandshakeTimeout:    10 * time.Second,
			MaxIdleConnsPerHost:    16,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: maxHeaderBytes,
			DisableCompression:     true, // gzip is requested explicitly, to limit the decompressed size
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
