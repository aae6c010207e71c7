// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// response is an HTTP response before it is sent.
type response struct {
	status      int
	header      map[string]string
	contentType string
	body        []byte
}

// xml reports whether the response is XML. The default is JSON for Ims and for requests signed in headers, and XML for Ram
// and Sts. The parameter Format overrides it, in upper or lower case. (documented)
func (in *incoming) xml() bool {
	switch strings.ToUpper(in.format) {
	case "JSON":
		return false
	case "XML":
		return true
	}
	return !in.signedInHeaders && in.product() != "Ims"
}

// success returns the response of an operation. Every response has a RequestId. (documented)
func success(in *incoming, body reply, requestID string) response {
	whole := reply{"RequestId": requestID}
	maps.Copy(whole, body)
	return encode(in, http.StatusOK, in.action+"Response", whole)
}

// refusal returns an error in the requested format. Newer gateways add Recommend. (documented; its address is assumed)
func refusal(in *incoming, err error, requestID string) response {
	var failed *failure
	if !errors.As(err, &failed) {
		failed = &failure{Status: http.StatusInternalServerError, Code: "InternalError", Message: err.Error()}
	}
	product := in.product()
	body := reply{
		"RequestId": requestID,
		"HostId":    strings.ToLower(product) + ".aliyuncs.com",
		"Code":      failed.Code,
		"Message":   failed.Message,
		"Recommend": fmt.Sprintf("https://api.aliyun.com/troubleshoot?q=%s&product=%s&requestId=%s", failed.Code, product, requestID),
	}
	if failed.Denied != nil {
		body["AccessDeniedDetail"] = failed.Denied
	}
	encoded := encode(in, failed.Status, "Error", body)
	encoded.header = failed.Header
	return encoded
}

func encode(in *incoming, status int, root string, body reply) response {
	text := asJSON(body)
	if !in.xml() {
		return response{status: status, contentType: "application/json;charset=utf-8", body: text}
	}
	return response{status: status, contentType: "text/xml;charset=utf-8", body: asXML(root, text)}
}

func asJSON(body any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		panic(err) // a handler returned a value that is not JSON
	}
	return bytes.TrimSpace(text.Bytes())
}

// asXML returns a document with the action's response as the root. A list is a repeated element. (documented)
func asXML(root string, document []byte) []byte {
	var body any
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	if err := decoder.Decode(&body); err != nil {
		panic(err) // asJSON has encoded it
	}
	var text bytes.Buffer
	text.WriteString("<?xml version='1.0' encoding='UTF-8'?>")
	element(&text, root, body)
	return text.Bytes()
}

func element(text *bytes.Buffer, name string, value any) {
	if list, ok := value.([]any); ok {
		for _, item := range list {
			element(text, name, item)
		}
		return
	}
	text.WriteString("<" + name + ">")
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			element(text, key, value[key])
		}
	case nil:
	default:
		_ = xml.EscapeText(text, []byte(fmt.Sprint(value))) // writing to a buffer does not fail
	}
	text.WriteString("</" + name + ">")
}

// put adds an optional text field. Without a value it is "" or absent; both occur. (observed; Behaviour.OmitEmptyFields)
func (r *request) put(into reply, field, value string) {
	if value == "" && r.server.behaviour.OmitEmptyFields {
		return
	}
	into[field] = value
}

// wrapped returns a list inside an object, as JSON and XML responses have it. (documented)
func wrapped[T any](inner string, items []T, show func(T) reply) reply {
	shown := make([]any, 0, len(items))
	for _, item := range items {
		shown = append(shown, show(item))
	}
	return reply{inner: shown}
}

// without returns the items except one.
func without[T comparable](items []T, one T) []T {
	return slices.DeleteFunc(items, func(item T) bool { return item == one })
}
