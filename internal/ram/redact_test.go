// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// awkward contains characters that every encoding treats differently.
const awkward = `p/w"<&>ö +%~*=\end of it`

func encodedForms(t testing.TB, secret string) map[string]string {
	t.Helper()
	escaped, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	once := url.QueryEscape(secret)
	return map[string]string{
		"raw":               secret,
		"URL-encoded":       once,
		"URL-encoded twice": url.QueryEscape(once),
		"signature":         encodeRFC3986(secret),
		"signature twice":   encodeRFC3986(encodeRFC3986(secret)),
		"path":              url.PathEscape(secret),
		"lower case":        strings.ToLower(url.QueryEscape("ö")) + "rest",
		"JSON":              string(escaped[1 : len(escaped)-1]),
		"JSON, plain <":     strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(escaped[1 : len(escaped)-1])),
		"JSON with \\/":     strings.ReplaceAll(string(escaped[1:len(escaped)-1]), "/", `\/`),
		"base64":            base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 for URLs":   base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"hex":               hex.EncodeToString([]byte(secret)),
		"HEX":               strings.ToUpper(hex.EncodeToString([]byte(secret))),
	}
}

func TestASecretIsRemovedInEveryForm(t *testing.T) {
	t.Parallel()
	redactor := newRedactor(awkward, "", "ö")
	for name, form := range encodedForms(t, awkward) {
		if name == "lower case" {
			continue
		}
		got := redactor.clean("the value '" + form + "' is bad, really")
		if got != "the value '(removed)' is bad, really" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := redactor.clean("a %c3%b6 b"); got != "a (removed) b" {
		t.Errorf("lower-case hex: %s", got)
	}
}

func TestASecretThatIsBrokenIntoLinesIsRemoved(t *testing.T) {
	t.Parallel()
	for secret, text := range map[string]string{"correct horse battery": "x correct\nhorse\tbattery y", "tab\tand\x00nul": "x tab\tand\x00nul y", "no\xffUTF-8": "x no\xffUTF-8 y"} {
		if got := newRedactor(secret).clean(text); got != "x (removed) y" {
			t.Errorf("%q: %s", secret, got)
		}
	}
}

func TestTheLongerSecretGoesFirst(t *testing.T) {
	t.Parallel()
	if got := newRedactor("hunter", "hunter2hunter2").clean("x hunter2hunter2 y hunter z"); got != "x (removed) y (removed) z" {
		t.Errorf("got %s", got)
	}
	if got := newRedactor("e", "m").clean("a message"); got != "a (removed)(removed)ssag(removed)" {
		t.Errorf("got %s", got)
	}
}

func TestAMessageIsCutAfterItsSecretsAreGone(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("ö", (maxMessage-8)/2) + "hunter2hunter2" + strings.Repeat("x", maxMessage)
	got := newRedactor("hunter2hunter2").clean(text)
	if strings.Contains(got, "hunter") || len(got) > maxMessage+8 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes: …%s", len(got), got[max(0, len(got)-40):])
	}
	if got := newRedactor().clean("harmless"); got != "harmless" {
		t.Errorf("got %s", got)
	}
}

func TestTheServiceCannotEchoASecretIntoAnError(t *testing.T) {
	t.Parallel()
	key := Key{ID: "STS.abc", Secret: "the+secret/of the=key", Token: "CAIS/token+of a=session"}
	in := map[string]string{"Password": awkward, "UserName": "alice"}
	op := createAction
	op.secrets = []string{"Password", "Absent"}
	for _, secret := range []string{key.Secret, key.Token, awkward} {
		for name, form := range encodedForms(t, secret) {
			if name == "lower case" {
				continue
			}
			server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
				body, err := json.Marshal(map[string]string{"Code": "X" + form, "Message": "bad: " + form + " for alice", "RequestId": "R" + form})
				if err != nil {
					t.Error(err)
				}
				respond(t, w, 400, string(body))
			})
			client := newTestClient(t, server.URL, func(c *Config) { c.Credentials = &fixedKey{Key: key} })
			called := op
			if secret != awkward { // a request without a secret: the error shows the service's text, filtered
				called.secrets = nil
			}
			err := client.call(t.Context(), called, in, nil)
			text := fmt.Sprintf("%v %+v", err, err)
			var serviceErr *Error
			if errors.As(err, &serviceErr) {
				text += fmt.Sprintf("%#v", serviceErr)
			}
			if strings.Contains(text, form) {
				t.Errorf("%s: %s", name, text)
			}
			if secret == awkward {
				if strings.Contains(text, "bad: ") || strings.Contains(text, "alice") {
					t.Errorf("%s: the service's text: %s", name, text)
				}
				continue
			}
			if !strings.Contains(text, "bad: (removed) for alice") {
				t.Errorf("%s: too much was removed: %s", name, text)
			}
		}
	}
}

func TestTheStringToSignIsNeverShown(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		respond(t, w, 400, `{"Code":"SignatureDoesNotMatch","Message":"Specified signature is not matched with our calculation. Server String To Sign is:POST&%2F&AccessKeyId%3DLTAI%26Password%3Dsomething\nmore"}`)
	})
	err := newTestClient(t, server.URL).call(t.Context(), createAction, nil, nil)
	if err == nil || strings.Contains(err.Error(), "Password") || strings.Contains(err.Error(), "more") || !strings.Contains(err.Error(), "not matched with our calculation") {
		t.Errorf("error: %v", err)
	}
	if !strings.Contains(err.Error(), "secret does not belong") {
		t.Errorf("the error lacks the remedy: %v", err)
	}
}
