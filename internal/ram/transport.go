// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

// newHTTPClient has a transport of its own, so that no two clients share
// connections. It never follows a redirect: the form would go along (NET-03).
func newHTTPClient(pool *x509.CertPool) *http.Client {
	// HTTP/1.1 only: what is sent again, and when, is then easily told.
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
			DisableCompression:     true, // we ask for gzip ourselves, to cap what comes out of it
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
