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

// answer is an HTTP answer before it is sent.
type answer struct {
	status      int
	header      map[string]string
	contentType string
	body        []byte
}

// JSON is the default of Ims and of requests signed in headers, XML of Ram and Sts. Format says otherwise, in any case. (documented)
func (in *incoming) xml() bool {
	switch strings.ToUpper(in.format) {
	case "JSON":
		return false
	case "XML":
		return true
	}
	return !in.signedInHeaders && in.product() != "Ims"
}

// Every answer has a RequestId. (documented)
func success(in *incoming, body reply, requestID string) answer {
	whole := reply{"RequestId": requestID}
	maps.Copy(whole, body)
	return encode(in, http.StatusOK, in.action+"Response", whole)
}

// An error follows Format like any answer. Recommend is in newer gateways. (documented; its address is assumed)
func refusal(in *incoming, err error, requestID string) answer {
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

func encode(in *incoming, status int, root string, body reply) answer {
	text := asJSON(body)
	if !in.xml() {
		return answer{status: status, contentType: "application/json;charset=utf-8", body: text}
	}
	return answer{status: status, contentType: "text/xml;charset=utf-8", body: asXML(root, text)}
}

func asJSON(body any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		panic(err) // a handler made something that is not a document
	}
	return bytes.TrimSpace(text.Bytes())
}

// The root is the action's response; a list is its element repeated. (documented)
func asXML(root string, document []byte) []byte {
	var body any
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	if err := decoder.Decode(&body); err != nil {
		panic(err) // it was encoded a moment ago
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
		_ = xml.EscapeText(text, []byte(fmt.Sprint(value))) // a buffer takes everything
	}
	text.WriteString("</" + name + ">")
}
