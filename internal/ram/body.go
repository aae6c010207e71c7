// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

const (
	// maxHeaderBytes limits the headers of a response, maxBodyBytes its body, both before
	// and after decompression (NET-06).
	maxHeaderBytes = 64 << 10
	maxBodyBytes   = 8 << 20
)

var (
	errTooLarge = fmt.Errorf("the response is larger than %d MiB", maxBodyBytes>>20)
	errHTML     = errors.New("the response is HTML, so it is from a proxy or another server, not from the service: check the endpoint and the proxy (HTTPS_PROXY, NO_PROXY)")
	errNotJSON  = errors.New("the response is not a JSON object")
	errCut      = errors.New("the response broke off")
)

// readBody reads the whole body of a response.
func readBody(response *http.Response) ([]byte, error) {
	compressed, err := readCapped(response.Body)
	if err != nil {
		return nil, err
	}
	switch encoding := strings.ToLower(strings.TrimSpace(response.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		return compressed, nil
	case "gzip", "x-gzip":
	default:
		return nil, errors.New("the response has an encoding that was not requested")
	}
	plain, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, errCut
	}
	return readCapped(plain)
}

func readCapped(reader io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(reader, maxBodyBytes+1))
	switch {
	case len(body) > maxBodyBytes:
		return nil, errTooLarge
	case err != nil:
		return nil, errCut
	}
	return body, nil
}

// checkType refuses content types that cannot be a response of the service. It accepts a
// missing or general type, because the service's type is not documented: the parser
// decides.
func checkType(header http.Header) error {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		mediaType = ""
	}
	switch {
	case strings.Contains(mediaType, "html"):
		return errHTML
	case mediaType == "", mediaType == "text/plain", mediaType == "application/octet-stream", mediaType == "text/json":
		return nil
	case mediaType == "application/json", strings.HasSuffix(mediaType, "+json"):
		return nil
	case mediaType == "text/xml", mediaType == "application/xml":
		return errXML
	}
	return errors.New("the response has a type that is not JSON")
}

var errXML = errors.New("the response is XML although JSON was requested")

// parseObject reads a JSON object. Its errors never quote the body.
func parseObject(body []byte, out any) error {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	switch {
	case len(body) == 0:
		return errors.New("the response is empty")
	case body[0] == '<':
		return errHTML
	case body[0] != '{':
		return errNotJSON
	}
	err := json.Unmarshal(body, out)
	if err == nil {
		return nil
	}
	// The message of this error may quote a value.
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("the response has an unexpected type in field %q", wrong.Field)
	}
	var odd *unexpectedValue
	if errors.As(err, &odd) {
		return fmt.Errorf("the response has a value that is not %s", odd.wanted)
	}
	return errNotJSON
}
